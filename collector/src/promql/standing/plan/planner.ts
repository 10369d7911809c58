import type { Expr } from '../../ast.ts';
import { evaluateInstant } from '../../eval/evaluate.ts';
import { DEFAULT_EVALUATION_OPTIONS, type EvaluationOptions } from '../../eval/options.ts';
import type { EvaluationResult } from '../../eval/values.ts';
import type { SeriesSource } from '../../series-source.ts';
import type { Tick } from '../node.ts';
import { RateNode } from '../range/rate.ts';
import { Refusal } from '../refusal.ts';
import type { LiveSource } from '../select/live-source.ts';
import { MemberRegistry } from '../select/members.ts';
import { QuantileNode } from '../values/quantile.ts';
import { NodeBuilder } from './build.ts';
import { type GeneralEvaluator, StandingQuery, type Ticks } from './query.ts';

/** Why an expression is left to the general evaluator. */
export interface PlanRefusal {
  readonly refused: string;
}

export interface StandingOptions extends Partial<EvaluationOptions> {
  /** Answers what standing queries cannot; by default the general evaluator with these options. */
  readonly general?: GeneralEvaluator;
}

/**
 * Plans expressions that are known in advance, such as those of rules. Selectors are bound to series
 * when these are created, labels of results are computed once, and windows move with the time.
 *
 * Make one for each set of rules that is loaded, and close it when the next set takes over.
 */
export class StandingPlanner {
  readonly #options: EvaluationOptions;
  readonly #general: GeneralEvaluator;
  readonly #registry: MemberRegistry;

  constructor(source: LiveSource & SeriesSource, options: StandingOptions = {}) {
    const { general, ...evaluation } = options;
    const merged = { ...DEFAULT_EVALUATION_OPTIONS, ...evaluation };
    this.#options = merged;
    this.#general =
      general ?? ((expr, timeMs) => evaluateInstant(expr, { source, timeMs, options: merged }));
    this.#registry = new MemberRegistry(source);
  }

  /** A group of expressions that are evaluated at the same times, such as a rule group's. */
  group(): StandingGroup {
    return new StandingGroup(this.#registry, this.#general, this.#options);
  }

  /** Stops following the store; queries of this planner must not be evaluated afterwards. */
  close(): void {
    this.#registry.close();
  }
}

/**
 * Expressions with common parts. Between `begin` and `end` an equal part of two expressions is
 * evaluated once; outside, every evaluation reads the samples again.
 */
export class StandingGroup implements Ticks {
  readonly #options: EvaluationOptions;
  readonly #general: GeneralEvaluator;
  readonly #builder: NodeBuilder;
  readonly #planned: WeakMap<Expr, StandingQuery | PlanRefusal> = new WeakMap();
  #tick: Tick = { id: 0, timeMs: Number.NaN };
  #isInCycle = false;

  constructor(registry: MemberRegistry, general: GeneralEvaluator, options: EvaluationOptions) {
    this.#options = options;
    this.#general = general;
    this.#builder = new NodeBuilder(registry, options);
  }

  /**
   * Evaluates an expression in whichever way it can be; planned when it is first seen, by identity.
   *
   * @throws {PromqlError} `PROMQL_EVALUATION` when the data does not allow an answer.
   */
  evaluate(expr: Expr, timeMs: number): EvaluationResult {
    let planned = this.#planned.get(expr);
    if (planned === undefined) {
      planned = this.plan(expr);
      this.#planned.set(expr, planned);
    }
    return 'refused' in planned ? this.#general(expr, timeMs) : planned.evaluate(timeMs);
  }

  /** The standing form of an expression, or why it has none. */
  plan(expr: Expr): StandingQuery | PlanRefusal {
    try {
      const root = this.#builder.build(expr);
      const nodes = [...this.#builder.nodesOf(expr)];
      return new StandingQuery({
        expr,
        root,
        annotated: nodes.filter((node) => node instanceof RateNode || node instanceof QuantileNode),
        ticks: this,
        options: this.#options,
        general: this.#general,
      });
    } catch (error) {
      if (error instanceof Refusal) return { refused: error.message };
      throw error;
    }
  }

  /** Begins an evaluation of all queries at one time. */
  begin(timeMs: number): void {
    this.#isInCycle = true;
    this.#tick = { id: this.#tick.id + 1, timeMs };
  }

  /** Says that samples of a metric were written since `begin`, as by a recording rule. */
  noteWrite(metricName: string): void {
    for (const node of this.#builder.nodes) {
      if (node.reads === undefined || node.reads.has(metricName)) node.invalidate();
    }
  }

  end(): void {
    this.#isInCycle = false;
  }

  tickAt(timeMs: number): Tick {
    if (!this.#isInCycle || this.#tick.timeMs !== timeMs) {
      this.#tick = { id: this.#tick.id + 1, timeMs };
    }
    return this.#tick;
  }
}

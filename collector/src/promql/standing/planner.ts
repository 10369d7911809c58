import type { Expr } from '../ast.ts';
import { DEFAULT_EVALUATION_OPTIONS, type EvaluationOptions } from '../eval/options.ts';
import type { SeriesSource } from '../series-source.ts';
import { NodeBuilder } from './build.ts';
import type { LiveSource } from './live-source.ts';
import { MemberRegistry } from './members.ts';
import type { Tick } from './node.ts';
import { QuantileNode } from './quantile.ts';
import { StandingQuery, type Ticks } from './query.ts';
import { RateNode } from './rate.ts';
import { Refusal } from './refusal.ts';

/** Why an expression is left to the general evaluator. */
export interface PlanRefusal {
  readonly refused: string;
}

/**
 * Plans expressions that are known in advance, such as those of rules. Selectors are bound to series
 * when these are created, labels of results are computed once, and windows move with the time.
 *
 * @example
 * const planner = new StandingPlanner(store);
 * const query = planner.group().plan(parseExpr('rate(errors_total[5m]) > 1'));
 * const result = 'refused' in query ? evaluateInstant(...) : query.evaluate(nowMs);
 */
export class StandingPlanner {
  readonly #source: LiveSource & SeriesSource;
  readonly #options: EvaluationOptions;
  readonly #registry: MemberRegistry;

  constructor(source: LiveSource & SeriesSource, options: Partial<EvaluationOptions> = {}) {
    this.#source = source;
    this.#options = { ...DEFAULT_EVALUATION_OPTIONS, ...options };
    this.#registry = new MemberRegistry(source);
  }

  /** A group of expressions that are evaluated at the same times, such as a rule group's. */
  group(): StandingGroup {
    return new StandingGroup(this.#source, this.#registry, this.#options);
  }

  /** Stops following the store; queries of this planner must not be evaluated afterwards. */
  close(): void {
    this.#registry.close();
  }
}

/**
 * Expressions with common parts. Between `begin` and `end` an equal part of two expressions is
 * evaluated once; outside, every evaluation reads the samples anew.
 */
export class StandingGroup implements Ticks {
  readonly #source: SeriesSource;
  readonly #options: EvaluationOptions;
  readonly #builder: NodeBuilder;
  #tick: Tick = { id: 0, timeMs: Number.NaN };
  #isInCycle = false;

  constructor(source: SeriesSource, registry: MemberRegistry, options: EvaluationOptions) {
    this.#source = source;
    this.#options = options;
    this.#builder = new NodeBuilder(registry, options);
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
        source: this.#source,
        options: this.#options,
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

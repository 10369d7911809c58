import type { Expr } from '../../promql/ast.ts';
import { evaluationError } from '../../promql/error.ts';
import type { StandingGroup, StandingPlanner } from '../../promql/standing/plan/planner.ts';
import type { RuleEnvironment } from '../../rules/evaluation.ts';
import type { QueryEngine } from './query-engine.ts';

export interface RuleQueriesOptions {
  /** How long the evaluation of a group may take; its rules and their templates share it. */
  readonly timeoutMs: number;
  readonly monotonicMs: () => number;
}

/**
 * What rules ask: their expressions stay bound to the series they read, and whatever has no standing
 * form goes to the query engine. Queries of templates are not known in advance.
 */
export class RuleQueries {
  readonly #engine: QueryEngine;
  readonly #options: RuleQueriesOptions;
  #planner: StandingPlanner;
  /** Each rule has windows of its own, because rules of two groups are evaluated at other times. */
  #standing: WeakMap<Expr, StandingGroup> = new WeakMap();
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(engine: QueryEngine, options: RuleQueriesOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#planner = this.#createPlanner();
  }

  /** The evaluation of a group begins: all of its rules have to be done in the time given. */
  begin(): void {
    this.#deadlineMs = this.#options.monotonicMs() + this.#options.timeoutMs;
  }

  readonly queries: Pick<RuleEnvironment, 'query' | 'queryText'> = {
    query: (expr, timeMs) => {
      this.#checkTime();
      return this.#standingOf(expr).evaluate(expr, timeMs).value;
    },
    queryText: (text, timeMs) => {
      this.#checkTime();
      return this.#engine.instantText(text, timeMs, this.#deadlineMs);
    },
  };

  /** Forgets the rules of before; those that stay are bound again at their next evaluation. */
  renew(): void {
    this.#planner.close();
    this.#planner = this.#createPlanner();
    this.#standing = new WeakMap();
  }

  #createPlanner(): StandingPlanner {
    return this.#engine.createPlanner((expr, timeMs) =>
      this.#engine.instant(expr, timeMs, this.#deadlineMs),
    );
  }

  #checkTime(): void {
    if (this.#options.monotonicMs() <= this.#deadlineMs) return;
    const seconds = this.#options.timeoutMs / 1000;
    throw evaluationError(
      `rule group timed out: its rules took longer than ${seconds} s together (collector.promql.timeout)`,
    );
  }

  #standingOf(expr: Expr): StandingGroup {
    let standing = this.#standing.get(expr);
    if (standing === undefined) {
      standing = this.#planner.group();
      this.#standing.set(expr, standing);
    }
    return standing;
  }
}

import type { Expr } from '../../promql/ast.ts';
import type { StandingGroup, StandingPlanner } from '../../promql/standing/plan/planner.ts';
import type { RuleEnvironment } from '../../rules/evaluation.ts';
import type { QueryEngine } from './query-engine.ts';

/**
 * What rules ask: their expressions stay bound to the series they read, and whatever has no standing
 * form goes to the query engine. Templates ask what nobody knew before.
 */
export class RuleQueries {
  readonly #engine: QueryEngine;
  #planner: StandingPlanner;
  /** Each rule has windows of its own, because rules of two groups are evaluated at other times. */
  #standing: WeakMap<Expr, StandingGroup> = new WeakMap();

  constructor(engine: QueryEngine) {
    this.#engine = engine;
    this.#planner = this.#engine.createPlanner();
  }

  readonly queries: Pick<RuleEnvironment, 'query' | 'queryText'> = {
    query: (expr, timeMs) => this.#standingOf(expr).evaluate(expr, timeMs).value,
    queryText: (text, timeMs) => this.#engine.instantText(text, timeMs),
  };

  /** Forgets the rules of before; those that stay are bound again at their next evaluation. */
  renew(): void {
    this.#planner.close();
    this.#planner = this.#engine.createPlanner();
    this.#standing = new WeakMap();
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

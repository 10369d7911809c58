import type { Expr } from '../../promql/ast.ts';
import { evaluateInstant } from '../../promql/eval/evaluate.ts';
import type { EvaluationOptions } from '../../promql/eval/options.ts';
import type { EvaluationResult, Value } from '../../promql/eval/values.ts';
import type { PromqlFeatures } from '../../promql/features.ts';
import { parseExpr } from '../../promql/parser/parse.ts';
import type { SeriesSource } from '../../promql/series-source.ts';
import { StandingPlanner } from '../../promql/standing/plan/planner.ts';
import type { LiveSource } from '../../promql/standing/select/live-source.ts';

export interface QueryEngineOptions {
  readonly source: SeriesSource & LiveSource;
  readonly features: PromqlFeatures;
  readonly lookbackMs: number;
  readonly defaultSubqueryStepMs: number;
  readonly samplesMax: number;
  /** Heap that the values of one evaluation may take. */
  readonly bytesMax: number;
  readonly monotonicMs: () => number;
}

/**
 * PromQL of rules, on the main thread: what a rule asks is known to the operator, and its answer is
 * wanted at once. Whatever readers ask is answered by workers.
 */
export class QueryEngine {
  readonly #options: QueryEngineOptions;

  constructor(options: QueryEngineOptions) {
    this.#options = options;
  }

  /** @throws {PromqlError} at the first fault of the text. */
  parse(text: string): Expr {
    return parseExpr(text, this.#options.features);
  }

  /**
   * @param deadlineMs when the evaluation fails for want of time, by the monotonic clock.
   * @throws {PromqlError} `PROMQL_EVALUATION`.
   */
  instant(
    expr: Expr,
    timeMs: number,
    deadlineMs: number = Number.POSITIVE_INFINITY,
  ): EvaluationResult {
    const { source, monotonicMs } = this.#options;
    const isCancelled = (): boolean => monotonicMs() > deadlineMs;
    return evaluateInstant(expr, {
      source,
      timeMs,
      options: { ...this.#evaluation(), isCancelled },
    });
  }

  /** Evaluates a query of a template. @throws {PromqlError} */
  instantText(text: string, timeMs: number, deadlineMs?: number): Value {
    return this.instant(this.parse(text), timeMs, deadlineMs).value;
  }

  /**
   * For expressions that are evaluated again and again; close it when they are no more.
   *
   * @param general answers what has no standing form.
   */
  createPlanner(general: (expr: Expr, timeMs: number) => EvaluationResult): StandingPlanner {
    return new StandingPlanner(this.#options.source, { ...this.#evaluation(), general });
  }

  #evaluation(): Omit<EvaluationOptions, 'isCancelled'> {
    const { source: _source, monotonicMs: _clock, ...evaluation } = this.#options;
    return evaluation;
  }
}

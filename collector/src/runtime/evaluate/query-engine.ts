import type { Expr } from '../../promql/ast.ts';
import { evaluateInstant, evaluateRange } from '../../promql/eval/evaluate.ts';
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
  readonly timeoutMs: number;
  readonly monotonicMs: () => number;
}

/** What a single query may change. */
export interface QueryLimits {
  readonly timeoutMs?: number | undefined;
  readonly lookbackMs?: number | undefined;
}

/** PromQL over the store, with the limits of the configuration. */
export class QueryEngine {
  readonly #options: QueryEngineOptions;

  constructor(options: QueryEngineOptions) {
    this.#options = options;
  }

  get lookbackMs(): number {
    return this.#options.lookbackMs;
  }

  get features(): PromqlFeatures {
    return this.#options.features;
  }

  /** @throws {PromqlError} at the first fault of the text. */
  parse(text: string): Expr {
    return parseExpr(text, this.#options.features);
  }

  /** @throws {PromqlError} `PROMQL_EVALUATION`. */
  instant(expr: Expr, timeMs: number, limits: QueryLimits = {}): EvaluationResult {
    const { source } = this.#options;
    return evaluateInstant(expr, { source, timeMs, options: this.#evaluation(limits) });
  }

  /** @throws {PromqlError} `PROMQL_EVALUATION`. */
  range(
    expr: Expr,
    times: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
    limits: QueryLimits = {},
  ): EvaluationResult {
    const { source } = this.#options;
    return evaluateRange(expr, { source, ...times, options: this.#evaluation(limits) });
  }

  /** Evaluates a query of a template. @throws {PromqlError} */
  instantText(text: string, timeMs: number): Value {
    return this.instant(this.parse(text), timeMs).value;
  }

  /** For expressions that are evaluated again and again; close it when they are no more. */
  createPlanner(): StandingPlanner {
    const { isCancelled: _never, ...options } = this.#evaluation({});
    return new StandingPlanner(this.#options.source, {
      ...options,
      general: (expr, timeMs) => this.instant(expr, timeMs),
    });
  }

  #evaluation(limits: QueryLimits): EvaluationOptions {
    const { features, defaultSubqueryStepMs, samplesMax, monotonicMs } = this.#options;
    const timeoutMs = Math.min(limits.timeoutMs ?? Infinity, this.#options.timeoutMs);
    const deadlineMs = monotonicMs() + timeoutMs;
    return {
      lookbackMs: limits.lookbackMs ?? this.#options.lookbackMs,
      defaultSubqueryStepMs,
      features,
      samplesMax,
      isCancelled: () => monotonicMs() > deadlineMs,
    };
  }
}

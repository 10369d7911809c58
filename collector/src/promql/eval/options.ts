import type { PromqlFeatures } from '../features.ts';
import { DEFAULT_FEATURES } from '../features.ts';

export interface EvaluationOptions {
  /** An instant selector finds samples up to this much older than the evaluation time. */
  readonly lookbackMs: number;
  /** The step of a subquery that gives none; Prometheus takes `global.evaluation_interval`. */
  readonly defaultSubqueryStepMs: number;
  readonly features: PromqlFeatures;
  /** Samples that may be held at the same time; a query that needs more fails. */
  readonly samplesMax: number;
  /** Heap that values may take at the same time, as `heapBytes` estimates it. */
  readonly bytesMax: number;
  /** Asked now and then; the query fails once it answers true. */
  readonly isCancelled: () => boolean;
}

export const DEFAULT_EVALUATION_OPTIONS: EvaluationOptions = Object.freeze({
  lookbackMs: 5 * 60_000,
  defaultSubqueryStepMs: 60_000,
  features: DEFAULT_FEATURES,
  samplesMax: 50_000_000,
  bytesMax: Number.POSITIVE_INFINITY,
  isCancelled: () => false,
});

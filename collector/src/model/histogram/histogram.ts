/** What a writer says about counter resets between this histogram and the one before it. */
export type CounterResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge';

/** `offset` buckets are skipped (from the end of the span before it), then `length` follow. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/**
 * A native histogram with absolute float counts.
 *
 * Schemas -4 to 8 are exponential: bucket `i` covers `(2^((i-1) * 2^-schema), 2^(i * 2^-schema)]`,
 * mirrored for negative buckets. Schema -53 has custom buckets: `customValues` are the upper
 * bounds, `+Inf` is implied, and there are neither negative buckets nor a zero bucket.
 */
export interface NativeHistogram {
  readonly schema: number;
  readonly counterResetHint: CounterResetHint;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positiveSpans: readonly Span[];
  readonly positiveCounts: readonly number[];
  readonly negativeSpans: readonly Span[];
  readonly negativeCounts: readonly number[];
  readonly customValues: readonly number[];
}

export const CUSTOM_BUCKETS_SCHEMA = -53;

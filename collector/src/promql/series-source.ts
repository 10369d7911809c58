import type { NativeHistogram } from '../model/histogram/histogram.ts';
import type { Labels } from '../model/labels.ts';

import type { LabelMatcher } from './ast.ts';

/** Bits of `SampleColumns.flags`. */
export const FLAG_STALE = 1;
export const FLAG_HISTOGRAM = 2;

/**
 * Samples of one series as parallel columns, oldest first; valid from index `from` up to, not
 * including, `to`. Storage hands out views of its own arrays: read them before the next insertion
 * and never write to them.
 */
export interface SampleColumns {
  /** Milliseconds since the epoch, strictly ascending. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Staleness is a flag, never NaN bits, because engines may canonicalise NaN payloads. */
  readonly flags: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Present only when the series holds a histogram; indexed like `times`. */
  readonly histograms?: readonly (NativeHistogram | undefined)[];
  /** Start timestamps in milliseconds (0: unknown); present only when the series has any. */
  readonly startTimes?: Float64Array;
}

export interface SourceSeries {
  /** Labels, the metric name included. */
  readonly labels: Labels;
  /** The samples with `startMs <= time <= endMs`. */
  columns(startMs: number, endMs: number): SampleColumns;
}

/** What PromQL asks of storage. */
export interface SeriesSource {
  /** Series that satisfy every matcher and may have samples between the times (both inclusive). */
  select(
    matchers: readonly LabelMatcher[],
    startMs: number,
    endMs: number,
  ): readonly SourceSeries[];
}

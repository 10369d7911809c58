import type { LabelPairs } from './label-pairs.ts';
import type { RejectionReason } from './rejections.ts';

/** No series, because no rule asks for it. */
export const REFERENCE_UNSELECTED = -1;
/** No series yet. */
export const REFERENCE_NONE = -2;

/** The series of a classic histogram or a summary. */
export interface SeriesFamily {
  /** Bounds or quantiles that the references were made for. */
  readonly keys: Float64Array;
  readonly sum: number;
  readonly count: number;
  /** One reference for each key; for histograms one more, of `+Inf`. */
  readonly members: Float64Array;
}

/** What is remembered of one stream: a metric with one set of attributes. */
export class Stream {
  /** The series of a number or native histogram. */
  reference: number = REFERENCE_NONE;
  /** The series of a classic histogram or summary. */
  family: SeriesFamily | undefined = undefined;
  /** Labels decoded for the request being read, until the series are resolved. */
  pairs: LabelPairs | undefined = undefined;
  rejection: RejectionReason | undefined = undefined;
  /** When a rejected stream is tried again; milliseconds. */
  retryAtMs = 0;
  /** Its place among the delta totals. */
  deltaKey: string | undefined = undefined;
}

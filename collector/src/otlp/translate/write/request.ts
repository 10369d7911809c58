import type { MetricBatch, MetricHeader } from '../../metric-batch.ts';
import { POINT_NO_RECORDED_VALUE } from '../../metric-batch.ts';
import type { MetricContext, ResourceContext, ScopeContext } from '../contexts.ts';
import type { DeltaTotals } from '../delta/totals.ts';
import type { LabelPairs } from '../label-pairs.ts';
import type { TranslateOptions } from '../options.ts';
import type { RejectionReason } from '../rejections.ts';
import type { SampleOutcome, SampleSink } from '../sample-sink.ts';
import type { SeriesResolver } from '../series-resolver.ts';
import type { Stream } from '../stream.ts';

/** A metric of the request with what is known about it and its owners. */
export interface BoundMetric {
  readonly header: MetricHeader;
  readonly context: MetricContext;
  readonly resource: ResourceContext;
  readonly scope: ScopeContext;
  /** Why none of its points is written. */
  readonly rejection: RejectionReason | undefined;
}

/** What became of one point. `unselected`: no rule asks for its series. */
export type PointOutcome = 'accepted' | 'duplicate' | 'unselected' | RejectionReason;

/** Everything a point writer needs; `metric` moves on while a request is written. */
export interface WriteRequest {
  readonly sink: SampleSink;
  readonly resolver: SeriesResolver;
  readonly options: TranslateOptions;
  readonly deltas: DeltaTotals;
  readonly batch: MetricBatch;
  readonly nowMs: number;
  metric: BoundMetric;
  /** The labels of a point, which a stream keeps only until its series are known. */
  labelsOf(stream: Stream, point: number): LabelPairs | undefined;
}

/** Writes one point to the series of its stream. */
export type PointWriter = (request: WriteRequest, stream: Stream, point: number) => PointOutcome;

/** How long a stream that the sink refused is not offered to it again. */
const REFUSAL_MS = 10_000;

export function isNoRecordedValue({ batch }: WriteRequest, point: number): boolean {
  return ((batch.points.flags[point] ?? 0) & POINT_NO_RECORDED_VALUE) !== 0;
}

/** Why the stream is not to be resolved now, if it is not. */
export function pendingRejection(
  { nowMs }: WriteRequest,
  stream: Stream,
): RejectionReason | undefined {
  if (stream.rejection === undefined || nowMs >= stream.retryAtMs) return undefined;
  return stream.rejection;
}

export function rejectStream(
  { nowMs }: WriteRequest,
  stream: Stream,
  reason: RejectionReason,
): RejectionReason {
  stream.rejection = reason;
  // A name does not get better by waiting; a full store may have room again.
  const isForGood = reason === 'invalid_label_name';
  stream.retryAtMs = isForGood ? Number.POSITIVE_INFINITY : nowMs + REFUSAL_MS;
  return reason;
}

/** Writes a float to one of the point's series; a negative reference is a series that is not kept. */
export function putFloat(
  { sink, batch, options }: WriteRequest,
  at: { readonly point: number; readonly reference: number },
  value: number,
): SampleOutcome {
  const { point, reference } = at;
  if (reference < 0) return 'accepted';
  const timeMs = batch.points.timesMs[point] ?? 0;
  if (!options.startTimes) return sink.append(reference, timeMs, value);
  const startTimeMs = batch.points.startTimesMs[point] ?? 0;
  return sink.appendWith(reference, timeMs, { value, startTimeMs });
}

export function putStale(
  { sink, batch }: WriteRequest,
  point: number,
  reference: number,
): SampleOutcome {
  if (reference < 0) return 'accepted';
  return sink.appendStale(reference, batch.points.timesMs[point] ?? 0);
}

/** The outcome of a point with several samples: the first that went wrong. */
export function worse(left: SampleOutcome, right: SampleOutcome): SampleOutcome {
  return left === 'accepted' || left === 'duplicate' ? right : left;
}

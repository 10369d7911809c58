import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import {
  type BucketSide,
  type ExponentialPoint,
  type HistogramPoint,
  POINT_HAS_SUM,
} from '../../metric-batch.ts';
import {
  type ClassicValues,
  classicToNative,
  type DenseBuckets,
  type ExponentialValues,
  exponentialToNative,
  isConsistent,
  SCALE_MIN,
} from '../delta/native-histogram.ts';
import type { DeltaOutcome, DeltaValue } from '../delta/totals.ts';
import { REFERENCE_UNSELECTED, type Stream } from '../stream.ts';
import { isNoRecordedValue, type PointOutcome, putStale, type WriteRequest } from './request.ts';
import { resolveSingle } from './single.ts';

const NO_HISTOGRAM: HistogramPoint = {
  count: 0,
  counts: { from: 0, to: 0 },
  bounds: { from: 0, to: 0 },
};

const NO_BUCKETS: BucketSide = { offset: 0, from: 0, to: 0 };
const NO_EXPONENTIAL: ExponentialPoint = {
  count: 0,
  scale: 0,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: NO_BUCKETS,
  negative: NO_BUCKETS,
};

/** A classic histogram's values, which may be a running total rather than the point's own. */
export type ClassicTotal = ClassicValues & { readonly hasSum: boolean };

/** Writes a point of an exponential histogram as a native histogram. */
export function writeExponential(
  request: WriteRequest,
  stream: Stream,
  point: number,
): PointOutcome {
  const values = exponentialValues(request, point);
  if (values.scale < SCALE_MIN) return 'unsupported_scale';
  return writeNative(request, { stream, point }, () => {
    const total = totalOf(request, { stream, point }, { kind: 'exponential', values });
    if (typeof total === 'string') return total;
    return total.kind === 'exponential' ? exponentialToNative(total.values) : 'delta_out_of_order';
  });
}

/** Writes a point of a classic histogram as a native histogram with custom buckets. */
export function writeCustomBuckets(
  request: WriteRequest,
  stream: Stream,
  point: number,
): PointOutcome {
  return writeNative(request, { stream, point }, () => {
    const total = classicTotal(request, stream, point);
    return typeof total === 'string' ? total : classicToNative(total);
  });
}

/** The values to write for a classic histogram's point: its own, or the sum of its deltas. */
export function classicTotal(
  request: WriteRequest,
  stream: Stream,
  point: number,
): ClassicTotal | Extract<PointOutcome, 'duplicate' | 'malformed_histogram' | DeltaFailure> {
  const { batch } = request;
  const { count, counts, bounds } = histogramPoint(request, point);
  const values: ClassicTotal = {
    count,
    sum: batch.points.values[point] ?? 0,
    hasSum: ((batch.points.flags[point] ?? 0) & POINT_HAS_SUM) !== 0,
    counts: batch.numbers.slice(counts.from, counts.to),
    bounds: batch.numbers.slice(bounds.from, bounds.to),
  };
  if (!isWellFormed(values)) return 'malformed_histogram';
  const total = totalOf(request, { stream, point }, { kind: 'classic', values });
  if (typeof total === 'string') return total;
  return total.kind === 'classic' ? total.values : 'delta_out_of_order';
}

export function histogramPoint({ batch }: WriteRequest, point: number): HistogramPoint {
  return batch.histograms[batch.points.details[point] ?? -1] ?? NO_HISTOGRAM;
}

/** Bounds ascend, and there is a count for each and one more, or no count at all. */
export function isWellFormed({ bounds, counts }: Omit<ClassicValues, 'count' | 'sum'>): boolean {
  if (counts.length !== 0 && counts.length !== bounds.length + 1) return false;
  for (let index = 1; index < bounds.length; index += 1) {
    if (!((bounds[index - 1] ?? 0) < (bounds[index] ?? 0))) return false;
  }
  return !Number.isNaN(bounds[0]);
}

type DeltaFailure = Exclude<Extract<DeltaOutcome, string>, 'duplicate'>;

function writeNative(
  request: WriteRequest,
  { stream, point }: { readonly stream: Stream; readonly point: number },
  build: () => NativeHistogram | PointOutcome,
): PointOutcome {
  const rejection = resolveSingle(request, stream, point);
  if (rejection !== undefined) return rejection;
  const { reference } = stream;
  if (reference === REFERENCE_UNSELECTED) return 'unselected';
  if (isNoRecordedValue(request, point)) return putStale(request, point, reference);
  const histogram = build();
  if (typeof histogram === 'string') return histogram;
  if (!isConsistent(histogram)) return 'malformed_histogram';
  const { timesMs, startTimesMs } = request.batch.points;
  const startTimeMs = request.options.startTimes ? (startTimesMs[point] ?? 0) : 0;
  return request.sink.appendWith(reference, timesMs[point] ?? 0, {
    value: 0,
    histogram,
    startTimeMs,
  });
}

/** The point's values, or what they make together with the deltas before them. */
function totalOf(
  request: WriteRequest,
  { stream, point }: { readonly stream: Stream; readonly point: number },
  value: DeltaValue,
): DeltaValue | Extract<DeltaOutcome, string> {
  if (!request.metric.context.isDelta) return value;
  const { points } = request.batch;
  const total = request.deltas.add(
    {
      stream: stream.deltaKey ?? '',
      startTimeMs: points.startTimesMs[point] ?? 0,
      timeMs: points.timesMs[point] ?? 0,
      delta: value,
    },
    request.nowMs,
  );
  if (typeof total === 'string') return total;
  points.startTimesMs[point] = total.startTimeMs;
  return total.value;
}

function exponentialValues({ batch }: WriteRequest, point: number): ExponentialValues {
  const source = batch.exponentials[batch.points.details[point] ?? -1] ?? NO_EXPONENTIAL;
  const side = ({ offset, from, to }: BucketSide): DenseBuckets => ({
    offset,
    counts: batch.numbers.slice(from, to),
  });
  return {
    scale: source.scale,
    count: source.count,
    sum: batch.points.values[point] ?? 0,
    zeroCount: source.zeroCount,
    positive: side(source.positive),
    negative: side(source.negative),
  };
}

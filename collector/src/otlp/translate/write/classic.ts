import { POINT_HAS_SUM } from '../../metric-batch.ts';
import type { RejectionReason } from '../rejections.ts';
import type { SampleOutcome } from '../sample-sink.ts';
import type { SeriesFamily, Stream } from '../stream.ts';
import { classicTotal, histogramPoint, isWellFormed } from './histogram.ts';
import {
  isNoRecordedValue,
  type PointOutcome,
  pendingRejection,
  putFloat,
  putStale,
  rejectStream,
  type WriteRequest,
  worse,
} from './request.ts';
import { noteDeltaKey } from './single.ts';

/** Where the numbers of one point are: its own, or a running total. */
interface ClassicSource {
  readonly numbers: Float64Array;
  readonly countsFrom: number;
  readonly hasCounts: boolean;
  readonly count: number;
  readonly sum: number;
  readonly hasSum: boolean;
}

/** Writes a point of a classic histogram as `_sum`, `_count` and cumulative `_bucket` series. */
export function writeClassic(request: WriteRequest, stream: Stream, point: number): PointOutcome {
  const rejection = resolveClassic(request, stream, point);
  if (rejection !== undefined) return rejection;
  const { family } = stream;
  if (family === undefined) return 'unselected';
  if (isNoRecordedValue(request, point)) return writeStale(request, family, point);
  const source = sourceOf(request, stream, point);
  if (typeof source === 'string') return source;
  return writeFamily(request, { family, point }, source);
}

function resolveClassic(
  request: WriteRequest,
  stream: Stream,
  point: number,
): RejectionReason | undefined {
  const { batch } = request;
  const { counts, bounds } = histogramPoint(request, point);
  const hasCounts = counts.to > counts.from;
  const { family } = stream;
  if (family !== undefined) {
    if (!hasCounts) return undefined;
    const isSameLength = counts.to - counts.from === family.keys.length + 1;
    if (isSameLength && haveBoundsAt(family.keys, batch.numbers, bounds.from)) return undefined;
  }
  const pending = pendingRejection(request, stream);
  if (pending !== undefined) return pending;
  const values = {
    counts: batch.numbers.subarray(counts.from, counts.to),
    bounds: batch.numbers.slice(bounds.from, hasCounts ? bounds.to : bounds.from),
  };
  if (!isWellFormed(values)) return 'malformed_histogram';
  const pairs = request.labelsOf(stream, point);
  if (pairs === undefined) return rejectStream(request, stream, 'invalid_label_name');
  const { family: name } = request.metric.context;
  const resolution = request.resolver.classic(pairs, name, values.bounds);
  if (!resolution.ok) return rejectStream(request, stream, resolution.reason);
  noteDeltaKey(request, stream, pairs);
  stream.rejection = undefined;
  stream.family = resolution.value;
  stream.pairs = undefined;
  return undefined;
}

function sourceOf(
  request: WriteRequest,
  stream: Stream,
  point: number,
): ClassicSource | Extract<PointOutcome, string> {
  const { batch, metric } = request;
  if (metric.context.isDelta) {
    const total = classicTotal(request, stream, point);
    if (typeof total === 'string') return total;
    const numbers = Float64Array.from(total.counts);
    return { ...total, numbers, countsFrom: 0, hasCounts: numbers.length > 0 };
  }
  const { count, counts } = histogramPoint(request, point);
  return {
    numbers: batch.numbers,
    countsFrom: counts.from,
    hasCounts: counts.to > counts.from,
    count,
    sum: batch.points.values[point] ?? 0,
    hasSum: ((batch.points.flags[point] ?? 0) & POINT_HAS_SUM) !== 0,
  };
}

function writeFamily(
  request: WriteRequest,
  { family, point }: { readonly family: SeriesFamily; readonly point: number },
  source: ClassicSource,
): SampleOutcome {
  let outcome: SampleOutcome = 'accepted';
  if (source.hasSum) outcome = putFloat(request, { point, reference: family.sum }, source.sum);
  outcome = worse(outcome, putFloat(request, { point, reference: family.count }, source.count));
  const { members } = family;
  const last = members.length - 1;
  if (source.hasCounts) {
    let cumulative = 0;
    for (let index = 0; index < last; index += 1) {
      cumulative += source.numbers[source.countsFrom + index] ?? 0;
      const reference = members[index] ?? -1;
      outcome = worse(outcome, putFloat(request, { point, reference }, cumulative));
    }
  }
  const reference = members[last] ?? -1;
  return worse(outcome, putFloat(request, { point, reference }, source.count));
}

/** Marks exactly the series stale that the point would have written. */
function writeStale(request: WriteRequest, family: SeriesFamily, point: number): SampleOutcome {
  const { flags } = request.batch.points;
  const { counts } = histogramPoint(request, point);
  const hasSum = ((flags[point] ?? 0) & POINT_HAS_SUM) !== 0;
  let outcome: SampleOutcome = hasSum ? putStale(request, point, family.sum) : 'accepted';
  outcome = worse(outcome, putStale(request, point, family.count));
  const last = family.members.length - 1;
  const first = counts.to > counts.from ? 0 : last;
  for (let index = first; index <= last; index += 1) {
    outcome = worse(outcome, putStale(request, point, family.members[index] ?? -1));
  }
  return outcome;
}

function haveBoundsAt(keys: Float64Array, numbers: Float64Array, from: number): boolean {
  for (let index = 0; index < keys.length; index += 1) {
    if (keys[index] !== numbers[from + index]) return false;
  }
  return true;
}

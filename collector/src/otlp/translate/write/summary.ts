import { haveSameNumbers } from '../delta/totals.ts';
import type { RejectionReason } from '../rejections.ts';
import type { SampleOutcome } from '../sample-sink.ts';
import type { SeriesFamily, Stream } from '../stream.ts';
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

/** Writes a point of a summary as `_sum`, `_count` and a series for each quantile. */
export function writeSummary(request: WriteRequest, stream: Stream, point: number): PointOutcome {
  const { batch } = request;
  const summary = batch.summaries[batch.points.details[point] ?? -1];
  const { from, to } = summary?.quantiles ?? { from: 0, to: 0 };
  const pairs = batch.numbers.subarray(from, to);
  const quantiles = pairs.filter((_, index) => index % 2 === 0);
  const rejection = resolveSummary(request, { stream, point }, quantiles);
  if (rejection !== undefined) return rejection;
  const { family } = stream;
  if (family === undefined) return 'unselected';
  const isStale = isNoRecordedValue(request, point);
  const put = (reference: number, value: number): SampleOutcome =>
    isStale ? putStale(request, point, reference) : putFloat(request, { point, reference }, value);
  let outcome = put(family.sum, batch.points.values[point] ?? 0);
  outcome = worse(outcome, put(family.count, summary?.count ?? 0));
  for (const [index, reference] of family.members.entries()) {
    outcome = worse(outcome, put(reference, pairs[2 * index + 1] ?? 0));
  }
  return outcome;
}

function resolveSummary(
  request: WriteRequest,
  { stream, point }: { readonly stream: Stream; readonly point: number },
  quantiles: Float64Array,
): RejectionReason | undefined {
  const known: SeriesFamily | undefined = stream.family;
  if (known !== undefined && haveSameNumbers(known.keys, quantiles)) return undefined;
  const pending = pendingRejection(request, stream);
  if (pending !== undefined) return pending;
  const pairs = request.labelsOf(stream, point);
  if (pairs === undefined) return rejectStream(request, stream, 'invalid_label_name');
  const resolution = request.resolver.summary(pairs, request.metric.context.family, quantiles);
  if (!resolution.ok) return rejectStream(request, stream, resolution.reason);
  stream.rejection = undefined;
  stream.family = resolution.value;
  stream.pairs = undefined;
  return undefined;
}

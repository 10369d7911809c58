import { REFERENCE_UNSELECTED, type Stream } from '../stream.ts';
import {
  isNoRecordedValue,
  type PointOutcome,
  putFloat,
  putStale,
  type WriteRequest,
} from './request.ts';
import { resolveSingle } from './single.ts';

/** Writes a point of a gauge or sum. */
export function writeNumber(request: WriteRequest, stream: Stream, point: number): PointOutcome {
  const rejection = resolveSingle(request, stream, point);
  if (rejection !== undefined) return rejection;
  const { reference } = stream;
  if (reference === REFERENCE_UNSELECTED) return 'unselected';
  if (isNoRecordedValue(request, point)) return putStale(request, point, reference);
  const { points } = request.batch;
  const value = points.values[point] ?? 0;
  if (!request.metric.context.isDelta) return putFloat(request, { point, reference }, value);
  const total = request.deltas.add(
    {
      stream: stream.deltaKey ?? '',
      startTimeMs: points.startTimesMs[point] ?? 0,
      timeMs: points.timesMs[point] ?? 0,
      delta: { kind: 'number', value },
    },
    request.nowMs,
  );
  if (typeof total === 'string') return total;
  if (total.value.kind !== 'number') return 'delta_out_of_order';
  points.startTimesMs[point] = total.startTimeMs;
  return putFloat(request, { point, reference }, total.value.value);
}

import { textKey } from '@telltale/core';

import { Labels, METRIC_NAME_LABEL } from '../../../model/labels.ts';
import type { RejectionReason } from '../rejections.ts';
import { REFERENCE_NONE, type Stream } from '../stream.ts';
import { pendingRejection, rejectStream, type WriteRequest } from './request.ts';

/** Makes sure that the one series of a number or native histogram is known. */
export function resolveSingle(
  request: WriteRequest,
  stream: Stream,
  point: number,
): RejectionReason | undefined {
  if (stream.reference !== REFERENCE_NONE) return undefined;
  const pending = pendingRejection(request, stream);
  if (pending !== undefined) return pending;
  const pairs = request.labelsOf(stream, point);
  if (pairs === undefined) return rejectStream(request, stream, 'invalid_label_name');
  const { context } = request.metric;
  const resolution = request.resolver.one(pairs, context.family);
  if (!resolution.ok) return rejectStream(request, stream, resolution.reason);
  stream.rejection = undefined;
  stream.reference = resolution.value;
  noteDeltaKey(request, stream, pairs);
  stream.pairs = undefined;
  return undefined;
}

/** Delta totals outlive references, so they are kept by labels and kind. */
export function noteDeltaKey(
  { metric }: WriteRequest,
  stream: Stream,
  pairs: ReadonlyMap<string, string>,
): void {
  const { context } = metric;
  if (!context.isDelta) return;
  const labels = Labels.fromPairs([...pairs, [METRIC_NAME_LABEL, context.family]]);
  stream.deltaKey = textKey([String(context.kind), ...labels.flat]);
}

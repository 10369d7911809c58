import { hashLabels } from '../model/label-hash.ts';
import { Labels } from '../model/labels.ts';

import type { GroupDefinition } from './rule.ts';

const NS_PER_MS = 1_000_000n;

/**
 * How far the slots of a group lie behind the multiples of its interval, in milliseconds.
 *
 * Groups are spread over their interval by a hash of file and name, the hash of Prometheus 3: with
 * the same file name both programs evaluate a group at the same times.
 */
export function slotOffsetMs({
  file,
  name,
  intervalMs,
}: Pick<GroupDefinition, 'file' | 'name' | 'intervalMs'>): number {
  // Prometheus counts in nanoseconds and cuts its timestamps to milliseconds.
  const intervalNs = BigInt(Math.max(1, Math.trunc(intervalMs))) * NS_PER_MS;
  return Number((hashLabels(Labels.of({ file, name })) % intervalNs) / NS_PER_MS);
}

/** The latest slot at or before `nowMs`; evaluation timestamps are slots, however late the tick. */
export function slotAt(nowMs: number, intervalMs: number, offsetMs: number): number {
  return Math.floor((nowMs - offsetMs) / intervalMs) * intervalMs + offsetMs;
}

import { type AlertRecord, isShownFiring } from './alert-record.ts';

/** Off unless configured: how many changes in which time make an alert flap. */
export interface FlapOptions {
  readonly changesMax: number;
  readonly windowMs: number;
}

/** Whether an alert changes too often to tell every change. */
export function isFlapping(
  { changesMs }: Pick<AlertRecord, 'changesMs'>,
  { changesMax, windowMs }: FlapOptions,
  nowMs: number,
): boolean {
  return changesMs.filter((timeMs) => nowMs - timeMs < windowMs).length > changesMax;
}

/**
 * Whether receivers are to see the alert as firing: while it flaps it counts as firing throughout,
 * so that they get one message at the beginning and one when it is stable again.
 */
export function isDampedFiring(
  record: AlertRecord,
  flap: FlapOptions | undefined,
  nowMs: number,
): boolean {
  if (isShownFiring(record, nowMs)) return true;
  return flap !== undefined && record.latch === undefined && isFlapping(record, flap, nowMs);
}

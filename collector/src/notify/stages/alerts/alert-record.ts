import type { NotifiedAlert } from '../notification.ts';

/** Where an alert comes from: the service and its rules, or the API. */
export type AlertSource = 'own' | 'posted';

/** A person has seen the alert: no repeats and no escalation of this episode. */
export interface Acknowledgement {
  readonly by: string;
  readonly atMs: number;
  readonly comment: string;
  readonly expiresMs?: number;
}

/** A person ended the episode; it counts as resolved until its source agrees or `untilMs`. */
export interface Latch {
  readonly by: string;
  readonly atMs: number;
  readonly comment: string;
  readonly untilMs?: number;
}

/** One alert as the notifier keeps it. */
export interface AlertRecord {
  /** Without its end, which `endsAtMs` holds. */
  readonly alert: NotifiedAlert;
  /** In the future for posted alerts; absent while a rule keeps it firing. */
  readonly endsAtMs?: number;
  readonly updatedAtMs: number;
  readonly source: AlertSource;
  /** The end was assumed because the sender gave none. */
  readonly isTimeout?: boolean;
  /** When this episode began to fire, in ms: tells episodes of one alert apart. */
  readonly episodeMs: number;
  readonly ack?: Acknowledgement;
  readonly latch?: Latch;
  /** Times of the last changes between firing and resolved, oldest first. */
  readonly changesMs: readonly number[];
}

/** Whether the alert's source says that it fires. */
export function isRecordFiring(record: AlertRecord, nowMs: number): boolean {
  return record.endsAtMs === undefined || record.endsAtMs > nowMs;
}

/** Whether receivers are to believe that it fires: a person may have ended it by hand. */
export function isShownFiring(record: AlertRecord, nowMs: number): boolean {
  return isRecordFiring(record, nowMs) && !isLatched(record, nowMs);
}

export function isLatched({ latch }: AlertRecord, nowMs: number): boolean {
  return latch !== undefined && (latch.untilMs === undefined || nowMs < latch.untilMs);
}

export function isAcknowledged({ ack }: AlertRecord, nowMs: number): boolean {
  return ack !== undefined && (ack.expiresMs === undefined || nowMs < ack.expiresMs);
}

/** The alert as a message shows it now. */
export function shownAlert(record: AlertRecord, nowMs: number): NotifiedAlert {
  if (isShownFiring(record, nowMs)) return record.alert;
  const endsAtMs = isRecordFiring(record, nowMs) ? record.latch?.atMs : record.endsAtMs;
  return { ...record.alert, endsAtMs: endsAtMs ?? nowMs };
}

import type { AlertRecord } from '../../notify/stages/alerts/alert-record.ts';
import { isRecordFiring } from '../../notify/stages/alerts/alert-record.ts';
import { AlertRoom, type Flood, type FloodGuard } from '../../notify/stages/alerts/flood-guard.ts';
import type { PostedAlert } from '../../notify/stages/alerts/posted-alert.ts';
import type { NotifierOptions } from './notifier-options.ts';
import type { NotifierState } from './notifier-state.ts';

const RANK_NAMES = ['INFO', 'WARNING', 'ERROR', 'CRITICAL'];

/** Alerts that are kept; beyond this, posted ones are refused, and the sender is told. */
const ALERTS_MAX = 100_000;

interface PostedAlertsParts {
  readonly state: NotifierState;
  readonly floods: FloodGuard;
  /** Alerts of one name find no room. */
  readonly onFlood: (flood: Flood) => void;
}

/** Alerts that others post: how many are taken, and what the history says of them. */
export class PostedAlerts {
  readonly #parts: PostedAlertsParts;
  #options: NotifierOptions;

  constructor(parts: PostedAlertsParts, options: NotifierOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  setOptions(options: NotifierOptions): void {
    this.#options = options;
  }

  /** Takes alerts as far as there is room; how many new ones there is none for. */
  take(
    posted: readonly PostedAlert[],
    nowMs: number,
  ): { readonly taken: readonly AlertRecord[]; readonly refused: number } {
    const { alerts } = this.#parts.state;
    const room = new AlertRoom(this.#options.perAlertnameMax, (alertname) =>
      this.#countFiring(alertname, nowMs),
    );
    const taken: AlertRecord[] = [];
    for (const each of posted) {
      const before = alerts.get(each.alert.fingerprint);
      if (!this.#hasRoom(each, { before, room, nowMs })) continue;
      const record = alerts.post(each, nowMs);
      this.#notePosted(before, record, nowMs);
      taken.push(record);
    }
    return { taken, refused: posted.length - taken.length };
  }

  /** What fires already and what ends is always taken. */
  #hasRoom(
    { alert, endsAtMs }: PostedAlert,
    {
      before,
      room,
      nowMs,
    }: {
      readonly before: AlertRecord | undefined;
      readonly room: AlertRoom;
      readonly nowMs: number;
    },
  ): boolean {
    const isFiring = before !== undefined && isRecordFiring(before, nowMs);
    if (isFiring) return true;
    const alertname = alert.labels['alertname'] ?? '';
    const hasPlace = before !== undefined || this.#parts.state.alerts.size < ALERTS_MAX;
    if (hasPlace && (endsAtMs <= nowMs || room.take(alertname))) return true;
    const { floods, onFlood } = this.#parts;
    const flood = floods.refuse(alertname, nowMs);
    if (flood !== undefined) onFlood(flood);
    return false;
  }

  #countFiring(alertname: string, nowMs: number): number {
    let firing = 0;
    for (const record of this.#parts.state.alerts.values()) {
      if (record.alert.labels['alertname'] !== alertname) continue;
      if (record.source === 'posted' && isRecordFiring(record, nowMs)) firing += 1;
    }
    return firing;
  }

  #notePosted(before: AlertRecord | undefined, after: AlertRecord, nowMs: number): void {
    const wasFiring = before !== undefined && isRecordFiring(before, nowMs);
    const isFiring = isRecordFiring(after, nowMs);
    if (wasFiring === isFiring) return;
    const states = isFiring
      ? ({ from: 'inactive', to: 'firing' } as const)
      : ({ from: 'firing', to: 'inactive' } as const);
    this.#noteChange(after, { ...states, reason: 'posted' }, nowMs);
  }

  #noteChange(
    { alert, episodeMs }: AlertRecord,
    change: { readonly from: string; readonly to: 'firing' | 'inactive'; readonly reason: string },
    tsMs: number,
  ): void {
    this.#parts.state.note({
      tsMs,
      kind: change.to === 'firing' ? 'alert.firing' : 'alert.resolved',
      fingerprint: alert.fingerprint,
      alertname: alert.labels['alertname'] ?? '',
      fromState: change.from,
      toState: change.to,
      severity: RANK_NAMES[this.#options.rankOf(alert.labels)] ?? 'WARNING',
      labels: alert.labels,
      reason: change.reason,
      episode: String(episodeMs),
    });
  }

  /** A posted alert that was not posted again ended without a message. */
  noteEnds(fingerprints: readonly string[], nowMs: number): void {
    for (const fingerprint of fingerprints) {
      const record = this.#parts.state.alerts.get(fingerprint);
      const endsAtMs = record?.endsAtMs ?? Number.POSITIVE_INFINITY;
      if (record?.source !== 'posted' || endsAtMs > nowMs || record.updatedAtMs >= endsAtMs)
        continue;
      this.#noteChange(
        record,
        { from: 'firing', to: 'inactive', reason: 'not_posted_again' },
        endsAtMs,
      );
    }
  }
}

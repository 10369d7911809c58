import type { NotifiedAlert } from '../notification.ts';
import {
  type Acknowledgement,
  type AlertRecord,
  isLatched,
  isRecordFiring,
  type Latch,
} from './alert-record.ts';
import { mergePosted, type PostedAlert } from './posted-alert.ts';

/** Changes that are remembered of one alert, for flap damping and statistics. */
const CHANGES_MAX = 20;

/**
 * Every alert that fires or lately did, by fingerprint, with what people said about it.
 * Changed records are collected until `takeDirty`.
 */
export class AlertBook {
  readonly #records: Map<string, AlertRecord> = new Map();
  readonly #dirty: Set<string> = new Set();

  load(records: Iterable<AlertRecord>): void {
    for (const record of records) this.#records.set(record.alert.fingerprint, record);
  }

  get(fingerprint: string): AlertRecord | undefined {
    return this.#records.get(fingerprint);
  }

  values(): IterableIterator<AlertRecord> {
    return this.#records.values();
  }

  get size(): number {
    return this.#records.size;
  }

  /** Fingerprints of the records that changed or went since the last call. */
  takeDirty(): readonly string[] {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    return dirty;
  }

  /** Makes these count as changed again, after a transaction that was undone. */
  markDirty(fingerprints: Iterable<string>): void {
    for (const each of fingerprints) this.#dirty.add(each);
  }

  /** Takes what a rule or the service itself says; returns the record when something changed. */
  put(alert: NotifiedAlert, nowMs: number): AlertRecord | undefined {
    const known = this.#records.get(alert.fingerprint);
    if (known !== undefined && isSame(known, alert, nowMs)) {
      this.#refreshValue(known, alert.value);
      return undefined;
    }
    const { endsAtMs, ...open } = alert;
    const end = endsAtMs === undefined ? {} : { endsAtMs };
    const base = { alert: open, updatedAtMs: nowMs, source: 'own', ...end } as const;
    return this.#set(this.#continued(known, { ...base, episodeMs: nowMs, changesMs: [] }, nowMs));
  }

  /** Takes a posted alert. */
  post(posted: PostedAlert, nowMs: number): AlertRecord {
    const known = this.#records.get(posted.alert.fingerprint);
    if (known !== undefined && known.source !== 'posted' && isRecordFiring(known, nowMs)) {
      return known;
    }
    const merged = known === undefined ? posted : mergePosted(known, posted, nowMs);
    const { alert, endsAtMs, isTimeout } = merged;
    const base = { alert, endsAtMs, isTimeout, updatedAtMs: nowMs, source: 'posted' } as const;
    return this.#set(this.#continued(known, { ...base, episodeMs: nowMs, changesMs: [] }, nowMs));
  }

  acknowledge(fingerprint: string, ack: Acknowledgement | undefined): AlertRecord | undefined {
    const known = this.#records.get(fingerprint);
    if (known === undefined) return undefined;
    const { ack: _, ...rest } = known;
    return this.#set(ack === undefined ? rest : { ...rest, ack });
  }

  latch(fingerprint: string, latch: Latch, nowMs: number): AlertRecord | undefined {
    const known = this.#records.get(fingerprint);
    if (known === undefined) return undefined;
    const { ack: _, ...rest } = known;
    return this.#set({ ...rest, latch, changesMs: withChange(known.changesMs, nowMs) });
  }

  /** Ends latches whose time is over while the alert fires; returns the alerts that show again. */
  endLatches(nowMs: number): readonly AlertRecord[] {
    return [...this.#records.values()].flatMap((record) => {
      const { latch, ...rest } = record;
      if (latch === undefined || isLatched(record, nowMs)) return [];
      return isRecordFiring(record, nowMs) ? [this.#set(rest)] : [];
    });
  }

  /** Forgets a record, and what people said with it. */
  delete(fingerprint: string): void {
    if (this.#records.delete(fingerprint)) this.#dirty.add(fingerprint);
  }

  /** Keeps what belongs to the episode, or starts one. */
  #continued(known: AlertRecord | undefined, next: AlertRecord, nowMs: number): AlertRecord {
    const isFiring = isRecordFiring(next, nowMs);
    const wasFiring = known !== undefined && isRecordFiring(known, nowMs);
    const changesMs = known?.changesMs ?? [];
    if (known === undefined || (isFiring && !wasFiring)) {
      const changed = known === undefined ? [nowMs] : withChange(changesMs, nowMs);
      return { ...next, episodeMs: nowMs, changesMs: changed };
    }
    const kept = { ...next, episodeMs: known.episodeMs, changesMs };
    if (isFiring) return { ...kept, ...saidOf(known, nowMs) };
    return wasFiring ? { ...kept, changesMs: withChange(changesMs, nowMs) } : kept;
  }

  /** The value moves with every evaluation, which is not worth a write. */
  #refreshValue(known: AlertRecord, value: number | undefined): void {
    if (value === undefined || value === known.alert.value) return;
    this.#records.set(known.alert.fingerprint, { ...known, alert: { ...known.alert, value } });
  }

  #set(record: AlertRecord): AlertRecord {
    this.#records.set(record.alert.fingerprint, record);
    this.#dirty.add(record.alert.fingerprint);
    return record;
  }
}

/** What people said about an episode that goes on. A latch ends with its own time. */
function saidOf(known: AlertRecord, nowMs: number): Pick<AlertRecord, 'ack' | 'latch'> {
  const { ack, latch } = known;
  const isKept = latch !== undefined && isLatched(known, nowMs);
  return { ...(ack === undefined ? {} : { ack }), ...(isKept ? { latch } : {}) };
}

function withChange(changesMs: readonly number[], nowMs: number): readonly number[] {
  return [...changesMs, nowMs].slice(-CHANGES_MAX);
}

/** Whether a message would show the same, so that nothing has to be stored. */
function isSame(known: AlertRecord, alert: NotifiedAlert, nowMs: number): boolean {
  const isFiring = alert.endsAtMs === undefined;
  if (isFiring !== isRecordFiring(known, nowMs)) return false;
  if (!isFiring) return true;
  if (known.source === 'posted') return false;
  return (
    known.alert.startsAtMs === alert.startsAtMs &&
    known.alert.generatorUrl === alert.generatorUrl &&
    JSON.stringify(known.alert.annotations) === JSON.stringify(alert.annotations)
  );
}

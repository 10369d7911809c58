import type { ShownChange } from '../../exchange/shown-change.ts';
import type { AlertSnapshot, Notifier } from '../../notify/notifier.ts';
import type { AlertRecord } from '../../notify/stages/alerts/alert-record.ts';
import { isRecordFiring } from '../../notify/stages/alerts/alert-record.ts';
import { type Flood, FloodGuard } from '../../notify/stages/alerts/flood-guard.ts';
import type { PostedAlert } from '../../notify/stages/alerts/posted-alert.ts';
import type { Notification, NotifiedAlert } from '../../notify/stages/notification.ts';
import type { CancelTimer, Clock } from '../clock.ts';
import type { OutboxRow } from '../sqlite/outbox.ts';
import type { DeliveryListener, Failure } from './delivery-listener.ts';
import { Escalator } from './escalator.ts';
import { Flusher, idempotencyKey } from './flusher.ts';
import type { NotifierOptions } from './notifier-options.ts';
import type { NotifierState } from './notifier-state.ts';
import { PostedAlerts } from './posted-alerts.ts';

export interface AlertNotifierInputs {
  readonly state: NotifierState;
  readonly clock: Clock;
  /** A message is the first of its chain and may be sent. */
  readonly onQueued: (row: OutboxRow) => void;
  /** Everything that was decided is stored, as far as the database takes it. */
  readonly onCommitted: () => void;
  /** The database cannot be written (an error), or can again (`undefined`). */
  readonly onStorage: (error: unknown) => void;
  /** A receiver fails for long, or works again. */
  readonly onHealth: DeliveryListener['onHealth'];
  /** Alerts of one name find no room, or do again. */
  readonly onFlood?: (flood: Flood & { readonly isOver: boolean }) => void;
  /** Something that a page shows has changed. */
  readonly onShown?: (change: ShownChange) => void;
}

/** Resolved alerts are kept this long after they left their groups. */
const RESOLVED_RETENTION_MS = 15 * 60_000;

/** Entries of the notification log are kept at most this long. */
const LOG_RETENTION_MS = 120 * 3_600_000;

/**
 * Takes alerts from rules, from the service itself and from others, and tells receivers: grouping,
 * muting, deduplication, escalation. Its own timer flushes groups when they are due.
 */
export class AlertNotifier implements Notifier, DeliveryListener {
  readonly state: NotifierState;
  readonly flusher: Flusher;
  readonly escalator: Escalator;
  readonly floods: FloodGuard = new FloodGuard();
  readonly #inputs: AlertNotifierInputs;
  readonly #posted: PostedAlerts;
  #options: NotifierOptions;
  #cancelTimer: CancelTimer | undefined;
  #isRunning = false;

  constructor(inputs: AlertNotifierInputs, options: NotifierOptions) {
    this.#inputs = inputs;
    this.#options = options;
    this.state = inputs.state;
    this.flusher = new Flusher(inputs.state, options, inputs.onQueued);
    this.escalator = new Escalator(inputs.state, this.flusher, options);
    this.#posted = new PostedAlerts(
      {
        state: inputs.state,
        floods: this.floods,
        onFlood: (flood) => inputs.onFlood?.({ ...flood, isOver: false }),
      },
      options,
    );
  }

  get options(): NotifierOptions {
    return this.#options;
  }

  /** False before what a former run left is read: alerts and acts would be lost then. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Reads what a former run left; nothing is flushed before `start`. */
  load(): void {
    this.state.load(this.#options.inhibitRules, this.#inputs.clock.nowMs());
  }

  /** From now on groups are flushed when they are due. */
  start(): void {
    this.#isRunning = true;
    this.tick();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancelTimer?.();
  }

  /** Puts another configuration in place; timers of groups that it still has go on. */
  setOptions(options: NotifierOptions): void {
    const nowMs = this.#inputs.clock.nowMs();
    const removed = this.#options.receivers.filter(({ name }) => !isReceiver(options, name));
    this.#options = options;
    // Nothing will be sent there that could end the alert about it.
    for (const { name } of removed) this.onHealth(name, { isFailing: false, error: '' });
    this.flusher.setOptions(options);
    this.escalator.setOptions(options);
    this.#posted.setOptions(options);
    this.state.setInhibitRules(options.inhibitRules);
    const grouped = new Set([...this.state.groups.values()].flatMap(({ members }) => [...members]));
    const alerts = [...this.state.alerts.values()]
      .filter((record) => isRecordFiring(record, nowMs) || grouped.has(record.alert.fingerprint))
      .map(({ alert }) => alert);
    this.state.groups.setRoot(options.root, alerts, nowMs);
    this.tick();
  }

  onChange(snapshot: AlertSnapshot, changed: readonly NotifiedAlert[]): void {
    const known = new Map(snapshot.alerts.map((alert) => [alert.fingerprint, alert]));
    for (const each of changed) this.#take(known.get(each.fingerprint) ?? each, snapshot.nowMs);
    this.#flushDue(snapshot.nowMs);
  }

  onTimer(snapshot: AlertSnapshot): void {
    const { nowMs } = snapshot;
    const seen = new Set<string>();
    for (const alert of snapshot.alerts) {
      seen.add(alert.fingerprint);
      this.#take(alert, nowMs);
    }
    for (const record of this.state.alerts.values()) {
      const { fingerprint } = record.alert;
      if (record.source === 'posted' || seen.has(fingerprint)) continue;
      // Its rule went while the service was down.
      if (isRecordFiring(record, nowMs)) this.#take({ ...record.alert, endsAtMs: nowMs }, nowMs);
    }
    for (const record of this.state.alerts.endLatches(nowMs)) this.#sortIn(record, nowMs);
    this.#forgetOld(nowMs);
    for (const flood of this.floods.takeEnded(nowMs)) {
      this.#inputs.onFlood?.({ ...flood, isOver: true });
    }
    const { groups } = this.state;
    for (const group of groups.values()) if (group.route.isImmediate) groups.hurry(group, nowMs);
    this.#flushDue(nowMs);
  }

  /** Takes alerts that others posted; returns how many new ones there is no room for. */
  post(posted: readonly PostedAlert[]): number {
    const nowMs = this.#inputs.clock.nowMs();
    const { taken, refused } = this.#posted.take(posted, nowMs);
    for (const record of taken) this.#sortIn(record, nowMs);
    const ids = posted.map(({ alert }) => alert.fingerprint);
    this.#inputs.onShown?.({ what: 'alerts', ids });
    this.tick();
    return refused;
  }

  /** Flushes what is due and arms the timer for the rest. */
  tick(): void {
    if (!this.#isRunning) return;
    this.#flushDue(this.#inputs.clock.nowMs());
    this.#inputs.onCommitted();
  }

  /** Makes the groups of an alert flush at once. */
  hurry(fingerprint: string): void {
    const nowMs = this.#inputs.clock.nowMs();
    for (const group of this.state.groups.values()) {
      if (group.members.has(fingerprint)) this.state.groups.hurry(group, nowMs);
    }
    this.tick();
  }

  stateOf(notification: Notification): Readonly<Record<string, string>> | undefined {
    return this.state.entry(placeOf(notification))?.state;
  }

  onSent(notification: Notification, state: Readonly<Record<string, string>> | undefined): void {
    this.#inputs.onShown?.({ what: 'notifications' });
    if (state === undefined) return;
    const place = placeOf(notification);
    const entry = this.state.entry(place);
    if (entry !== undefined) this.state.setEntry(place, { ...entry, state });
    this.#save();
  }

  onFailed(notification: Notification, failure: Failure): void {
    const { fallbackReceiver } = this.#options;
    this.#inputs.onShown?.({ what: 'notifications' });
    if (isReceiver(this.#options, notification.receiver)) {
      this.onHealth(notification.receiver, { isFailing: true, error: failure.message });
    }
    if (fallbackReceiver === undefined || notification.receiver === fallbackReceiver) return;
    const nowMs = this.#inputs.clock.nowMs();
    for (const { receiver, integration } of this.flusher.addressees([fallbackReceiver])) {
      const key = idempotencyKey(notification.groupKey, `${receiver}|${integration.name}`, nowMs);
      this.flusher.queue(
        { ...notification, receiver, integration: integration.name, idempotencyKey: key },
        nowMs,
      );
    }
    this.#save();
    this.#inputs.onCommitted();
  }

  onHealth(
    receiver: string,
    health: { readonly isFailing: boolean; readonly error: string },
  ): void {
    this.#inputs.onHealth(receiver, health);
  }

  onStorage(error: unknown): void {
    this.#inputs.onStorage(error);
  }

  /** Tells listeners of the event stream. */
  shown(change: ShownChange): void {
    this.#inputs.onShown?.(change);
  }

  /** The clock was set: timers keep their distance. */
  shiftClock(byMs: number): void {
    this.state.groups.shift(byMs);
    this.tick();
  }

  #take(alert: NotifiedAlert, nowMs: number): void {
    const record = this.state.alerts.put(alert, nowMs);
    if (record === undefined) return;
    this.#sortIn(record, nowMs);
    this.#inputs.onShown?.({ what: 'alerts', ids: [alert.fingerprint] });
  }

  #sortIn(record: AlertRecord, nowMs: number): void {
    this.state.noteInhibition(record);
    this.state.groups.put(record.alert, nowMs);
  }

  #flushDue(nowMs: number): void {
    this.#endSilences(nowMs);
    for (const group of this.state.groups.due(nowMs)) {
      const viewed = this.flusher.flush(group, nowMs);
      this.#posted.noteEnds([...viewed.view.resolved, ...viewed.view.resolvedMuted], nowMs);
      this.escalator.review(group, viewed, nowMs);
    }
    this.escalator.runDue(nowMs);
    this.#save();
    this.#arm(nowMs);
  }

  #endSilences(nowMs: number): void {
    const isFiring = (fingerprint: string): boolean => {
      const record = this.state.alerts.get(fingerprint);
      return record !== undefined && isRecordFiring(record, nowMs);
    };
    const ended = this.state.silences.endResolved(isFiring, nowMs);
    this.state.touchSilences(ended.map(({ id }) => id));
    for (const { id } of ended) {
      this.state.note({ tsMs: nowMs, kind: 'silence.expired', reason: 'resolved', comment: id });
    }
  }

  #save(): void {
    try {
      this.state.save();
      this.#inputs.onStorage(undefined);
    } catch (error) {
      this.#inputs.onStorage(error);
    }
  }

  #arm(nowMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (!this.#isRunning) return;
    const times = [this.state.groups.nextDueMs(), this.escalator.nextDueMs()];
    const nextMs = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    if (nextMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(1, nextMs - nowMs);
    this.#cancelTimer = this.#inputs.clock.setTimer(waitMs, () => this.tick());
  }

  /** Forgets what no message can need any more. */
  #forgetOld(nowMs: number): void {
    const { alerts, groups, silences } = this.state;
    groups.removeEmpty();
    const grouped = new Set([...groups.values()].flatMap(({ members }) => [...members]));
    for (const record of alerts.values()) {
      const { fingerprint } = record.alert;
      const endedMs = record.endsAtMs ?? Number.POSITIVE_INFINITY;
      if (grouped.has(fingerprint) || nowMs - endedMs < RESOLVED_RETENTION_MS) continue;
      alerts.delete(fingerprint);
      this.state.inhibitor.remove(record.alert);
    }
    this.state.touchSilences(silences.deleteBefore(nowMs - this.#options.silenceRetentionMs));
    this.state.deleteEntries(({ sentMs }) => nowMs - sentMs > LOG_RETENTION_MS);
  }
}

function placeOf({ groupKey, receiver, integration = '' }: Notification): {
  readonly groupKey: string;
  readonly receiver: string;
  readonly integration: string;
} {
  return { groupKey, receiver, integration };
}

/** A message may outlive its receiver, which a reload removed: that is no fault of a receiver. */
function isReceiver({ receivers }: NotifierOptions, receiver: string): boolean {
  return receivers.some(({ name }) => name === receiver);
}

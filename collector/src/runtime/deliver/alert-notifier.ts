import { createHash } from 'node:crypto';

import { textKey } from '@telltale/core';

import type { Receiver } from '../../notify/channels/channel.ts';
import type { AlertSnapshot, Notifier } from '../../notify/notifier.ts';
import { type DedupDecision, decideNotification } from '../../notify/stages/dedup.ts';
import { type AlertGroup, groupAlerts } from '../../notify/stages/group.ts';
import { mergeNotifications } from '../../notify/stages/merge.ts';
import {
  isFiring,
  type Notification,
  type NotifiedAlert,
} from '../../notify/stages/notification.ts';
import type { Database } from '../sqlite/database.ts';
import { HistoryTable } from '../sqlite/history.ts';
import { NotificationLogTable } from '../sqlite/notification-log.ts';
import { OutboxTable } from '../sqlite/outbox.ts';

export interface AlertNotifierOptions {
  readonly receivers: readonly Receiver[];
  readonly groupBy: readonly string[];
  readonly repeatIntervalMs: number;
  readonly externalUrl: string;
}

/**
 * The notifier of a configuration without routes: every receiver gets every alert group.
 *
 * A message counts as told once it is in the outbox, which sends it at least once. Only a message
 * that waits is folded together with a newer one; one on its way is followed by the newer.
 */
export class AlertNotifier implements Notifier {
  readonly #database: Database;
  readonly #outbox: OutboxTable;
  readonly #log: NotificationLogTable;
  readonly #history: HistoryTable;
  #options: AlertNotifierOptions;

  constructor(database: Database, options: AlertNotifierOptions) {
    this.#database = database;
    this.#outbox = new OutboxTable(database);
    this.#log = new NotificationLogTable(database);
    this.#history = new HistoryTable(database);
    this.#options = options;
  }

  setOptions(options: AlertNotifierOptions): void {
    this.#options = options;
  }

  onChange(snapshot: AlertSnapshot, changed: readonly NotifiedAlert[]): void {
    const { groupBy } = this.#options;
    const keys = new Set(groupAlerts(changed, groupBy).map(({ key }) => key));
    this.#flush(snapshot, (group) => keys.has(group.key));
  }

  onTimer(snapshot: AlertSnapshot): void {
    this.#flush(snapshot, () => true);
    this.#closeVanishedGroups(snapshot);
  }

  #flush(snapshot: AlertSnapshot, isWanted: (group: AlertGroup) => boolean): void {
    const groups = groupAlerts(snapshot.alerts, this.#options.groupBy).filter(isWanted);
    this.#database.transaction('full', () => {
      for (const group of groups) {
        for (const receiver of this.#options.receivers) {
          this.#notify(group, receiver, snapshot.nowMs);
        }
      }
    });
  }

  /** A group without any alert left was resolved while nobody looked: its rule is gone. */
  #closeVanishedGroups(snapshot: AlertSnapshot): void {
    const groups = groupAlerts(snapshot.alerts, this.#options.groupBy);
    const known = new Set(groups.map(({ key }) => key));
    for (const { groupKey, receiver } of this.#log.firingGroups()) {
      if (known.has(groupKey)) continue;
      this.#log.put(groupKey, receiver, { sentMs: snapshot.nowMs, firing: [], resolved: [] });
    }
  }

  #notify(group: AlertGroup, receiver: Receiver, nowMs: number): void {
    const isTold = sendsResolved(receiver);
    const { repeatIntervalMs } = this.#options;
    const entry = this.#log.get(group.key, receiver.name);
    const options = { repeatIntervalMs, sendsResolved: isTold, nowMs };
    const decision = decideNotification(group.alerts, entry, options);
    if (decision === undefined) return;
    if (decision.isSent) this.#enqueue(this.#message(group, receiver, { decision, nowMs }), nowMs);
    const firing = group.alerts.filter(isFiring);
    const resolved = group.alerts.filter((alert) => !isFiring(alert));
    this.#log.put(group.key, receiver.name, {
      sentMs: nowMs,
      firing: firing.map(({ fingerprint }) => fingerprint),
      resolved: firing.length === 0 ? [] : resolved.map(({ fingerprint }) => fingerprint),
    });
  }

  #message(
    group: AlertGroup,
    receiver: Receiver,
    { decision, nowMs }: { readonly decision: DedupDecision; readonly nowMs: number },
  ): Notification {
    // A receiver that is not told of recoveries does not see them inside other messages either.
    const alerts = sendsResolved(receiver) ? group.alerts : group.alerts.filter(isFiring);
    return {
      receiver: receiver.name,
      groupKey: group.key,
      groupLabels: group.labels,
      reason: decision.reason,
      externalUrl: this.#options.externalUrl,
      alerts,
      idempotencyKey: idempotencyKey(group.key, receiver.name, nowMs),
    };
  }

  #enqueue(notification: Notification, nowMs: number): void {
    const { groupKey, receiver, reason } = notification;
    const waiting = this.#outbox.waiting(groupKey, receiver);
    if (waiting === undefined) {
      this.#outbox.add(notification, nowMs);
    } else {
      const merged = mergeNotifications(waiting.notification, notification);
      this.#outbox.replace(waiting.id, merged);
    }
    this.#history.add({ tsMs: nowMs, kind: 'notification.queued', groupKey, receiver, reason });
  }
}

function idempotencyKey(groupKey: string, receiver: string, nowMs: number): string {
  return createHash('sha256')
    .update(textKey([groupKey, receiver, String(nowMs)]), 'utf8')
    .digest('hex');
}

function sendsResolved({ integrations }: Receiver): boolean {
  return integrations.some(({ channel }) => channel.sendsResolved);
}

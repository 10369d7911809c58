import { createHash } from 'node:crypto';

import type { Integration } from '../../notify/channels/channel.ts';
import {
  decideNotification,
  type GroupView,
  isEntryCurrent,
  type NotificationLogEntry,
  nextEntry,
  noteMuted,
  shownResolved,
} from '../../notify/stages/dedup.ts';
import { type ViewedGroup, viewGroup } from '../../notify/stages/group-view.ts';
import type { Notification, NotificationReason } from '../../notify/stages/notification.ts';
import type { AlertGroup } from '../../notify/stages/routing/alert-groups.ts';
import type { OutboxRow } from '../sqlite/outbox.ts';
import type { NotifierOptions } from './notifier-options.ts';
import type { NotifierState } from './notifier-state.ts';

/** One channel of one receiver. */
export interface Addressee {
  readonly receiver: string;
  readonly integration: Integration;
}

interface Flush {
  readonly group: AlertGroup;
  readonly viewed: ViewedGroup;
  readonly nowMs: number;
}

/** Decides what the channels of a group are told, and puts the messages into the outbox. */
export class Flusher {
  readonly #state: NotifierState;
  readonly #onQueued: (row: OutboxRow) => void;
  #options: NotifierOptions;

  /** @param onQueued told of messages that may be sent at once. */
  constructor(state: NotifierState, options: NotifierOptions, onQueued: (row: OutboxRow) => void) {
    this.#state = state;
    this.#options = options;
    this.#onQueued = onQueued;
  }

  setOptions(options: NotifierOptions): void {
    this.#options = options;
  }

  /** Tells every channel of the group what it does not know, and lets resolved alerts go. */
  flush(group: AlertGroup, nowMs: number): ViewedGroup {
    const viewed = this.view(group, nowMs);
    const flush = { group, viewed, nowMs };
    for (const addressee of this.addressees(group.route.receivers)) this.#tell(flush, addressee);
    // After the route's own, who then hear of it first.
    for (const addressee of this.#reachedByEscalation(group)) this.#tellEnd(flush, addressee);
    const { view } = viewed;
    // The next flush knows by it what was unmuted in between.
    group.mutedBefore = new Set(view.muted);
    this.#state.groups.flushed(group, [...view.resolved, ...view.resolvedMuted], nowMs);
    return viewed;
  }

  view(group: AlertGroup, nowMs: number): ViewedGroup {
    const { alerts, inhibitor, silences } = this.#state;
    const { intervals, flap } = this.#options;
    return viewGroup(group, {
      muting: { inhibitor, silences, intervals },
      flap,
      nowMs,
      record: (fingerprint) => alerts.get(fingerprint),
    });
  }

  addressees(names: readonly string[]): readonly Addressee[] {
    return this.#options.receivers
      .filter(({ name }) => names.includes(name))
      .flatMap(({ name, integrations }) => {
        return integrations.map((integration) => ({ receiver: name, integration }));
      });
  }

  /** Tells the channels that ask for it that all firing alerts of a group were acknowledged. */
  tellAcknowledged(group: AlertGroup, nowMs: number): void {
    const flush = { group, viewed: this.view(group, nowMs), nowMs };
    const { firing, acknowledged } = flush.viewed.view;
    if (firing.length === 0 || !firing.every((each) => acknowledged.has(each))) return;
    for (const addressee of this.addressees(group.route.receivers)) {
      if (addressee.integration.channel.takesAcknowledgements === true)
        this.#tell(flush, addressee);
    }
  }

  /** Sends a message whatever the log says, and notes in it what was shown. */
  send(
    { group, viewed, nowMs }: Flush,
    addressee: Addressee,
    { reason, escalation }: Pick<Notification, 'reason' | 'escalation'>,
  ): void {
    const { receiver, integration } = addressee;
    const place = { groupKey: group.key, receiver, integration: integration.name };
    const entry = this.#state.entry(place);
    const message = this.#message({ group, viewed, nowMs }, addressee, { entry, reason });
    this.queue({ ...message, ...(escalation === undefined ? {} : { escalation }) }, nowMs);
    this.#state.setEntry(place, nextEntry(viewed.view, entry, { reason, nowMs }));
  }

  queue(notification: Notification, nowMs: number): void {
    const { groupKey, receiver, integration, reason, alerts } = notification;
    const row = this.#state.outbox.add(notification, nowMs);
    if (row !== undefined) this.#onQueued(row);
    const [first] = alerts;
    this.#state.note({
      tsMs: nowMs,
      kind: 'notification.queued',
      groupKey,
      receiver,
      reason,
      ...(integration === undefined ? {} : { integration }),
      ...(first === undefined ? {} : { alertname: first.labels['alertname'] ?? '' }),
      ...(alerts.length === 1 && first !== undefined ? { fingerprint: first.fingerprint } : {}),
    });
  }

  #tell(flush: Flush, addressee: Addressee): void {
    const { group, viewed, nowMs } = flush;
    const { receiver, integration } = addressee;
    const { resendAfterMute } = this.#options;
    const repeatIntervalMs = repeatAfterMs(group.route);
    const place = { groupKey: group.key, receiver, integration: integration.name };
    const entry = this.#currentEntry(place, { repeatIntervalMs, nowMs });
    const decision = decideNotification(viewed.view, entry, {
      repeatIntervalMs,
      sendsResolved: integration.channel.sendsResolved,
      takesAcknowledgements: integration.channel.takesAcknowledgements ?? false,
      resendAfterMute,
      nowMs,
    });
    if (decision === undefined) {
      const noted = noteMuted(viewed.view, entry);
      if (noted !== undefined) this.#state.setEntry(place, noted);
      return;
    }
    const { reason } = decision;
    if (decision.isSent) {
      this.queue(this.#message(flush, addressee, { entry, reason }), nowMs);
    }
    // Also where nothing is sent: a receiver that wants no recoveries must hear of the next alert
    // as of a new one.
    this.#state.setEntry(place, nextEntry(viewed.view, entry, { reason, nowMs }));
  }

  /** A receiver that only a step of an escalation reached hears of the end, and of nothing else. */
  #tellEnd(flush: Flush, addressee: Addressee): void {
    const { view } = flush.viewed;
    if (view.firing.length + view.muted.length === 0) this.#tell(flush, addressee);
  }

  #reachedByEscalation({ id, route }: AlertGroup): readonly Addressee[] {
    const reached = this.#state.escalation(id)?.reached ?? [];
    return this.addressees(reached.filter((name) => !route.receivers.includes(name)));
  }

  #currentEntry(
    place: Parameters<NotifierState['entry']>[0],
    options: { readonly repeatIntervalMs: number; readonly nowMs: number },
  ): NotificationLogEntry | undefined {
    const entry = this.#state.entry(place);
    return entry !== undefined && isEntryCurrent(entry, options) ? entry : undefined;
  }

  #message(
    { group, viewed, nowMs }: Flush,
    { receiver, integration }: Addressee,
    {
      entry,
      reason,
    }: {
      readonly entry: NotificationLogEntry | undefined;
      readonly reason: NotificationReason;
    },
  ): Notification {
    const shown = shownFingerprints(viewed.view, entry, integration.channel.sendsResolved);
    const alerts = viewed.alerts
      .filter(({ fingerprint }) => shown.has(fingerprint))
      .map((alert) => this.#options.describe(alert));
    const { externalUrl } = this.#options;
    const { labels: routeLabels } = group.route;
    return {
      receiver,
      integration: integration.name,
      groupKey: group.key,
      groupLabels: group.labels,
      ...(Object.keys(routeLabels).length === 0 ? {} : { routeLabels }),
      reason,
      externalUrl,
      alerts,
      idempotencyKey: idempotencyKey(group.key, `${receiver}|${integration.name}`, nowMs),
    };
  }
}

/**
 * Alertmanager notes the time of a message after it was sent, so a flush exactly one interval later
 * does not repeat it, the next one does.
 */
function repeatAfterMs({ repeatIntervalMs, isImmediate }: AlertGroup['route']): number {
  return isImmediate ? repeatIntervalMs : repeatIntervalMs + 1;
}

/** A receiver that is not told of recoveries does not see them inside other messages either. */
function shownFingerprints(
  view: GroupView,
  entry: NotificationLogEntry | undefined,
  sendsResolved: boolean,
): ReadonlySet<string> {
  return new Set([...view.firing, ...(sendsResolved ? shownResolved(view, entry) : [])]);
}

/** Equal for each attempt to send one message, and for no other message. */
export function idempotencyKey(groupKey: string, addressee: string, nowMs: number): string {
  return createHash('sha256').update(`${groupKey}|${addressee}|${nowMs}`, 'utf8').digest('hex');
}

import { createHash } from 'node:crypto';

import { textKey } from '@telltale/core';

import type { ReceiverStatus } from '../../exchange/alert-status.ts';
import type { HistoryKind } from '../../exchange/history.ts';
import type { HttpMessage, HttpResult } from '../../model/http-message.ts';
import type { MailMessage, MailResult } from '../../model/mail-message.ts';
import {
  type Channel,
  type Delivery,
  type Receiver,
  UnsendableError,
} from '../../notify/channels/channel.ts';
import type { Notification } from '../../notify/stages/notification.ts';
import { type BackoffOptions, backoffMs, type SendOutcome } from '../../notify/stages/retry.ts';
import { Lane } from '../../notify/stages/sending/lane.ts';
import type { RateLimit } from '../../notify/stages/sending/token-bucket.ts';
import type { CancelTimer, Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Database } from '../sqlite/database.ts';
import { HistoryTable } from '../sqlite/history.ts';
import { NotifierStateTable } from '../sqlite/notifier-state.ts';
import type { OutboxRow } from '../sqlite/outbox.ts';
import type { DeliveryListener, Failure } from './delivery-listener.ts';
import type { Outbox } from './outbox.ts';

export interface OutboxDeliveryOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (message: HttpMessage) => Promise<HttpResult>;
  readonly sendMail: (message: MailMessage) => Promise<MailResult | HttpResult>;
  readonly readSecret: (path: string) => string;
  readonly readFile: (path: string) => string;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly backoff: BackoffOptions;
  /** A message that could not be delivered for this long is given up. */
  readonly ageMsMax: number;
  /** By channel type. */
  readonly rateLimits: Readonly<Record<string, RateLimit>>;
  readonly listener: DeliveryListener;
}

/** Totals since the start, by receiver where it matters. */
export interface DeliveryCounters {
  sent: number;
  retried: number;
  failed: number;
  expired: number;
}

/** Attempts that are written to history; the ones between say nothing new. */
const NOTED_ATTEMPTS = new Set([1, 10, 100, 1000]);

/** A message that takes longer than this holds up no other. */
const PACE_MS = 10;

/** A receiver that fails for this long is reported. */
const FAILING_MS_MAX = 10 * 60_000;

interface ActiveLane {
  readonly lane: Lane;
  /** Rows that may be sent, in their order. */
  readonly ready: number[];
  /** Rows that wait for their own time. */
  readonly delayed: Set<number>;
  lastError: string;
  /** The number of its last message, for turns. */
  lastBegun: number;
}

/** Sends what the outbox holds: in order for each group and channel, again until it arrives. */
export class OutboxDelivery {
  readonly counters: DeliveryCounters = { sent: 0, retried: 0, failed: 0, expired: 0 };
  readonly #database: Database;
  readonly #outbox: Outbox;
  readonly #history: HistoryTable;
  readonly #pauses: NotifierStateTable<{ readonly id: string; readonly untilMs: number }>;
  readonly #options: OutboxDeliveryOptions;
  readonly #inFlight: Set<Promise<void>> = new Set();
  readonly #lanes: Map<string, ActiveLane> = new Map();
  /** Pauses that destinations asked a former run for, by the hash of the destination. */
  readonly #pausedUntilMs: Map<string, number> = new Map();
  /** When the last message that is still in the network was begun. */
  #lastBegunMs = Number.NEGATIVE_INFINITY;
  #begun = 0;
  #channels: ReadonlyMap<string, Channel> = new Map();
  #cancelTimer: CancelTimer | undefined;
  #isStopped = true;

  constructor(database: Database, outbox: Outbox, options: OutboxDeliveryOptions) {
    this.#database = database;
    this.#outbox = outbox;
    this.#history = new HistoryTable(database);
    this.#pauses = new NotifierStateTable(database, 'paused destination');
    this.#options = options;
  }

  /** Messages that are not settled. */
  get waitingCount(): number {
    return this.#outbox.waitingCount;
  }

  /** Puts the channels of a configuration in place; what waits goes to the new ones. */
  setReceivers(receivers: readonly Receiver[]): void {
    const channels = new Map<string, Channel>();
    for (const { name, integrations } of receivers) {
      for (const [index, integration] of integrations.entries()) {
        channels.set(textKey([name, integration.name]), integration.channel);
        // Messages of a former version name no integration.
        if (index === 0) channels.set(textKey([name, '']), integration.channel);
      }
    }
    this.#channels = channels;
    for (const { ready, delayed } of this.#lanes.values()) {
      ready.length = 0;
      delayed.clear();
    }
    if (!this.#isStopped) this.#enqueueAll();
  }

  start(): void {
    this.#isStopped = false;
    const interrupted = this.#outbox.interruptedCount;
    if (interrupted > 0) {
      this.#options.log.info({ interrupted }, 'Sending interrupted messages again');
    }
    for (const { id, untilMs } of this.#pauses.all()) this.#pausedUntilMs.set(id, untilMs);
    this.#enqueueAll();
    this.wake();
  }

  /** Takes a message that was added to the outbox as the first of its chain. */
  enqueue(row: OutboxRow): void {
    if (this.#isStopped) return;
    const channel = this.#channelOf(row.notification);
    const active = this.#laneOf(channel, row.notification);
    if (row.nextMs > this.#options.clock.nowMs()) active.delayed.add(row.id);
    else active.ready.push(row.id);
  }

  /** Sends what is due and arms a timer for the rest. */
  wake(): void {
    if (this.#isStopped) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const nowMs = this.#options.clock.nowMs();
    let nextMs = Number.POSITIVE_INFINITY;
    // In turns, and those that work before those that fail.
    for (const active of this.#lanesInTurn()) {
      nextMs = Math.min(nextMs, this.#wakeLane(active, nowMs));
    }
    if (nextMs < Number.POSITIVE_INFINITY && !this.#isStopped) {
      const waitMs = Math.max(1, Math.ceil(nextMs - nowMs));
      this.#cancelTimer = this.#options.clock.setTimer(waitMs, () => this.wake());
    }
  }

  /** How the sending goes, for each channel of these receivers. */
  statuses(receivers: readonly Receiver[]): readonly ReceiverStatus[] {
    const waiting = this.#outbox.countByChannel();
    return receivers.map(({ name, integrations }) => ({
      name,
      integrations: integrations.map(({ name: integration, channel }) => {
        const key = channel.destination ?? textKey([name, integration]);
        const active = this.#lanes.get(key);
        const pausedUntilMs = active?.lane.bucket.pausedUntilMs ?? 0;
        return {
          name: integration,
          type: channel.type,
          sendsResolved: channel.sendsResolved,
          waiting: waiting.get(textKey([name, integration])) ?? 0,
          failingSinceMs: active?.lane.failingSinceMs,
          pausedUntilMs: pausedUntilMs > this.#options.clock.nowMs() ? pausedUntilMs : undefined,
          lastError: active?.lane.failingSinceMs === undefined ? undefined : active.lastError,
        };
      }),
    }));
  }

  /** The clock was set: waits keep their length. */
  shiftClock(byMs: number): void {
    for (const { lane, delayed } of this.#lanes.values()) {
      lane.bucket.shift(byMs);
      for (const id of delayed) {
        const row = this.#outbox.get(id);
        if (row !== undefined) this.#outbox.markRetry(id, row.nextMs + byMs);
      }
    }
    this.wake();
  }

  /** Waits for what is in the network, at most `graceMs`; the rest is sent after the next start. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    if (this.#inFlight.size === 0) return;
    let cancel: CancelTimer | undefined;
    const grace = new Promise<void>((resolve) => {
      cancel = this.#options.clock.setTimer(graceMs, resolve);
    });
    await Promise.race([Promise.all(this.#inFlight), grace]);
    cancel?.();
  }

  #enqueueAll(): void {
    for (const row of this.#outbox.heads()) if (row.state === 'pending') this.enqueue(row);
  }

  #channelOf({ receiver, integration = '' }: Notification): Channel | undefined {
    return this.#channels.get(textKey([receiver, integration]));
  }

  #laneOf(channel: Channel | undefined, { receiver, integration = '' }: Notification): ActiveLane {
    const key = channel?.destination ?? textKey([receiver, integration]);
    let active = this.#lanes.get(key);
    if (active === undefined) {
      const limit = this.#options.rateLimits[channel?.type ?? ''];
      const lane = new Lane(limit, this.#options.clock.nowMs());
      lane.bucket.pause(this.#pausedUntilMs.get(pauseId(key)) ?? 0);
      active = { lane, ready: [], delayed: new Set(), lastError: '', lastBegun: 0 };
      this.#lanes.set(key, active);
    }
    return active;
  }

  /** Returns when the lane has to be looked at again, infinity when the end of a send tells. */
  #wakeLane(active: ActiveLane, nowMs: number): number {
    const { lane, ready } = active;
    const nextMs = this.#readyDelayed(active, nowMs);
    while (ready.length > 0) {
      const paceMs = this.#paceMs(nowMs);
      if (paceMs > 0) return Math.min(nextMs, nowMs + paceMs);
      if (!lane.tryStart(nowMs)) break;
      const row = this.#outbox.get(ready.shift() ?? 0);
      if (row === undefined || row.state !== 'pending') lane.returned();
      else this.#begin(row, active, nowMs);
    }
    if (ready.length === 0) return nextMs;
    const waitMs = lane.waitMs(nowMs);
    return waitMs === undefined ? nextMs : Math.min(nextMs, nowMs + Math.max(1, waitMs));
  }

  /** Makes rows ready whose own wait is over; returns when the next one's is. */
  #readyDelayed({ ready, delayed }: ActiveLane, nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const id of delayed) {
      const row = this.#outbox.get(id);
      if (row !== undefined && row.nextMs > nowMs) {
        nextMs = Math.min(nextMs, row.nextMs);
        continue;
      }
      delayed.delete(id);
      if (row !== undefined) ready.push(id);
    }
    return nextMs;
  }

  #lanesInTurn(): readonly ActiveLane[] {
    const failing = ({ lane }: ActiveLane): number => (lane.failingSinceMs === undefined ? 0 : 1);
    return [...this.#lanes.values()].sort(
      (left, right) => failing(left) - failing(right) || left.lastBegun - right.lastBegun,
    );
  }

  /**
   * How long to wait until another message may be begun. One follows the other as soon as it is
   * answered; beside one that takes its time, another may begin. What a crash interrupts between a
   * receiver's answer and our note of it is sent again, so few messages are to be in that state.
   */
  #paceMs(nowMs: number): number {
    if (this.#inFlight.size === 0) return 0;
    const sinceMs = nowMs - this.#lastBegunMs;
    return sinceMs < 0 ? 0 : Math.max(0, PACE_MS - sinceMs);
  }

  #begin(row: OutboxRow, active: ActiveLane, nowMs: number): void {
    const channel = this.#channelOf(row.notification);
    if (nowMs - row.createdMs > this.#options.ageMsMax) {
      active.lane.returned();
      this.#settle(row, 'expired', {
        reason: 'other',
        message: 'older than notify.outbox.max_age',
      });
      return;
    }
    if (channel === undefined) {
      active.lane.returned();
      this.#settle(row, 'failed', { reason: 'other', message: 'receiver_removed' });
      return;
    }
    try {
      this.#outbox.markSending(row);
    } catch (error) {
      this.#options.listener.onStorage(error);
    }
    this.#lastBegunMs = nowMs;
    this.#begun += 1;
    active.lastBegun = this.#begun;
    const sending = this.#send(row, channel, active).finally(() => {
      this.#inFlight.delete(sending);
      // The next one may follow at once, unless a younger one is still on its way.
      if (this.#lastBegunMs === nowMs) this.#lastBegunMs = Number.NEGATIVE_INFINITY;
      this.wake();
    });
    this.#inFlight.add(sending);
  }

  async #send(row: OutboxRow, channel: Channel, active: ActiveLane): Promise<void> {
    const outcome = await this.#attempt(row, channel).catch(faultyAttempt);
    const { clock, listener } = this.#options;
    const nowMs = clock.nowMs();
    const { receiver } = row.notification;
    switch (outcome.kind) {
      case 'done':
        if (active.lane.failingSinceMs !== undefined) {
          listener.onHealth(receiver, { isFailing: false, error: '' });
        }
        active.lane.succeeded(nowMs, outcome.pauseMs);
        listener.onSent(row.notification, outcome.state);
        this.#settle(row, 'done');
        return;
      case 'failed':
        active.lane.refused(nowMs);
        this.#settle(row, 'failed', outcome);
        return;
      case 'retry':
        this.#retry(row, outcome, active);
    }
  }

  async #attempt(row: OutboxRow, channel: Channel): Promise<SendOutcome> {
    const { clock, log, readSecret, readFile, send, sendMail, listener } = this.#options;
    let delivery: Delivery;
    try {
      const state = listener.stateOf(row.notification);
      const context = { nowMs: clock.nowMs(), readSecret, readFile };
      delivery = channel.prepare(row.notification, {
        ...context,
        ...(state === undefined ? {} : { state }),
      });
    } catch (cause) {
      if (cause instanceof UnsendableError) {
        return { kind: 'failed', reason: 'clientError', message: cause.message };
      }
      // A secret file that cannot be read now may be there in a minute.
      return { kind: 'retry', reason: 'other', message: (cause as Error).message };
    }
    if (delivery.kind === 'log') {
      log.info(delivery.fields, 'Alert notification');
      return { kind: 'done' };
    }
    for (const problem of delivery.problems ?? []) {
      const { receiver, groupKey } = row.notification;
      log.error({ receiver, groupKey, problem }, 'A template failed: the built-in text is sent');
    }
    const result =
      delivery.kind === 'http' ? await send(delivery.message) : await sendMail(delivery.message);
    return channel.judge(result, clock.nowMs());
  }

  #retry(
    row: OutboxRow,
    outcome: Extract<SendOutcome, { kind: 'retry' }>,
    active: ActiveLane,
  ): void {
    const { clock, random, backoff, log, listener } = this.#options;
    const nowMs = clock.nowMs();
    const attempts = row.attempts + 1;
    const { reason, message, retryAfterMs } = outcome;
    const waitMs = retryAfterMs ?? backoffMs(attempts, random(), backoff);
    this.counters.retried += 1;
    active.lane.failed(nowMs, { retryAfterMs, random: random() }, backoff);
    this.#outbox.markRetry(row.id, nowMs + waitMs);
    active.delayed.add(row.id);
    active.lastError = message;
    const isNoted = NOTED_ATTEMPTS.has(attempts);
    this.#store(() => {
      this.#database.transaction('normal', () => {
        this.#outbox.save();
        if (retryAfterMs !== undefined) this.#keepPause(active, nowMs + retryAfterMs);
        if (isNoted) this.#note(row, 'notification.retried', { reason, message });
      });
    });
    const { receiver } = row.notification;
    const { failingSinceMs = nowMs } = active.lane;
    if (nowMs - failingSinceMs >= FAILING_MS_MAX) {
      listener.onHealth(receiver, { isFailing: true, error: message });
    }
    const fields = { receiver, reason, attempts, waitMs, error: message };
    if (isNoted) log.warn(fields, 'Cannot deliver a notification yet');
  }

  /** A restart must not forget that a destination asked to be left alone. */
  #keepPause(active: ActiveLane, untilMs: number): void {
    const key = [...this.#lanes].find(([, each]) => each === active)?.[0];
    if (key === undefined) return;
    const id = pauseId(key);
    this.#pauses.put(id, { id, untilMs });
  }

  #settle(row: OutboxRow, state: 'done' | 'failed' | 'expired', failure?: Failure): void {
    const next = this.#outbox.settle(row.id, state, failure?.message);
    this.#store(() => {
      // A killed process keeps this; a power cut may cost it, and then the message is sent again.
      this.#database.transaction('normal', () => {
        this.#outbox.save();
        this.#note(row, SETTLED_KINDS[state], failure);
      });
    });
    this.counters[state === 'done' ? 'sent' : state] += 1;
    if (next !== undefined) this.enqueue(next);
    if (failure === undefined) return;
    const { receiver, groupKey } = row.notification;
    const fields = { receiver, groupKey, reason: failure.reason, error: failure.message };
    this.#options.log.error(fields, 'Gave up on a notification');
    this.#options.listener.onFailed(row.notification, failure);
  }

  /** A database that cannot be written must not stop the sending. */
  #store(write: () => void): void {
    try {
      write();
      this.#options.listener.onStorage(undefined);
    } catch (error) {
      this.#options.listener.onStorage(error);
    }
  }

  #note(row: OutboxRow, kind: HistoryKind, failure?: Failure): void {
    const { groupKey, receiver, integration, reason, alerts } = row.notification;
    const [first] = alerts;
    this.#history.add({
      tsMs: this.#options.clock.nowMs(),
      kind,
      groupKey,
      receiver,
      ...(integration === undefined ? {} : { integration }),
      ...(first === undefined ? {} : { alertname: first.labels['alertname'] ?? '' }),
      ...(alerts.length === 1 && first !== undefined ? { fingerprint: first.fingerprint } : {}),
      reason: failure?.reason ?? reason,
      ...(failure === undefined ? {} : { error: failure.message }),
    });
  }
}

/** Whatever a receiver answers, its lane goes on and no other one notices. */
function faultyAttempt(cause: unknown): SendOutcome {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: 'retry', reason: 'other', message };
}

/** Destinations are URLs that may be secrets, so only their hash is stored. */
function pauseId(destination: string): string {
  return createHash('sha256').update(destination, 'utf8').digest('hex');
}

const SETTLED_KINDS = {
  done: 'notification.sent',
  failed: 'notification.failed',
  expired: 'notification.expired',
} as const satisfies Record<string, HistoryKind>;

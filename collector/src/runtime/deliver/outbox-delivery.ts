import { textKey } from '@telltale/core';

import type { ReceiverStatus } from '../../exchange/alert-status.ts';
import type { Channel, Receiver } from '../../notify/channels/channel.ts';
import type { Notification } from '../../notify/stages/notification.ts';
import { Pace } from '../../notify/stages/sending/pace.ts';
import type { RateLimit } from '../../notify/stages/sending/token-bucket.ts';
import type { CancelTimer } from '../clock.ts';
import type { Database } from '../sqlite/database.ts';
import type { OutboxRow } from '../sqlite/outbox.ts';
import type { Outbox } from './outbox.ts';
import { type ActiveLane, ActiveLanes } from './sending/active-lanes.ts';
import { DestinationPauses } from './sending/destination-pauses.ts';
import { attemptToSend, type SendWays } from './sending/send-attempt.ts';
import {
  type DeliveryCounters,
  type OutcomeOptions,
  SendOutcomes,
} from './sending/send-outcomes.ts';

export interface OutboxDeliveryOptions extends SendWays, OutcomeOptions {
  /** By channel type. */
  readonly rateLimits: Readonly<Record<string, RateLimit>>;
}

/** Sends what the outbox holds: in order for each group and channel, again until it arrives. */
export class OutboxDelivery {
  readonly #outbox: Outbox;
  readonly #outcomes: SendOutcomes;
  readonly #pauses: DestinationPauses;
  readonly #options: OutboxDeliveryOptions;
  readonly #inFlight: Set<Promise<void>> = new Set();
  readonly #lanes: ActiveLanes = new ActiveLanes();
  /** Failing destinations have a pace of their own, so that they cost the others no turns. */
  readonly #paces = { trusted: new Pace(), doubtful: new Pace() };
  /** Destinations whose answer a crash cut off; known while the first lanes are opened. */
  #interrupted: ReadonlySet<string> = new Set();
  #begun = 0;
  #channels: ReadonlyMap<string, Channel> = new Map();
  #cancelTimer: CancelTimer | undefined;
  #isStopped = true;

  constructor(database: Database, outbox: Outbox, options: OutboxDeliveryOptions) {
    this.#outbox = outbox;
    this.#pauses = new DestinationPauses(database);
    this.#options = options;
    const places = { database, outbox, pauses: this.#pauses };
    this.#outcomes = new SendOutcomes(places, options, (next) => this.enqueue(next));
  }

  get counters(): Readonly<DeliveryCounters> {
    return this.#outcomes.counters;
  }

  /** Messages that are not settled. */
  get waitingCount(): number {
    return this.#outbox.waitingCount;
  }

  /** Destinations that something is remembered of; bounded by the configuration and what waits. */
  get laneCount(): number {
    return this.#lanes.size;
  }

  /** Puts the channels of a configuration in place; what waits goes to the new ones. */
  setReceivers(receivers: readonly Receiver[]): void {
    const channels = new Map<string, Channel>();
    const wanted = new Set<string>();
    for (const { name, integrations } of receivers) {
      for (const [index, { name: integration, channel }] of integrations.entries()) {
        channels.set(textKey([name, integration]), channel);
        // Messages of a former version name no integration.
        if (index === 0) channels.set(textKey([name, '']), channel);
        wanted.add(channel.destination ?? textKey([name, integration]));
      }
    }
    this.#channels = channels;
    this.#lanes.setWanted(wanted);
    // Lanes belong to destinations, and a receiver may have another one now.
    if (!this.#isStopped) this.#enqueueAll();
    this.#lanes.closeUnused();
  }

  start(): void {
    this.#isStopped = false;
    const { clock, log } = this.#options;
    const { interrupted } = this.#outbox;
    if (interrupted.size > 0) {
      log.info({ interrupted: interrupted.size }, 'Sending interrupted messages again');
    }
    this.#outcomes.store(() => this.#pauses.load(clock.nowMs()));
    // A message that a kill cut off may have been answered with a request to wait.
    const rows = [...interrupted].map((id) => this.#outbox.get(id));
    this.#interrupted = new Set(
      rows.flatMap((row) => (row === undefined ? [] : [this.#destinationOf(row.notification)])),
    );
    this.#enqueueAll();
    // Only the lanes that were opened just now are meant.
    this.#interrupted = new Set();
    this.wake();
  }

  /** Takes a message that was added to the outbox as the first of its chain. */
  enqueue(row: OutboxRow): void {
    if (this.#isStopped) return;
    const active = this.#laneOf(row.notification);
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
    for (const active of this.#lanes.inTurn()) {
      nextMs = Math.min(nextMs, this.#wakeLane(active, nowMs));
    }
    this.#lanes.closeUnused();
    if (nextMs < Number.POSITIVE_INFINITY && !this.#isStopped) {
      // Rounded up: a timer that fires early would find nothing due and arm itself again.
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
        const key = textKey([name, integration]);
        const active = this.#lanes.get(channel.destination ?? key);
        const pausedUntilMs = active?.lane.bucket.pausedUntilMs ?? 0;
        return {
          name: integration,
          type: channel.type,
          sendsResolved: channel.sendsResolved,
          waiting: waiting.get(key) ?? 0,
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
    this.#outcomes.store(() => this.#pauses.shift(byMs));
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
    // What is cut off here stays `sending` in the database and is sent again.
    await Promise.race([Promise.all(this.#inFlight), grace]);
    cancel?.();
  }

  #enqueueAll(): void {
    for (const row of this.#outbox.heads()) if (row.state === 'pending') this.enqueue(row);
  }

  #channelOf({ receiver, integration = '' }: Notification): Channel | undefined {
    return this.#channels.get(textKey([receiver, integration]));
  }

  #destinationOf(notification: Notification): string {
    const { receiver, integration = '' } = notification;
    return this.#channelOf(notification)?.destination ?? textKey([receiver, integration]);
  }

  #laneOf(notification: Notification): ActiveLane {
    const destination = this.#destinationOf(notification);
    const open = this.#lanes.get(destination);
    if (open !== undefined) return open;
    const nowMs = this.#options.clock.nowMs();
    const isInterrupted = this.#interrupted.has(destination);
    return this.#lanes.open(destination, {
      limit: this.#options.rateLimits[this.#channelOf(notification)?.type ?? ''],
      pausedUntilMs: this.#pauses.untilMs(destination, { isInterrupted, nowMs }),
      nowMs,
    });
  }

  /** Returns when the lane has to be looked at again, infinity when the end of a send tells. */
  #wakeLane(active: ActiveLane, nowMs: number): number {
    const { lane, ready } = active;
    const nextMs = this.#readyDelayed(active, nowMs);
    while (ready.length > 0) {
      const paceMs = this.#paceOf(active).waitMs(nowMs);
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

  #paceOf({ lane }: ActiveLane): Pace {
    return lane.isTrusted ? this.#paces.trusted : this.#paces.doubtful;
  }

  #begin(row: OutboxRow, active: ActiveLane, nowMs: number): void {
    const channel = this.#channelOf(row.notification);
    const isExpired = nowMs - row.createdMs > this.#options.ageMsMax;
    if (channel === undefined || isExpired) {
      active.lane.returned();
      const message = isExpired
        ? 'older than notify.outbox.max_age'
        : 'the receiver was removed from the configuration';
      this.#outcomes.settle(row, isExpired ? 'expired' : 'failed', { reason: 'other', message });
      return;
    }
    this.#outcomes.noteBegin(row);
    this.#begun += 1;
    active.lastBegun = this.#begun;
    const pace = this.#paceOf(active);
    const begin = pace.begin(nowMs);
    const sending = this.#send(row, channel, active).finally(() => {
      this.#inFlight.delete(sending);
      pace.end(begin);
      this.wake();
    });
    this.#inFlight.add(sending);
  }

  async #send(row: OutboxRow, channel: Channel, active: ActiveLane): Promise<void> {
    const { notification } = row;
    const state = this.#options.listener.stateOf(notification);
    const onProblems = (problems: readonly string[]): void =>
      this.#outcomes.noteProblems(row, problems);
    const attempt = { notification, channel, state, onProblems };
    this.#outcomes.take(row, await attemptToSend(attempt, this.#options), active);
  }
}

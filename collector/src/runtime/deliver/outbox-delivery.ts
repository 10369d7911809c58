import type { HistoryKind } from '../../exchange/history.ts';
import type { HttpMessage, HttpResult } from '../../model/http-message.ts';
import type { MailMessage, MailResult } from '../../model/mail-message.ts';
import type { Channel, Delivery, Receiver } from '../../notify/channels/channel.ts';
import {
  type BackoffOptions,
  backoffMs,
  type FailureReason,
  type SendOutcome,
} from '../../notify/stages/retry.ts';
import type { CancelTimer, Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Database } from '../sqlite/database.ts';
import { HistoryTable } from '../sqlite/history.ts';
import { type OutboxRow, OutboxTable } from '../sqlite/outbox.ts';

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
}

/** Totals since the start, by receiver where it matters. */
export interface DeliveryCounters {
  sent: number;
  retried: number;
  failed: number;
  expired: number;
}

/** Messages in the network at once, over all receivers. */
const IN_FLIGHT_MAX = 32;

/** Attempts that are written to history; the ones between say nothing new. */
const NOTED_ATTEMPTS = new Set([1, 10, 100, 1000]);

/** Sends what the outbox holds: in order for each group and receiver, again until it arrives. */
export class OutboxDelivery {
  readonly counters: DeliveryCounters = { sent: 0, retried: 0, failed: 0, expired: 0 };
  readonly #database: Database;
  readonly #outbox: OutboxTable;
  readonly #history: HistoryTable;
  readonly #options: OutboxDeliveryOptions;
  readonly #inFlight: Set<Promise<void>> = new Set();
  #receivers: ReadonlyMap<string, Channel | undefined> = new Map();
  #cancelTimer: CancelTimer | undefined;
  #isStopped = true;

  constructor(database: Database, options: OutboxDeliveryOptions) {
    this.#database = database;
    this.#outbox = new OutboxTable(database);
    this.#history = new HistoryTable(database);
    this.#options = options;
  }

  /** Messages that are not settled. */
  get waitingCount(): number {
    return this.#outbox.countWaiting();
  }

  setReceivers(receivers: readonly Receiver[]): void {
    this.#receivers = new Map(
      receivers.map(({ name, integrations }) => [name, integrations[0]?.channel]),
    );
  }

  start(): void {
    this.#isStopped = false;
    const recovered = this.#outbox.recover(this.#options.clock.nowMs());
    if (recovered > 0) this.#options.log.info({ recovered }, 'Sending interrupted messages again');
    this.wake();
  }

  /** Sends what is due and arms a timer for the rest. */
  wake(): void {
    if (this.#isStopped) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const nowMs = this.#options.clock.nowMs();
    const free = IN_FLIGHT_MAX - this.#inFlight.size;
    const due = free > 0 ? this.#outbox.due(nowMs, free) : [];
    for (const row of due) this.#begin(row, nowMs);
    this.#armTimer(nowMs);
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

  #armTimer(nowMs: number): void {
    // While all places are taken, the end of a send wakes us.
    if (this.#inFlight.size >= IN_FLIGHT_MAX) return;
    const nextMs = this.#outbox.nextDueMs();
    if (nextMs === undefined) return;
    this.#cancelTimer = this.#options.clock.setTimer(Math.max(1, nextMs - nowMs), () =>
      this.wake(),
    );
  }

  #begin(row: OutboxRow, nowMs: number): void {
    if (nowMs - row.createdMs > this.#options.ageMsMax) {
      this.#settle(row, 'expired', {
        reason: 'other',
        message: 'older than notify.outbox.max_age',
      });
      return;
    }
    const channel = this.#receivers.get(row.notification.receiver);
    if (channel === undefined) {
      this.#settle(row, 'failed', { reason: 'other', message: 'receiver_removed' });
      return;
    }
    this.#database.transaction('normal', () => this.#outbox.markSending(row.id));
    const sending = this.#send(row, channel).finally(() => {
      this.#inFlight.delete(sending);
      this.wake();
    });
    this.#inFlight.add(sending);
  }

  async #send(row: OutboxRow, channel: Channel): Promise<void> {
    const outcome = await this.#attempt(row, channel);
    switch (outcome.kind) {
      case 'done':
        this.#settle(row, 'done');
        return;
      case 'failed':
        this.#settle(row, 'failed', outcome);
        return;
      case 'retry':
        this.#retry(row, outcome);
    }
  }

  async #attempt(row: OutboxRow, channel: Channel): Promise<SendOutcome> {
    const { clock, log, readSecret, readFile, send, sendMail } = this.#options;
    let delivery: Delivery;
    try {
      const context = { nowMs: clock.nowMs(), readSecret, readFile };
      delivery = channel.prepare(row.notification, context);
    } catch (cause) {
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

  #retry(row: OutboxRow, outcome: Extract<SendOutcome, { kind: 'retry' }>): void {
    const { clock, random, backoff, log } = this.#options;
    const nowMs = clock.nowMs();
    const attempts = row.attempts + 1;
    const waitMs = outcome.retryAfterMs ?? backoffMs(attempts, random(), backoff);
    this.counters.retried += 1;
    const { reason, message } = outcome;
    const isNoted = NOTED_ATTEMPTS.has(attempts);
    this.#database.transaction('normal', () => {
      this.#outbox.markRetry(row.id, nowMs + waitMs, message);
      if (isNoted) this.#note(row, 'notification.retried', { reason, message });
    });
    const fields = {
      receiver: row.notification.receiver,
      reason,
      attempts,
      waitMs,
      error: message,
    };
    if (isNoted) log.warn(fields, 'Cannot deliver a notification yet');
  }

  #settle(
    row: OutboxRow,
    state: 'done' | 'failed' | 'expired',
    failure?: { readonly reason: FailureReason; readonly message: string },
  ): void {
    const kind = SETTLED_KINDS[state];
    this.#database.transaction('full', () => {
      this.#outbox.settle(row.id, state, failure?.message);
      this.#note(row, kind, failure);
    });
    this.counters[state === 'done' ? 'sent' : state] += 1;
    if (failure === undefined) return;
    const { receiver, groupKey } = row.notification;
    const fields = { receiver, groupKey, reason: failure.reason, error: failure.message };
    this.#options.log.error(fields, 'Gave up on a notification');
  }

  #note(
    row: OutboxRow,
    kind: HistoryKind,
    failure?: { readonly reason: FailureReason; readonly message: string },
  ): void {
    const { groupKey, receiver, reason } = row.notification;
    this.#history.add({
      tsMs: this.#options.clock.nowMs(),
      kind,
      groupKey,
      receiver,
      reason: failure?.reason ?? reason,
      ...(failure === undefined ? {} : { error: failure.message }),
    });
  }
}

const SETTLED_KINDS = {
  done: 'notification.sent',
  failed: 'notification.failed',
  expired: 'notification.expired',
} as const satisfies Record<string, HistoryKind>;

import type { HistoryKind } from '../../../exchange/history.ts';
import { type BackoffOptions, backoffMs, type SendOutcome } from '../../../notify/stages/retry.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Database } from '../../sqlite/database.ts';
import { HistoryTable } from '../../sqlite/history.ts';
import type { OutboxRow } from '../../sqlite/outbox.ts';
import type { DeliveryListener, Failure } from '../delivery-listener.ts';
import type { Outbox } from '../outbox.ts';
import type { ActiveLane } from './active-lanes.ts';
import type { DestinationPauses } from './destination-pauses.ts';
import { messageEvent } from './message-event.ts';

export interface OutcomeOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly backoff: BackoffOptions;
  /** A message that could not be delivered for this long is given up. */
  readonly ageMsMax: number;
  readonly listener: DeliveryListener;
}

/** Totals since the start. */
export interface DeliveryCounters {
  sent: number;
  retried: number;
  failed: number;
  expired: number;
}

interface OutcomePlaces {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly pauses: DestinationPauses;
}

/** Attempts that are written to history; the ones between say nothing new. */
const NOTED_ATTEMPTS = new Set([1, 10, 100, 1000]);

/** A receiver that fails for this long is reported. */
const FAILING_MS_MAX = 10 * 60_000;

/** What came of each attempt: for the message, its lane, the database and history. */
export class SendOutcomes {
  readonly counters: DeliveryCounters = { sent: 0, retried: 0, failed: 0, expired: 0 };
  readonly #places: OutcomePlaces;
  readonly #options: OutcomeOptions;
  readonly #history: HistoryTable;
  readonly #onNext: (row: OutboxRow) => void;

  /** @param onNext told of the message that may be sent now that the one before it is settled. */
  constructor(places: OutcomePlaces, options: OutcomeOptions, onNext: (row: OutboxRow) => void) {
    this.#places = places;
    this.#options = options;
    this.#history = new HistoryTable(places.database);
    this.#onNext = onNext;
  }

  /** Notes the attempt, so that a crash from here on is known as one in the middle of a send. */
  noteBegin(row: OutboxRow): void {
    try {
      this.#places.outbox.markSending(row);
    } catch (error) {
      this.#options.listener.onStorage(error);
    }
  }

  /** Takes what an attempt came to. */
  take(row: OutboxRow, outcome: SendOutcome, active: ActiveLane): void {
    const { notification } = row;
    const { listener, clock } = this.#options;
    const nowMs = clock.nowMs();
    const { receiver } = notification;
    switch (outcome.kind) {
      case 'done':
        if (active.lane.failingSinceMs !== undefined) {
          listener.onHealth(receiver, { isFailing: false, error: '' });
        }
        active.lane.succeeded(nowMs, outcome.pauseMs);
        listener.onSent(notification, outcome.state);
        this.#storePause(active, outcome.pauseMs);
        this.settle(row, 'done');
        return;
      case 'failed':
        active.lane.refused(nowMs);
        this.settle(row, 'failed', outcome);
        return;
      case 'retry':
        this.#retry(row, outcome, active);
    }
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
    this.#places.outbox.markRetry(row.id, nowMs + waitMs);
    active.delayed.add(row.id);
    active.lastError = message;
    const isNoted = NOTED_ATTEMPTS.has(attempts);
    this.store(() => {
      this.#places.database.transaction('normal', () => {
        this.#places.outbox.save();
        this.#keepPause(active, retryAfterMs);
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

  /**
   * Where there is nothing to store, nothing is said of the storage either: a success without a
   * write would end the alert about a full disk, whose message is the next that cannot be noted.
   */
  #storePause(active: ActiveLane, pauseMs: number | undefined): void {
    if (pauseMs === undefined || pauseMs <= 0) return;
    this.store(() => this.#keepPause(active, pauseMs));
  }

  /** Must be stored before anything else is sent there, for a killed service has to know it. */
  #keepPause({ destination }: ActiveLane, pauseMs: number | undefined): void {
    if (pauseMs === undefined || pauseMs <= 0) return;
    this.#places.pauses.keep(destination, pauseMs, this.#options.clock.nowMs());
  }

  /** Ends a message for good. */
  settle(row: OutboxRow, state: 'done' | 'failed' | 'expired', failure?: Failure): void {
    const next = this.#places.outbox.settle(row.id, state, failure?.message);
    this.store(() => {
      // A killed process keeps this; a power cut may cost it, and then the message is sent again.
      this.#places.database.transaction('normal', () => {
        this.#places.outbox.save();
        this.#note(row, SETTLED_KINDS[state], failure);
      });
    });
    this.counters[state === 'done' ? 'sent' : state] += 1;
    if (next !== undefined) this.#onNext(next);
    if (failure === undefined) return;
    const { receiver, groupKey } = row.notification;
    const fields = { receiver, groupKey, reason: failure.reason, error: failure.message };
    this.#options.log.error(fields, 'Gave up on a notification');
    this.#options.listener.onFailed(row.notification, failure);
  }

  /** Templates failed, and the message says the built-in text in their place. */
  noteProblems(row: OutboxRow, problems: readonly string[]): void {
    const { receiver, groupKey } = row.notification;
    for (const problem of problems) {
      const fields = { receiver, groupKey, problem };
      this.#options.log.error(fields, 'A template failed: the built-in text is sent');
    }
    // Each further attempt would only say it again.
    if (row.attempts > 0) return;
    const failure = { reason: 'template', message: problems.join('; ') };
    this.store(() => this.#note(row, 'notification.template_failed', failure));
  }

  /** A database that cannot be written must not stop the sending. */
  store(write: () => void): void {
    try {
      write();
      this.#options.listener.onStorage(undefined);
    } catch (error) {
      this.#options.listener.onStorage(error);
    }
  }

  #note(
    row: OutboxRow,
    kind: HistoryKind,
    failure?: { readonly reason: string; readonly message: string },
  ): void {
    this.#history.add({
      ...messageEvent(row.notification),
      tsMs: this.#options.clock.nowMs(),
      kind,
      ...(failure === undefined ? {} : { reason: failure.reason, error: failure.message }),
    });
  }
}

const SETTLED_KINDS = {
  done: 'notification.sent',
  failed: 'notification.failed',
  expired: 'notification.expired',
} as const satisfies Record<string, HistoryKind>;

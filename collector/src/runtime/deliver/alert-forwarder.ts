import type { HttpMessage, HttpResult } from '../../model/http-message.ts';
import type { ChannelContext } from '../../notify/channels/channel.ts';
import { ForwardBook, type ForwardTimes } from '../../notify/forward/forward-book.ts';
import { ForwardQueue } from '../../notify/forward/forward-queue.ts';
import { type ForwardTarget, forwardRequest } from '../../notify/forward/forward-target.ts';
import type { AlertSnapshot } from '../../notify/notifier.ts';
import { type BackoffOptions, backoffMs, judgeHttpResult } from '../../notify/stages/retry.ts';
import type { CancelTimer, Clock } from '../clock.ts';
import type { Log } from '../log.ts';

export interface AlertForwarderOptions {
  readonly targets: readonly ForwardTarget[];
  readonly clientName: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (message: HttpMessage) => Promise<HttpResult>;
  readonly readSecret: ChannelContext['readSecret'];
  readonly readFile: ChannelContext['readFile'];
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly backoff: BackoffOptions;
  readonly times?: ForwardTimes;
}

/** Tells every alert to every configured Alertmanager: each one by itself, again until it is taken. */
export class AlertForwarder {
  readonly #book: ForwardBook;
  readonly #lanes: readonly ForwardLane[];
  readonly #log: Log;

  constructor(options: AlertForwarderOptions) {
    this.#log = options.log;
    this.#book = new ForwardBook(options.times);
    this.#lanes = options.targets.map((target) => new ForwardLane(target, options));
  }

  /** Never throws: what is wrong with an Alertmanager is told in the log. */
  take({ alerts, nowMs }: AlertSnapshot): void {
    if (this.#lanes.length === 0) return;
    const before = this.#book.dropped;
    const due = this.#book.take(alerts, nowMs);
    const dropped = this.#book.dropped - before;
    if (dropped > 0 && before === 0) {
      this.#log.error({ dropped }, 'More alerts fire than Alertmanagers are told of');
    }
    if (due.length === 0) return;
    for (const lane of this.#lanes) lane.add(due);
  }

  /** Since the start, over all Alertmanagers. */
  counts(): Readonly<Record<string, number>> {
    const total = { sent: 0, refused: 0, dropped: this.#book.dropped };
    for (const { counts } of this.#lanes) {
      total.sent += counts.sent;
      total.refused += counts.refused;
      total.dropped += counts.dropped;
    }
    return total;
  }

  /** Sends what waits, for at most `graceMs`; 0 sends nothing more. */
  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop(graceMs)));
  }
}

/** The way to one Alertmanager; one request at a time. */
class ForwardLane {
  readonly #target: ForwardTarget;
  readonly #options: AlertForwarderOptions;
  readonly #queue = new ForwardQueue();
  #sending: Promise<void> | undefined;
  #cancelTimer: CancelTimer | undefined;
  #attempts = 0;
  #isStopped = false;
  #sent = 0;
  #refused = 0;

  constructor(target: ForwardTarget, options: AlertForwarderOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Alerts since the start: taken, refused for good, and dropped because too many waited. */
  get counts(): { readonly sent: number; readonly refused: number; readonly dropped: number } {
    return { sent: this.#sent, refused: this.#refused, dropped: this.#queue.dropped };
  }

  add(alerts: Parameters<ForwardQueue['add']>[0]): void {
    const before = this.#queue.dropped;
    this.#queue.add(alerts);
    const dropped = this.#queue.dropped - before;
    if (dropped > 0) {
      const fields = { alertmanager: this.#target.name, dropped };
      this.#options.log.error(fields, 'Too many alerts wait for an Alertmanager: the oldest go');
    }
    if (this.#cancelTimer === undefined) this.#wake();
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (graceMs === 0) return;
    this.#wake();
    if (this.#sending === undefined) return;
    let cancel: CancelTimer | undefined;
    const grace = new Promise<void>((resolve) => {
      cancel = this.#options.clock.setTimer(graceMs, resolve);
    });
    await Promise.race([this.#sending, grace]);
    cancel?.();
  }

  #wake(): void {
    if (this.#sending !== undefined || this.#queue.size === 0) return;
    this.#sending = this.#drain().finally(() => {
      this.#sending = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.size > 0) {
      // One request at a time, so that an alert's states arrive in their order.
      const batch = this.#queue.takeBatch();
      const outcome = judgeHttpResult(await this.#send(batch), this.#options.clock.nowMs());
      if (outcome.kind === 'done') {
        this.#attempts = 0;
        this.#sent += batch.length;
        continue;
      }
      const { log } = this.#options;
      const fields = { alertmanager: this.#target.name, error: outcome.message };
      if (outcome.kind === 'failed') {
        this.#refused += batch.length;
        log.error({ ...fields, alerts: batch.length }, 'An Alertmanager refused alerts for good');
        continue;
      }
      this.#queue.putBack(batch);
      if (this.#attempts === 0) log.warn(fields, 'Cannot reach an Alertmanager yet');
      this.#attempts += 1;
      this.#waitForNext(outcome.retryAfterMs);
      return;
    }
  }

  #waitForNext(retryAfterMs: number | undefined): void {
    if (this.#isStopped) return;
    const { clock, random, backoff } = this.#options;
    const waitMs = retryAfterMs ?? backoffMs(this.#attempts, random(), backoff);
    this.#cancelTimer = clock.setTimer(Math.max(1, waitMs), () => {
      this.#cancelTimer = undefined;
      this.#wake();
    });
  }

  async #send(batch: Parameters<ForwardQueue['add']>[0]): Promise<HttpResult> {
    const { clock, clientName, readSecret, readFile, send } = this.#options;
    try {
      const context = { nowMs: clock.nowMs(), readSecret, readFile };
      return await send(forwardRequest(this.#target, batch, { context, clientName }));
    } catch (cause) {
      // A secret file that cannot be read now may be there in a minute.
      return { kind: 'no answer', reason: 'network', message: (cause as Error).message };
    }
  }
}

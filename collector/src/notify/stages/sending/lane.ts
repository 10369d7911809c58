import { type BackoffOptions, backoffMs } from '../retry.ts';
import { type RateLimit, TokenBucket } from './token-bucket.ts';

/** Messages to one destination in the network at once, while it answers well. */
const IN_FLIGHT_MAX = 8;

/**
 * A destination that asked for a pause gets one message at a time for this long after it, so that no
 * other message is on its way when it asks for the next one.
 */
const ONE_AT_A_TIME_MS = 86_400_000;

/** A destination that failed has to take so many messages in a row before it counts as well again. */
const TRUST_MESSAGES = 20;

/**
 * The way to one destination: how many messages may be on it, and since when it fails. A
 * destination that fails gets one message at a time, with growing pauses between; one that asks to be
 * left alone gets none. So a failing destination costs the others nothing.
 */
export class Lane {
  readonly bucket: TokenBucket;
  inFlight = 0;
  /** When the first of the failures in a row was. */
  failingSinceMs: number | undefined;
  #widthMax = IN_FLIGHT_MAX;
  #failuresInARow = 0;
  #goodInARow = TRUST_MESSAGES;

  constructor(limit: RateLimit | undefined, nowMs: number) {
    this.bucket = new TokenBucket(limit, nowMs);
  }

  /** Whether it works, and has worked for a while. */
  get isTrusted(): boolean {
    return this.#goodInARow >= TRUST_MESSAGES;
  }

  /** Whether another message may start now; takes its token. */
  tryStart(nowMs: number): boolean {
    if (this.inFlight >= this.#width(nowMs) || this.bucket.take(nowMs) > 0) return false;
    this.inFlight += 1;
    return true;
  }

  /** How long until another message may start; `undefined` when that depends on one in flight. */
  waitMs(nowMs: number): number | undefined {
    return this.inFlight >= this.#width(nowMs) ? undefined : this.bucket.waitMs(nowMs);
  }

  /** A message arrived; `pauseMs` when the destination wants a pause all the same. */
  succeeded(nowMs: number, pauseMs = 0): void {
    this.inFlight -= 1;
    this.failingSinceMs = undefined;
    this.#failuresInARow = 0;
    this.#goodInARow += 1;
    this.#widthMax = Math.min(IN_FLIGHT_MAX, this.#widthMax + 1);
    if (pauseMs > 0) this.bucket.pause(nowMs + pauseMs);
  }

  /** The destination refused a message for good: it is well, the message was not. */
  refused(nowMs: number): void {
    this.succeeded(nowMs);
  }

  /** A message did not arrive. @param random between 0 and 1. */
  failed(
    nowMs: number,
    {
      retryAfterMs,
      random,
    }: { readonly retryAfterMs?: number | undefined; readonly random: number },
    backoff: BackoffOptions,
  ): void {
    this.inFlight -= 1;
    this.failingSinceMs ??= nowMs;
    this.#goodInARow = 0;
    if (retryAfterMs !== undefined) {
      this.bucket.pause(nowMs + retryAfterMs);
      this.#widthMax = 1;
      return;
    }
    this.#failuresInARow += 1;
    const isProbing = this.#widthMax === 1;
    this.#widthMax = Math.max(1, Math.floor(this.#widthMax / 2));
    if (isProbing) this.bucket.pause(nowMs + backoffMs(this.#failuresInARow, random, backoff));
  }

  /** A message came back without an attempt. */
  returned(): void {
    this.inFlight -= 1;
  }

  #width(nowMs: number): number {
    return nowMs < this.bucket.pausedUntilMs + ONE_AT_A_TIME_MS ? 1 : this.#widthMax;
  }
}

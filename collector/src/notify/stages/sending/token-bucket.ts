/** How fast a destination may be sent to. */
export interface RateLimit {
  readonly perSecond: number;
  /** Messages that may go out at once after a pause. */
  readonly burst: number;
}

/** Limits of the services themselves, by channel type; a type that is not here has none. */
export const DEFAULT_RATE_LIMITS: Readonly<Record<string, RateLimit>> = {
  slack: { perSecond: 1, burst: 5 },
  discord: { perSecond: 2.5, burst: 5 },
  email: { perSecond: 5, burst: 5 },
};

/** Tokens of one destination: a message costs one, and they grow back with time. */
export class TokenBucket {
  readonly #limit: RateLimit | undefined;
  #tokens: number;
  #updatedMs: number;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(limit: RateLimit | undefined, nowMs: number) {
    this.#limit = limit;
    this.#tokens = limit?.burst ?? 0;
    this.#updatedMs = nowMs;
  }

  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  /** Nothing may be sent before this time: the destination asked for it. */
  pause(untilMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
  }

  /** The clock was set: a pause keeps its length. */
  shift(byMs: number): void {
    this.#pausedUntilMs += byMs;
    this.#updatedMs += byMs;
  }

  /** Takes a token, or says how long to wait for one. */
  take(nowMs: number): number {
    const waitMs = this.waitMs(nowMs);
    if (waitMs === 0 && this.#limit !== undefined) this.#tokens -= 1;
    return waitMs;
  }

  /** How long to wait for a token; 0 when there is one. */
  waitMs(nowMs: number): number {
    if (nowMs < this.#pausedUntilMs) return this.#pausedUntilMs - nowMs;
    if (this.#limit === undefined) return 0;
    const { perSecond, burst } = this.#limit;
    // A clock that was set back must not take tokens away.
    const elapsedMs = Math.max(0, nowMs - this.#updatedMs);
    this.#tokens = Math.min(burst, this.#tokens + (elapsedMs / 1000) * perSecond);
    this.#updatedMs = nowMs;
    return this.#tokens >= 1 ? 0 : Math.max(1, Math.ceil(((1 - this.#tokens) / perSecond) * 1000));
  }
}

/** Lets `perSecond` through on average and `burst` at once. Time is the caller's. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledMs: number;

  constructor(perSecond: number, burst: number, startMs: number) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledMs = startMs;
  }

  /** Takes a token if there is one at this time. */
  take(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#takeOne();
  }

  /**
   * As `take`, but the clock is read only when the bucket is empty. After a pause a second burst may
   * pass at once, which is the price for the cheapest answer.
   */
  takeRarely(clock: () => number): boolean {
    if (this.#tokens < 1) this.#fill(clock());
    return this.#takeOne();
  }

  #fill(nowMs: number): void {
    const earned = Math.max(0, nowMs - this.#filledMs) * this.#perMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#filledMs = nowMs;
  }

  #takeOne(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

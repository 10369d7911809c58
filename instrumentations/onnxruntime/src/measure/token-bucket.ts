/** Lets `perSecond` through on average, `burst` at once. Time is the caller's, asked when needed. */
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

  take(clock: () => number): boolean {
    if (this.#tokens < 1) {
      const nowMs = clock();
      this.#tokens = Math.min(
        this.#burst,
        this.#tokens + Math.max(0, nowMs - this.#filledMs) * this.#perMs,
      );
      this.#filledMs = nowMs;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

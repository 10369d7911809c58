/**
 * A token bucket for each key: a flood of one kind of event neither fills the disk nor silences
 * the others.
 */
export class EventBudget {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();
  readonly #keysMax: number;

  constructor(limits: {
    readonly perSecond: number;
    readonly burst: number;
    readonly keysMax: number;
  }) {
    this.#perSecond = limits.perSecond;
    this.#burst = limits.burst;
    this.#keysMax = limits.keysMax;
  }

  /** Whether one more event of this key fits at this time (monotonic milliseconds). */
  take(key: string, nowMs: number): boolean {
    const bucket = this.#bucketOf(key, nowMs);
    const elapsed = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (elapsed * this.#perSecond) / 1000);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #bucketOf(key: string, nowMs: number): { tokens: number; atMs: number } {
    const bounded = this.#buckets.has(key) || this.#buckets.size < this.#keysMax ? key : '';
    let bucket = this.#buckets.get(bounded);
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, atMs: nowMs };
      this.#buckets.set(bounded, bucket);
    }
    return bucket;
  }
}

import { TokenBucket } from '@telltale/instrument';

/**
 * A token bucket for each key: a flood of one kind of event neither fills the disk nor silences
 * the others.
 */
export class EventBudget {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, TokenBucket>();
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
    const bounded = this.#buckets.has(key) || this.#buckets.size < this.#keysMax ? key : '';
    let bucket = this.#buckets.get(bounded);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#perSecond, this.#burst, nowMs);
      this.#buckets.set(bounded, bucket);
    }
    return bucket.take(nowMs);
  }
}

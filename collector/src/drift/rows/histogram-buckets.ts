import { mergeSigned, type SignedHistogram } from '@telltale/statistics';

/** Exponential histograms by time bucket, merged when they are asked for. */
export class HistogramBuckets {
  readonly #byBucket: Map<number, SignedHistogram> = new Map();
  #merged: SignedHistogram | undefined;

  add(bucket: number, histogram: SignedHistogram): void {
    const known = this.#byBucket.get(bucket);
    this.#byBucket.set(bucket, known === undefined ? histogram : mergeSigned(known, histogram));
    this.#merged = undefined;
  }

  /** Everything; `undefined` when there is nothing. A merge cannot be undone, so it is made again. */
  merged(): SignedHistogram | undefined {
    if (this.#merged !== undefined) return this.#merged;
    for (const histogram of this.#byBucket.values()) {
      this.#merged = this.#merged === undefined ? histogram : mergeSigned(this.#merged, histogram);
    }
    return this.#merged;
  }

  clear(): void {
    this.#byBucket.clear();
    this.#merged = undefined;
  }

  /** Forgets what is older than a bucket. */
  forgetBefore(bucket: number): void {
    for (const at of this.#byBucket.keys()) {
      if (at < bucket && this.#byBucket.delete(at)) this.#merged = undefined;
    }
  }
}

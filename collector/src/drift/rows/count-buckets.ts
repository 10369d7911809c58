/** Count vectors by time bucket with their running sum, which is exact: counts are integers. */
export class CountBuckets {
  /** Counts of all buckets. Lives on: copy it to keep it. */
  readonly sum: Float64Array;
  readonly #byBucket: Map<number, Float64Array> = new Map();

  constructor(length: number) {
    this.sum = new Float64Array(length);
  }

  get isEmpty(): boolean {
    return this.#byBucket.size === 0;
  }

  add(bucket: number, counts: Float64Array): void {
    let known = this.#byBucket.get(bucket);
    if (known === undefined) {
      known = new Float64Array(this.sum.length);
      this.#byBucket.set(bucket, known);
    }
    for (let index = 0; index < counts.length; index += 1) {
      const count = counts[index] ?? 0;
      known[index] = (known[index] ?? 0) + count;
      this.sum[index] = (this.sum[index] ?? 0) + count;
    }
  }

  at(bucket: number): Float64Array | undefined {
    return this.#byBucket.get(bucket);
  }

  clear(): void {
    this.#byBucket.clear();
    this.sum.fill(0);
  }

  /** Forgets what is older than a bucket. */
  forgetBefore(bucket: number): void {
    for (const [at, counts] of this.#byBucket) {
      if (at >= bucket) continue;
      this.#byBucket.delete(at);
      for (let index = 0; index < counts.length; index += 1) {
        this.sum[index] = (this.sum[index] ?? 0) - (counts[index] ?? 0);
      }
    }
  }
}

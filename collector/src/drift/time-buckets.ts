/** Adds two values of one bucket. */
export type Add<T> = (a: T, b: T) => T;

/** Values by time bucket, as many as the window has. */
export class TimeBuckets<T> {
  readonly #add: Add<T>;
  readonly #byBucket: Map<number, T> = new Map();

  constructor(add: Add<T>) {
    this.#add = add;
  }

  get isEmpty(): boolean {
    return this.#byBucket.size === 0;
  }

  add(bucket: number, value: T): void {
    const known = this.#byBucket.get(bucket);
    this.#byBucket.set(bucket, known === undefined ? value : this.#add(known, value));
  }

  at(bucket: number): T | undefined {
    return this.#byBucket.get(bucket);
  }

  /** Everything from a bucket on; `undefined` when there is nothing. */
  since(bucket: number): T | undefined {
    let sum: T | undefined;
    for (const [at, value] of this.#byBucket) {
      if (at >= bucket) sum = sum === undefined ? value : this.#add(sum, value);
    }
    return sum;
  }

  clear(): void {
    this.#byBucket.clear();
  }

  /** Forgets what is older than a bucket. */
  forgetBefore(bucket: number): void {
    for (const at of this.#byBucket.keys()) if (at < bucket) this.#byBucket.delete(at);
  }
}

export const addCounts = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((count, index) => count + (b[index] ?? 0));

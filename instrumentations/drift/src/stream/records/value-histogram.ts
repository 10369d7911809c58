import { bucketIndex } from '@telltale/statistics';

/** Buckets of one sign, as OpenTelemetry SDKs keep them. */
const BUCKETS_MAX = 160;
const SCALE_MAX = 20;

/** Counts of one sign: `offset` is the index of the first. */
export interface SignBuckets {
  readonly offset: number;
  readonly bucketCounts: readonly number[];
}

/** A histogram as it was at one moment. */
export interface ValueHistogramSnapshot {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly positive: SignBuckets;
  readonly negative: SignBuckets;
}

/** Buckets of one sign, at most 160 next to each other, kept in a ring by their index. */
class SignRing {
  #counts = new Float64Array(0);
  #low = 0;
  #high = -1;

  get #isEmpty(): boolean {
    return this.#high < this.#low;
  }

  /** How many scales must be given up for this bucket to fit. */
  stepsFor(index: number): number {
    if (this.#isEmpty) return 0;
    let low = Math.min(this.#low, index);
    let high = Math.max(this.#high, index);
    let steps = 0;
    while (high - low >= BUCKETS_MAX) {
      low >>= 1;
      high >>= 1;
      steps += 1;
    }
    return steps;
  }

  add(index: number, count = 1): void {
    if (this.#isEmpty) {
      if (this.#counts.length === 0) this.#counts = new Float64Array(BUCKETS_MAX);
      this.#low = index;
      this.#high = index;
    } else {
      this.#low = Math.min(this.#low, index);
      this.#high = Math.max(this.#high, index);
    }
    const place = placeOf(index);
    this.#counts[place] = (this.#counts[place] ?? 0) + count;
  }

  downscale(steps: number): void {
    const { offset, bucketCounts } = this.read();
    this.#counts.fill(0);
    this.#low = 0;
    this.#high = -1;
    for (const [place, count] of bucketCounts.entries()) {
      if (count > 0) this.add((offset + place) >> steps, count);
    }
  }

  read(): SignBuckets {
    const bucketCounts = Array.from(
      { length: this.#high - this.#low + 1 },
      (_, place) => this.#counts[placeOf(this.#low + place)] ?? 0,
    );
    return { offset: this.#isEmpty ? 0 : this.#low, bucketCounts };
  }
}

const placeOf = (index: number): number => ((index % BUCKETS_MAX) + BUCKETS_MAX) % BUCKETS_MAX;

/**
 * An exponential histogram of numbers of both signs. SDKs of JavaScript drop negative values, so
 * values are counted here and handed over whole.
 */
export class ValueHistogram {
  /** When counting began, in milliseconds since the epoch. */
  readonly startMs: number;
  readonly #positive = new SignRing();
  readonly #negative = new SignRing();
  #scale = SCALE_MAX;
  #zeroCount = 0;
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  get count(): number {
    return this.#count;
  }

  /** @param value finite */
  record(value: number): void {
    this.#count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value === 0) {
      this.#zeroCount += 1;
      return;
    }
    const ring = value > 0 ? this.#positive : this.#negative;
    const index = bucketIndex(Math.abs(value), this.#scale);
    const steps = ring.stepsFor(index);
    if (steps > 0) this.#downscale(steps);
    ring.add(index >> steps);
  }

  snapshot(): ValueHistogramSnapshot {
    return {
      count: this.#count,
      sum: Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, this.#sum)),
      min: this.#min,
      max: this.#max,
      scale: this.#scale,
      zeroCount: this.#zeroCount,
      positive: this.#positive.read(),
      negative: this.#negative.read(),
    };
  }

  #downscale(steps: number): void {
    this.#scale -= steps;
    this.#positive.downscale(steps);
    this.#negative.downscale(steps);
  }
}

/** What was recorded after `before`. The extremes belong to the whole, so they are those of `now`. */
export function valuesSince(
  now: ValueHistogramSnapshot,
  before: ValueHistogramSnapshot,
): ValueHistogramSnapshot {
  const steps = before.scale - now.scale;
  return {
    ...now,
    count: now.count - before.count,
    sum: now.sum - before.sum,
    zeroCount: now.zeroCount - before.zeroCount,
    positive: bucketsSince(now.positive, before.positive, steps),
    negative: bucketsSince(now.negative, before.negative, steps),
  };
}

function bucketsSince(now: SignBuckets, before: SignBuckets, steps: number): SignBuckets {
  const bucketCounts = [...now.bucketCounts];
  for (const [place, count] of before.bucketCounts.entries()) {
    const target = ((before.offset + place) >> steps) - now.offset;
    if (count > 0) bucketCounts[target] = (bucketCounts[target] ?? 0) - count;
  }
  const first = bucketCounts.findIndex((count) => count > 0);
  if (first < 0) return { offset: 0, bucketCounts: [] };
  const last = bucketCounts.findLastIndex((count) => count > 0);
  return { offset: now.offset + first, bucketCounts: bucketCounts.slice(first, last + 1) };
}

import { bucketQuantile } from '../kernels/bucket-quantile.ts';

/** A bucket of a classic histogram; the count is cumulative. */
export interface ClassicBucket {
  readonly upperBound: number;
  readonly count: number;
}

/** Where cumulative counts fell from one bucket to the next, and by how much at most. */
export interface ForcedBuckets {
  readonly bucketMin: number;
  readonly bucketMax: number;
  readonly differenceMax: number;
}

export interface ClassicQuantile {
  readonly value: number;
  /** Present when the buckets had to be mended. */
  readonly forced?: ForcedBuckets;
}

/** Differences this small come from adding floats in another order. */
const SMALL_DIFFERENCE = 1e-12;
const NORMAL_MIN = 2.2250738585072014e-308;

/** The value below which a share `quantile` of all observations lies, linear inside a bucket. */
export function classicQuantile(
  quantile: number,
  buckets: readonly ClassicBucket[],
): ClassicQuantile {
  if (Number.isNaN(quantile)) return { value: Number.NaN };
  if (quantile < 0) return { value: -Infinity };
  if (quantile > 1) return { value: Infinity };
  const merged = mergeEqualBounds(buckets);
  if (merged === undefined) return { value: Number.NaN };
  const { mended, forced } = mendCounts(merged);
  const value =
    mended.length < 2 ? Number.NaN : bucketQuantile(quantile, columnsOf(mended), mended.length);
  return forced === undefined ? { value } : { value, forced };
}

/** Buckets as the two columns that the interpolation reads. */
function columnsOf(buckets: readonly ClassicBucket[]): {
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
} {
  return {
    bounds: Float64Array.from(buckets, ({ upperBound }) => upperBound),
    counts: Float64Array.from(buckets, ({ count }) => count),
  };
}

/** Sorts buckets and adds up those with the same bound; `undefined` without a bucket up to +Inf. */
function mergeEqualBounds(buckets: readonly ClassicBucket[]): ClassicBucket[] | undefined {
  const sorted = [...buckets].sort((left, right) => compare(left.upperBound, right.upperBound));
  if (sorted.at(-1)?.upperBound !== Infinity) return undefined;
  const merged: ClassicBucket[] = [];
  for (const bucket of sorted) {
    const last = merged.at(-1);
    if (last?.upperBound === bucket.upperBound) {
      merged[merged.length - 1] = { ...bucket, count: last.count + bucket.count };
    } else {
      merged.push(bucket);
    }
  }
  return merged;
}

function compare(left: number, right: number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Makes cumulative counts rise: tiny differences are dropped, decreases are raised and reported. */
function mendCounts(buckets: readonly ClassicBucket[]): {
  readonly mended: ClassicBucket[];
  readonly forced: ForcedBuckets | undefined;
} {
  let accepted = buckets[0]?.count ?? 0;
  let forced: ForcedBuckets | undefined;
  const mended = buckets.map((bucket) => {
    const { count, upperBound } = bucket;
    const isSame = count === accepted || isAlmostEqual(accepted, count);
    if (isSame || count < accepted) {
      if (!isSame) forced = extendForced(forced, upperBound, accepted - count);
      return { upperBound, count: accepted };
    }
    accepted = count;
    return bucket;
  });
  return { mended, forced };
}

function extendForced(
  forced: ForcedBuckets | undefined,
  upperBound: number,
  difference: number,
): ForcedBuckets {
  return {
    bucketMin: Math.min(forced?.bucketMin ?? Infinity, upperBound),
    bucketMax: Math.max(forced?.bucketMax ?? -Infinity, upperBound),
    differenceMax: Math.max(forced?.differenceMax ?? 0, difference),
  };
}

function isAlmostEqual(left: number, right: number): boolean {
  if (Number.isNaN(left) && Number.isNaN(right)) return true;
  if (left === right) return true;
  const sizes = Math.abs(left) + Math.abs(right);
  const difference = Math.abs(left - right);
  if (left === 0 || right === 0 || sizes < NORMAL_MIN) {
    return difference < SMALL_DIFFERENCE * NORMAL_MIN;
  }
  return difference / Math.min(sizes, Number.MAX_VALUE) < SMALL_DIFFERENCE;
}

/** The share of all observations between two values. */
export function classicFraction(
  { lower, upper }: { readonly lower: number; readonly upper: number },
  buckets: readonly ClassicBucket[],
): number {
  const merged = mergeEqualBounds(buckets);
  if (merged === undefined) return Number.NaN;
  const observations = merged.at(-1)?.count ?? 0;
  if (observations === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  const lowerRank = Math.min(rankOf(lower, merged), observations);
  const upperRank = Math.min(rankOf(upper, merged), observations);
  return (upperRank - lowerRank) / observations;
}

/** How many observations lie below a value. */
function rankOf(value: number, buckets: readonly ClassicBucket[]): number {
  // Buckets that end above zero hold positive values only.
  let start = (buckets[0]?.upperBound ?? 0) <= 0 ? -Infinity : 0;
  let rank = 0;
  for (const { upperBound, count } of buckets) {
    if (start >= value) return rank;
    if (upperBound > value) {
      if (start === -Infinity) return count;
      return rank + ((count - rank) * (value - start)) / (upperBound - start);
    }
    rank = count;
    start = upperBound;
  }
  return Infinity;
}

import { CompensatedSum } from '../compensated-sum.ts';
import { log2 } from '../go-math.ts';
import type { Bucket } from './buckets.ts';
import { allBuckets, usesCustomBuckets } from './buckets.ts';
import type { NativeHistogram } from './histogram.ts';

/** A number read off a histogram, and whether NaN observations spoil it. */
export interface HistogramReading {
  readonly value: number;
  /**
   * `nan-result`: the rank lies among NaN observations. `nan-skew`: NaN observations count as
   * greater than all others. `nan-excluded`: NaN observations lie in no bucket.
   */
  readonly note?: 'nan-result' | 'nan-skew' | 'nan-excluded';
}

const NAN: HistogramReading = { value: Number.NaN };

/**
 * The value below which a share `quantile` of all observations lies.
 *
 * Inside a bucket observations are taken to be spread evenly: on a linear scale in custom buckets
 * and the zero bucket, on a logarithmic one in exponential buckets.
 */
export function histogramQuantile(quantile: number, histogram: NativeHistogram): HistogramReading {
  if (quantile < 0 || quantile > 1) return { value: quantile < 0 ? -Infinity : Infinity };
  if (histogram.count === 0 || Number.isNaN(quantile)) return NAN;
  return quantileInRange(quantile, histogram);
}

function quantileInRange(quantile: number, histogram: NativeHistogram): HistogramReading {
  // From the top for high quantiles, where the buckets add up to less. NaN observations lie in no
  // bucket, so with them only the way from the bottom finds the rank.
  const hasNaN = Number.isNaN(histogram.sum);
  const isForward = hasNaN || quantile < 0.5;
  const buckets = allBuckets(histogram);
  if (!isForward) buckets.reverse();
  const rank = (isForward ? quantile : 1 - quantile) * histogram.count;
  const found = walkToRank(buckets, rank);
  const edge = edgeOfOpenBucket(found.bucket, histogram);
  if (edge !== undefined) return { value: edge };
  const bucket = clipToZero(found.bucket, histogram);
  const reached = Math.min(found.reached, histogram.count);
  if (reached >= rank) {
    const rankInBucket = isForward ? rank - (reached - bucket.count) : reached - rank;
    const value = interpolate(bucket, rankInBucket / bucket.count, usesCustomBuckets(histogram));
    const isSkewed = hasNaN && addUp(buckets) < histogram.count;
    return isSkewed ? { value, note: 'nan-skew' } : { value };
  }
  return hasNaN ? { value: Number.NaN, note: 'nan-result' } : { value: bucket.upper };
}

/** A custom bucket that is open on one side has no inside: the answer is its finite bound. */
function edgeOfOpenBucket(bucket: Bucket, histogram: NativeHistogram): number | undefined {
  if (!usesCustomBuckets(histogram)) return undefined;
  if (bucket.lower === -Infinity) return bucket.upper <= 0 ? bucket.upper : undefined;
  return bucket.upper === Infinity ? bucket.lower : undefined;
}

const NO_BUCKET: Bucket = {
  lower: 0,
  upper: 0,
  isLowerInclusive: false,
  isUpperInclusive: false,
  count: 0,
};

function walkToRank(buckets: readonly Bucket[], rank: number): { bucket: Bucket; reached: number } {
  let bucket = NO_BUCKET;
  let reached = 0;
  for (bucket of buckets) {
    if (bucket.count === 0) continue;
    reached += bucket.count;
    if (reached >= rank) break;
  }
  return { bucket, reached };
}

/** With buckets on one side only, the zero bucket and the first custom bucket end at zero. */
function clipToZero(bucket: Bucket, histogram: NativeHistogram): Bucket {
  if (usesCustomBuckets(histogram)) {
    return bucket.lower === -Infinity ? { ...bucket, lower: 0 } : bucket;
  }
  if (bucket.lower < 0 && bucket.upper > 0) return clipZeroBucket(bucket, histogram);
  return bucket;
}

function clipZeroBucket(bucket: Bucket, histogram: NativeHistogram): Bucket {
  const hasNegative = histogram.negativeCounts.length > 0;
  const hasPositive = histogram.positiveCounts.length > 0;
  if (hasPositive && !hasNegative) return { ...bucket, lower: 0 };
  if (hasNegative && !hasPositive) return { ...bucket, upper: 0 };
  return bucket;
}

function interpolate(bucket: Bucket, fraction: number, isCustom: boolean): number {
  const { lower, upper } = bucket;
  if (isCustom || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction;
  const logLower = log2(Math.abs(lower));
  const logUpper = log2(Math.abs(upper));
  return lower > 0
    ? 2 ** (logLower + (logUpper - logLower) * fraction)
    : -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}

function addUp(buckets: readonly Bucket[]): number {
  return buckets.reduce((total, { count }) => total + count, 0);
}

/** The share of all observations between two values; the inverse of `histogramQuantile`. */
export function histogramFraction(
  range: { readonly lower: number; readonly upper: number },
  histogram: NativeHistogram,
): HistogramReading {
  const { lower, upper } = range;
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NAN;
  if (lower >= upper) return { value: 0 };
  const buckets = allBuckets(histogram);
  let observed = histogram.count;
  let hasExcluded = false;
  if (Number.isNaN(histogram.sum)) {
    observed = addUp(buckets);
    hasExcluded = observed < histogram.count;
  }
  const lowerRank = Math.min(rankOf(lower, buckets, histogram), observed);
  const upperRank = Math.min(rankOf(upper, buckets, histogram), observed);
  const value = (upperRank - lowerRank) / histogram.count;
  return hasExcluded ? { value, note: 'nan-excluded' } : { value };
}

/** How many observations lie below a value. */
function rankOf(value: number, buckets: readonly Bucket[], histogram: NativeHistogram): number {
  const isCustom = usesCustomBuckets(histogram);
  let rank = 0;
  for (const original of buckets) {
    const isZero = original.lower <= 0 && original.upper >= 0;
    const bucket = isZero ? clipZeroBucket(original, histogram) : original;
    if (bucket.lower >= value) return rank;
    if (bucket.upper > value) {
      // Nothing can be said about the inside of a bucket without a lower end.
      if (bucket.lower === -Infinity && (isCustom || isZero)) return bucket.count;
      return rank + bucket.count * fractionBelow(bucket, value, isCustom || isZero);
    }
    rank += bucket.count;
  }
  return Infinity;
}

/** The share of a bucket's width that lies below a value inside it. */
export function fractionBelow(
  bucket: Pick<Bucket, 'lower' | 'upper'>,
  value: number,
  isLinear: boolean,
): number {
  if (isLinear) return (value - bucket.lower) / (bucket.upper - bucket.lower);
  const logLower = log2(Math.abs(bucket.lower));
  const logUpper = log2(Math.abs(bucket.upper));
  const logValue = log2(Math.abs(value));
  return value > 0
    ? (logValue - logLower) / (logUpper - logLower)
    : 1 - (logValue - logUpper) / (logLower - logUpper);
}

/**
 * The population variance, with every observation taken to lie in the middle of its bucket: the
 * geometric mean of the bounds, the arithmetic one in custom buckets, 0 in the zero bucket.
 */
export function histogramVariance(histogram: NativeHistogram): number {
  const mean = histogram.sum / histogram.count;
  const isCustom = usesCustomBuckets(histogram);
  const squares = new CompensatedSum();
  for (const bucket of allBuckets(histogram)) {
    if (bucket.count === 0) continue;
    const delta = middleOf(bucket, isCustom) - mean;
    squares.add(bucket.count * delta * delta);
  }
  return squares.total / histogram.count;
}

function middleOf({ lower, upper }: Bucket, isCustom: boolean): number {
  if (isCustom) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  const middle = Math.sqrt(upper * lower);
  return upper < 0 ? -middle : middle;
}

import type { Bucket } from './buckets.ts';
import { negativeBuckets, positiveBuckets, usesCustomBuckets, zeroBucket } from './buckets.ts';
import { compactHistogram } from './compact.ts';
import type { NativeHistogram } from './histogram.ts';
import { fractionBelow } from './quantile.ts';

/** What stays of a bucket: how many observations, and the value they are taken to have. */
interface Remainder {
  readonly count: number;
  readonly middle: number;
}

interface Cut {
  readonly value: number;
  /** `upper` removes what lies above the value, `lower` what lies below. */
  readonly end: 'upper' | 'lower';
  readonly isCustom: boolean;
}

/**
 * Removes the observations above (`upper`) or below (`lower`) a value. A bucket around the value is
 * divided as if its observations were spread evenly; count and sum are estimated again.
 */
export function trimHistogram(
  histogram: NativeHistogram,
  value: number,
  end: 'upper' | 'lower',
): NativeHistogram {
  const cut: Cut = { value, end, isCustom: usesCustomBuckets(histogram) };
  const positive = positiveBuckets(histogram);
  const negative = negativeBuckets(histogram);
  const zero = zeroBucket(histogram);
  const kept = {
    positive: positive.map((bucket) => trimBucket(bucket, cut, 1)),
    negative: negative.map((bucket) => trimBucket(bucket, cut, -1)),
    zero: trimZeroBucket(clipToPopulated(zero, positive, negative), cut),
  };
  const isUnchanged =
    kept.zero.count === zero.count &&
    kept.positive.every(({ count }, index) => count === positive[index]?.count) &&
    kept.negative.every(({ count }, index) => count === negative[index]?.count);
  if (isUnchanged) return histogram;
  // A zero count below zero (of a difference) is neither divided nor counted.
  const counted = zero.count > 0 ? [kept.zero] : [];
  const all = [...kept.positive, ...kept.negative, ...counted];
  return compactHistogram({
    ...histogram,
    zeroCount: kept.zero.count,
    count: all.reduce((total, { count }) => total + count, 0),
    sum: all.reduce((total, { count, middle }) => total + (count === 0 ? 0 : middle * count), 0),
    positiveCounts: kept.positive.map(({ count }) => count),
    negativeCounts: kept.negative.map(({ count }) => count),
  });
}

const NOTHING: Remainder = { count: 0, middle: 0 };

function trimBucket(bucket: Bucket, cut: Cut, sign: 1 | -1): Remainder {
  const { lower, upper, count } = bucket;
  if (count === 0) return NOTHING;
  const isKept = cut.end === 'upper' ? upper <= cut.value : lower >= cut.value;
  const interval = { sign, isLinear: cut.isCustom };
  if (isKept) return { count, middle: middleOf({ lower, upper, ...interval }) };
  const isCut = cut.end === 'upper' ? lower < cut.value : upper > cut.value;
  if (!isCut) return NOTHING;
  if (lower === -Infinity) return trimBottomlessBucket(bucket, cut);
  if (upper === Infinity) return trimToplessBucket(bucket, cut);
  const below = count * fractionBelow(bucket, cut.value, cut.isCustom);
  return cut.end === 'upper'
    ? { count: below, middle: middleOf({ lower, upper: cut.value, ...interval }) }
    : { count: count - below, middle: middleOf({ lower: cut.value, upper, ...interval }) };
}

/** The first custom bucket: it starts at 0 when it ends above, and cannot be divided otherwise. */
function trimBottomlessBucket(bucket: Bucket, cut: Cut): Remainder {
  const { upper, count } = bucket;
  const isDivisible = upper > 0 && upper !== Infinity;
  if (cut.end === 'upper') {
    if (isDivisible && cut.value > 0) {
      return { count: (count * cut.value) / upper, middle: cut.value / 2 };
    }
    return upper <= 0 ? { count, middle: cut.value } : NOTHING;
  }
  if (isDivisible && cut.value >= 0) {
    return { count: count * (1 - cut.value / upper), middle: (cut.value + upper) / 2 };
  }
  return NOTHING;
}

/** The bucket up to `+Inf` cannot be divided: its observations may lie anywhere. */
function trimToplessBucket(bucket: Bucket, cut: Cut): Remainder {
  const isKept = cut.end === 'lower' && cut.value >= bucket.lower;
  return isKept ? { count: bucket.count, middle: cut.value } : NOTHING;
}

function clipToPopulated(
  zero: Bucket,
  positive: readonly Bucket[],
  negative: readonly Bucket[],
): Bucket {
  const hasPositive = positive.some(({ count }) => count !== 0);
  const hasNegative = negative.some(({ count }) => count !== 0);
  if (hasNegative && !hasPositive) return { ...zero, upper: 0 };
  if (hasPositive && !hasNegative) return { ...zero, lower: 0 };
  return zero;
}

function trimZeroBucket({ lower, upper, count }: Bucket, cut: Cut): Remainder {
  if (!(count > 0)) return { count, middle: 0 };
  const { value, end } = cut;
  const isWhole = end === 'upper' ? value >= upper : value <= lower;
  const isEmpty = end === 'upper' ? value <= lower : value >= upper;
  if (isEmpty && !(isWhole && end === 'lower')) return NOTHING;
  if (isWhole) return { count, middle: (lower + upper) / 2 };
  return end === 'upper'
    ? { count: count * ((value - lower) / (upper - lower)), middle: (lower + value) / 2 }
    : { count: count * ((upper - value) / (upper - lower)), middle: (value + upper) / 2 };
}

interface Interval {
  readonly lower: number;
  readonly upper: number;
  readonly sign: 1 | -1;
  readonly isLinear: boolean;
}

function middleOf({ lower, upper, sign, isLinear }: Interval): number {
  if (!Number.isFinite(lower)) {
    if (!Number.isFinite(upper)) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (!Number.isFinite(upper)) return lower;
  return isLinear ? (lower + upper) / 2 : sign * Math.sqrt(Math.abs(lower * upper));
}

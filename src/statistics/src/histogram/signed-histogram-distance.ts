import { total } from '../distance/bin-shares.ts';
import { populationStabilityIndex } from '../distance/population-stability-index.ts';
import { type KsInterval, ksInterval, meanHeight } from './rank-histogram.ts';
import {
  aligned,
  type BucketRun,
  bucketUpper,
  histogramCount,
  type SignedHistogram,
} from './signed-histogram.ts';

/** One bucket with the values that it may hold, ascending over a histogram. */
interface ValueBucket {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Buckets by value: the negative ones from the far end, zero, the positive ones. */
function valueBuckets(histogram: SignedHistogram): ValueBucket[] {
  const { scale, zeroCount, zeroThreshold, positive, negative } = histogram;
  const magnitudes = ({ offset, counts }: BucketRun): ValueBucket[] =>
    counts.map((count, place) => ({
      low: Math.max(zeroThreshold, bucketUpper(offset + place - 1, scale)),
      high: bucketUpper(offset + place, scale),
      count,
    }));
  const below = magnitudes(negative).map(({ low, high, count }) => ({
    low: -high,
    high: -low,
    count,
  }));
  const zero = { low: -zeroThreshold, high: zeroThreshold, count: zeroCount };
  return [...below.reverse(), zero, ...magnitudes(positive)];
}

/**
 * The value below which a share of the observations lies, with observations spread evenly over the
 * logarithm of their bucket.
 *
 * @param share from 0 to 1
 * @returns `undefined` when there are no observations
 */
export function histogramQuantile(histogram: SignedHistogram, share: number): number | undefined {
  return histogramQuantiles(histogram, [share])[0];
}

/**
 * The values below which ascending shares of the observations lie, in one pass.
 *
 * @returns nothing when there are no observations
 */
export function histogramQuantiles(
  histogram: SignedHistogram,
  shares: readonly number[],
): number[] {
  const n = histogramCount(histogram);
  const buckets = valueBuckets(histogram).filter(({ count }) => count > 0);
  if (!(n > 0)) return [];
  let place = 0;
  let below = 0;
  return shares.map((share) => {
    const wanted = Math.min(1, Math.max(0, share)) * n;
    while (place < buckets.length - 1 && below + (buckets[place]?.count ?? 0) < wanted) {
      below += buckets[place]?.count ?? 0;
      place += 1;
    }
    const bucket = buckets[place] ?? { low: 0, high: 0, count: 1 };
    return within(bucket, Math.min(1, Math.max(0, wanted - below) / bucket.count));
  });
}

function within({ low, high }: ValueBucket, part: number): number {
  if (low > 0) return low * (high / low) ** part;
  if (high < 0) return high * (low / high) ** (1 - part);
  return low + (high - low) * part;
}

/** Two histograms over the same buckets, ascending by value. */
function commonCounts(first: SignedHistogram, second: SignedHistogram): ValueBucket[][] {
  const { a, b } = aligned(first, second);
  const cover = (x: BucketRun, y: BucketRun): readonly [BucketRun, BucketRun] => {
    const filled = [x, y].filter(({ counts }) => counts.length > 0);
    const from = filled.reduce(
      (low, { offset }) => Math.min(low, offset),
      Number.POSITIVE_INFINITY,
    );
    const to = filled.reduce(
      (end, { offset, counts }) => Math.max(end, offset + counts.length),
      from,
    );
    return [stretched(x, from, to), stretched(y, from, to)];
  };
  const [positiveA, positiveB] = cover(a.positive, b.positive);
  const [negativeA, negativeB] = cover(a.negative, b.negative);
  return [
    valueBuckets({ ...a, positive: positiveA, negative: negativeA }),
    valueBuckets({ ...b, positive: positiveB, negative: negativeB }),
  ];
}

function stretched({ offset, counts }: BucketRun, from: number, to: number): BucketRun {
  if (from === Number.POSITIVE_INFINITY) return { offset: 0, counts: [] };
  const all = Array.from({ length: to - from }, (_, place) => counts[from + place - offset] ?? 0);
  return { offset: from, counts: all };
}

const countsOf = (buckets: readonly ValueBucket[] = []): number[] =>
  buckets.map(({ count }) => count);

/** The Kolmogorov-Smirnov statistic of the values behind two histograms lies in this interval. */
export function histogramKs(
  baseline: SignedHistogram,
  window: SignedHistogram,
): KsInterval | undefined {
  const [first, second] = commonCounts(baseline, window);
  return ksInterval(countsOf(first), countsOf(second));
}

/**
 * Wasserstein distance of two histograms in the unit of the values, with values spread evenly over
 * their bucket.
 *
 * @returns `undefined` when a side has no observations, or beyond what a double can hold
 */
export function histogramWasserstein(
  baseline: SignedHistogram,
  window: SignedHistogram,
): number | undefined {
  const [first = [], second = []] = commonCounts(baseline, window);
  const m = total(countsOf(first));
  const n = total(countsOf(second));
  if (!(m > 0) || !(n > 0)) return undefined;
  let sum = 0;
  let gap = 0;
  let end = first[0]?.low ?? 0;
  for (const [index, { low, high, count }] of first.entries()) {
    // Between the last bucket and this one nothing is counted on either side.
    sum += Math.abs(gap) * (low - end);
    const before = gap;
    gap += count / m - (second[index]?.count ?? 0) / n;
    sum += meanHeight(before, gap) * (high - low);
    end = high;
  }
  return Number.isFinite(sum) ? sum : undefined;
}

/** The share of all observations in the fullest bucket: above 0.3, distances lose their meaning. */
export function largestBucketShare(histogram: SignedHistogram): number {
  const { zeroCount, positive, negative } = histogram;
  const n = histogramCount(histogram);
  if (!(n > 0)) return 0;
  const most = (counts: readonly number[]): number =>
    counts.reduce((high, count) => Math.max(high, count), 0);
  return Math.max(zeroCount, most(positive.counts), most(negative.counts)) / n;
}

/**
 * Population stability index of two histograms over `bins` groups of buckets that hold about equal
 * shares of the baseline.
 */
export function histogramPsi(
  baseline: SignedHistogram,
  window: SignedHistogram,
  bins = 10,
): number | undefined {
  const [first = [], second = []] = commonCounts(baseline, window);
  const m = total(countsOf(first));
  const groups: [number, number][] = [[0, 0]];
  let seen = 0;
  for (const [index, { count }] of first.entries()) {
    const group = groups.at(-1);
    if (group === undefined) break;
    seen += count;
    group[0] += count;
    group[1] += second[index]?.count ?? 0;
    if (seen < m && seen * bins >= groups.length * m) groups.push([0, 0]);
  }
  return populationStabilityIndex(
    groups.map(([count]) => count),
    groups.map(([, count]) => count),
  );
}

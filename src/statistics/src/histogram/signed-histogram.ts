import { total } from '../distance/bin-shares.ts';
import {
  bucketIndex,
  downscale,
  type ExponentialBuckets,
  mergeHistograms,
} from './exponential-histogram.ts';

/** Counts of the buckets of one sign. */
export interface BucketRun {
  /** Index of the first count. */
  readonly offset: number;
  readonly counts: readonly number[];
}

/** An exponential histogram as OpenTelemetry has it, for values of either sign. */
export interface SignedHistogram {
  readonly scale: number;
  readonly zeroCount: number;
  /** Absolute values up to here count as zero. */
  readonly zeroThreshold: number;
  readonly positive: BucketRun;
  /** Buckets of absolute values. */
  readonly negative: BucketRun;
}

/** Buckets of one sign unless told otherwise, as in the SDKs. */
const BUCKETS_MAX = 160;
/** Buckets of one sign while two histograms are compared. */
const ALIGNED_BUCKETS_MAX = 4096;
const SCALE_MAX = 20;
const SCALE_MIN = -10;
const EMPTY: BucketRun = { offset: 0, counts: [] };

/** The upper border of a bucket; the largest double where it lies beyond. */
export function bucketUpper(index: number, scale: number): number {
  return Math.min(Number.MAX_VALUE, 2 ** ((index + 1) * 2 ** -scale));
}

/** Observations in a histogram. */
export function histogramCount({ zeroCount, positive, negative }: SignedHistogram): number {
  return zeroCount + total(positive.counts) + total(negative.counts);
}

/**
 * The histogram of some values at the highest scale whose buckets fit. Values that are not finite
 * are left out.
 */
export function exponentialHistogramOf(
  values: ArrayLike<number>,
  bucketsMax: number = BUCKETS_MAX,
): SignedHistogram {
  const finite = Array.from(values).filter(Number.isFinite);
  const scale = fittingScale(finite, bucketsMax);
  const side = (sign: number): BucketRun =>
    bucketRun(finite.filter((x) => x * sign > 0).map((x) => bucketIndex(Math.abs(x), scale)));
  return {
    scale,
    zeroCount: finite.filter((x) => x === 0).length,
    zeroThreshold: 0,
    positive: side(1),
    negative: side(-1),
  };
}

function fittingScale(values: readonly number[], bucketsMax: number): number {
  for (let scale = SCALE_MAX; scale > SCALE_MIN; scale -= 1) {
    if (fits(values, scale, bucketsMax)) return scale;
  }
  return SCALE_MIN;
}

function fits(values: readonly number[], scale: number, bucketsMax: number): boolean {
  return [1, -1].every((sign) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      if (value * sign <= 0) continue;
      low = Math.min(low, Math.abs(value));
      high = Math.max(high, Math.abs(value));
    }
    return low > high || bucketIndex(high, scale) - bucketIndex(low, scale) < bucketsMax;
  });
}

function bucketRun(indexes: readonly number[]): BucketRun {
  if (indexes.length === 0) return EMPTY;
  const offset = indexes.reduce((low, index) => Math.min(low, index));
  const last = indexes.reduce((high, index) => Math.max(high, index));
  const counts = Array.from({ length: last - offset + 1 }, () => 0);
  for (const index of indexes) counts[index - offset] = (counts[index - offset] ?? 0) + 1;
  return { offset, counts };
}

/** The same histogram at a lower scale; `scale` above its own leaves it as it is. */
export function downscaleSigned(histogram: SignedHistogram, scale: number): SignedHistogram {
  if (scale >= histogram.scale) return histogram;
  const positive = runOf(downscale(bucketsOf(histogram, 'positive'), scale));
  const negative = runOf(downscale(bucketsOf(histogram, 'negative'), scale));
  return widened({ ...histogram, scale, positive, negative }, histogram.zeroThreshold);
}

/**
 * The histogram with a zero threshold of at least `threshold`. Buckets below it are folded into
 * zero; where it cuts a populated bucket it is raised to the upper end of that bucket.
 */
export function widenZero(histogram: SignedHistogram, threshold: number): SignedHistogram {
  return threshold <= histogram.zeroThreshold ? histogram : widened(histogram, threshold);
}

function widened(histogram: SignedHistogram, threshold: number): SignedHistogram {
  if (!(threshold > 0)) return histogram;
  const { scale, positive, negative } = histogram;
  const cut = bucketIndex(threshold, scale);
  const isOnBorder = bucketUpper(cut, scale) <= threshold;
  const isPopulated = [positive, negative].some((run) => countAt(run, cut) > 0);
  const folded = isOnBorder || isPopulated ? cut : cut - 1;
  return {
    scale,
    zeroCount: histogram.zeroCount + countUpTo(positive, folded) + countUpTo(negative, folded),
    zeroThreshold: isPopulated ? Math.max(threshold, bucketUpper(cut, scale)) : threshold,
    positive: above(positive, folded),
    negative: above(negative, folded),
  };
}

const countAt = ({ offset, counts }: BucketRun, index: number): number =>
  counts[index - offset] ?? 0;

const countUpTo = ({ offset, counts }: BucketRun, index: number): number =>
  total(counts.slice(0, Math.max(0, index - offset + 1)));

/** The buckets above an index, from the first that holds something. */
function above({ offset, counts }: BucketRun, index: number): BucketRun {
  const first = counts.findIndex((count, place) => count > 0 && offset + place > index);
  return first < 0 ? EMPTY : { offset: offset + first, counts: counts.slice(first) };
}

/**
 * The histogram of the values of both: at the lower scale, with the larger zero threshold, and at
 * an even lower scale where a sign would have more than `bucketsMax` buckets.
 */
export function mergeSigned(
  first: SignedHistogram,
  second: SignedHistogram,
  bucketsMax: number = BUCKETS_MAX,
): SignedHistogram {
  const { a, b } = aligned(first, second, bucketsMax);
  const side = (name: Sign): BucketRun =>
    runOf(mergeHistograms(bucketsOf(a, name), bucketsOf(b, name)));
  return {
    scale: a.scale,
    zeroCount: a.zeroCount + b.zeroCount,
    zeroThreshold: a.zeroThreshold,
    positive: side('positive'),
    negative: side('negative'),
  };
}

/**
 * What was added to a cumulative histogram since it was `before`.
 *
 * @returns `undefined` when some count went down: the histogram started again
 */
export function subtractSigned(
  now: SignedHistogram,
  before: SignedHistogram,
): SignedHistogram | undefined {
  const { a, b } = aligned(now, before);
  const minus = (histogram: SignedHistogram): SignedHistogram => ({
    ...histogram,
    zeroCount: -histogram.zeroCount,
    positive: negated(histogram.positive),
    negative: negated(histogram.negative),
  });
  const rest = mergeSigned(a, minus(b), ALIGNED_BUCKETS_MAX);
  const counts = [rest.zeroCount, ...rest.positive.counts, ...rest.negative.counts];
  return counts.every((count) => count >= 0) ? rest : undefined;
}

const negated = ({ offset, counts }: BucketRun): BucketRun => ({
  offset,
  counts: counts.map((count) => -count),
});

/**
 * Both at one scale and one zero threshold, with at most `bucketsMax` buckets for a sign: values
 * far apart would otherwise lie thousands of millions of buckets from each other.
 */
export function aligned(
  first: SignedHistogram,
  second: SignedHistogram,
  bucketsMax: number = ALIGNED_BUCKETS_MAX,
): { readonly a: SignedHistogram; readonly b: SignedHistogram } {
  const scale = commonScale(first, second, bucketsMax);
  let a = downscaleSigned(first, scale);
  let b = downscaleSigned(second, scale);
  // The first pass may raise one threshold to the end of a bucket, which cuts none of the other.
  for (let pass = 0; pass < 2; pass += 1) {
    const threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
    a = widenZero(a, threshold);
    b = widenZero(b, threshold);
  }
  return { a, b };
}

function commonScale(a: SignedHistogram, b: SignedHistogram, bucketsMax: number): number {
  const lowest = Math.min(a.scale, b.scale);
  const extents = (['positive', 'negative'] as const).map((sign) => {
    const ends = [a, b].flatMap((histogram) => {
      const steps = histogram.scale - lowest;
      return populatedEnds(histogram[sign]).map((index) => index >> steps);
    });
    return { from: Math.min(...ends), to: Math.max(...ends) };
  });
  let steps = 0;
  const isTooWide = (): boolean =>
    extents.some(({ from, to }) => from <= to && (to >> steps) - (from >> steps) >= bucketsMax);
  while (lowest - steps > SCALE_MIN && isTooWide()) steps += 1;
  return lowest - steps;
}

/** The first and the last index that holds something. */
function populatedEnds({ offset, counts }: BucketRun): number[] {
  const first = counts.findIndex((count) => count !== 0);
  if (first < 0) return [];
  return [offset + first, offset + counts.findLastIndex((count) => count !== 0)];
}

type Sign = 'positive' | 'negative';

const bucketsOf = (histogram: SignedHistogram, sign: Sign): ExponentialBuckets => ({
  scale: histogram.scale,
  zeroCount: 0,
  ...runOf(histogram[sign]),
});

/** Without empty buckets at its ends, so that equal histograms look equal. */
function runOf({ offset, counts }: BucketRun): BucketRun {
  const first = counts.findIndex((count) => count !== 0);
  if (first < 0) return EMPTY;
  const end = counts.findLastIndex((count) => count !== 0) + 1;
  return { offset: offset + first, counts: counts.slice(first, end) };
}

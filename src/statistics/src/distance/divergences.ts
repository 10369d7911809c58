import { type Smoothing, sharePair, total } from './bin-shares.ts';
import { chiSquareQuantile } from './special-functions.ts';

/**
 * Jensen-Shannon distance with base-2 logarithms: the square root of the divergence, in [0, 1].
 *
 * @returns `undefined` when a side has no observations
 * @throws {StatisticsError} `BIN_MISMATCH` when the lengths differ
 */
export function jensenShannonDistance(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  smoothing?: Smoothing,
): number | undefined {
  const pair = sharePair(baseline, window, smoothing);
  if (pair === undefined) return undefined;
  let sum = 0;
  for (let index = 0; index < pair.p.length; index += 1) {
    const p = pair.p[index] ?? 0;
    const q = pair.q[index] ?? 0;
    const middle = (p + q) / 2;
    if (p > 0) sum += (p * Math.log2(p / middle)) / 2;
    if (q > 0) sum += (q * Math.log2(q / middle)) / 2;
  }
  return Math.sqrt(Math.max(0, sum));
}

/** Hellinger distance, `sqrt(1/2 sum (sqrt p - sqrt q)^2)`, in [0, 1]. */
export function hellingerDistance(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  smoothing?: Smoothing,
): number | undefined {
  const pair = sharePair(baseline, window, smoothing);
  if (pair === undefined) return undefined;
  let sum = 0;
  for (let index = 0; index < pair.p.length; index += 1) {
    sum += (Math.sqrt(pair.p[index] ?? 0) - Math.sqrt(pair.q[index] ?? 0)) ** 2;
  }
  return Math.sqrt(sum / 2);
}

/** Total variation distance of the plain shares, `1/2 sum |p - q|`, in [0, 1]. */
export function totalVariation(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
): number | undefined {
  const gaps = shareGaps(baseline, window);
  return gaps && total(gaps) / 2;
}

/** Largest difference of a plain share, `max |p - q|`. */
export function lInfinity(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
): number | undefined {
  const gaps = shareGaps(baseline, window);
  return gaps?.reduce((largest, gap) => Math.max(largest, gap), 0);
}

function shareGaps(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
): Float64Array | undefined {
  const pair = sharePair(baseline, window, 'none');
  return pair?.p.map((p, index) => Math.abs(p - (pair.q[index] ?? 0)));
}

/** Sizes that decide how large a distance noise alone makes. */
export interface NoiseSizes {
  /** Observations of the baseline. */
  readonly m: number;
  /** Observations of the window. */
  readonly n: number;
  readonly bins: number;
}

const harmonicSize = ({ m, n }: NoiseSizes): number => (m * n) / (m + n);

/** The distance that 95 % of unchanged windows stay below: `8 ln2 N JS^2 ~ chi2(bins - 1)`. */
export function jensenShannonFloor95(sizes: NoiseSizes): number {
  return Math.sqrt(chiSquareQuantile(0.95, sizes.bins - 1) / (8 * Math.LN2 * harmonicSize(sizes)));
}

/** The distance that 95 % of unchanged windows stay below: `8 N H^2 ~ chi2(bins - 1)`. */
export function hellingerFloor95(sizes: NoiseSizes): number {
  return Math.sqrt(chiSquareQuantile(0.95, sizes.bins - 1) / (8 * harmonicSize(sizes)));
}

import { total } from '../distance/bin-shares.ts';

/** Bounds of the Kolmogorov-Smirnov statistic that a pair of histograms leaves open. */
export interface KsInterval {
  readonly low: number;
  readonly high: number;
}

/** The statistic lies inside this interval whatever the values within the buckets were. */
export function ksInterval(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
): KsInterval | undefined {
  const m = total(baseline);
  const n = total(window);
  if (!(m > 0) || !(n > 0)) return undefined;
  let f = 0;
  let g = 0;
  let low = 0;
  let high = 0;
  for (let index = 0; index < baseline.length; index += 1) {
    const fBefore = f / m;
    const gBefore = g / n;
    f += baseline[index] ?? 0;
    g += window[index] ?? 0;
    low = Math.max(low, Math.abs(f / m - g / n));
    high = Math.max(high, f / m - gBefore, g / n - fBefore);
  }
  return { low, high };
}

/**
 * Wasserstein distance of ranks: the integral of `|G(u) - u|` over ranks u, in [0, 1/2], with G
 * linear inside each bucket.
 *
 * @param weights how much of the baseline each bucket holds; equal shares unless given
 */
export function rankWasserstein(
  counts: ArrayLike<number>,
  weights: ArrayLike<number> = Array.from(counts, () => 1),
): number | undefined {
  const n = total(counts);
  const m = total(weights);
  if (!(n > 0) || !(m > 0)) return undefined;
  let sum = 0;
  let gap = 0;
  let seen = 0;
  let baseline = 0;
  for (let index = 0; index < counts.length; index += 1) {
    const left = gap;
    const weight = weights[index] ?? 0;
    seen += counts[index] ?? 0;
    baseline += weight;
    gap = seen / n - baseline / m;
    sum += meanHeight(left, gap) * weight;
  }
  return sum / m;
}

/** Mean of the absolute value of a line from one height to another. */
export function meanHeight(left: number, right: number): number {
  if (left * right >= 0) return Math.abs(left + right) / 2;
  // Where the line crosses zero the area is two triangles.
  return (left * left + right * right) / (Math.abs(left) + Math.abs(right)) / 2;
}

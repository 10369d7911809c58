import { total } from './bin-shares.ts';

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
 * linear inside each of the equal buckets.
 */
export function rankWasserstein(counts: ArrayLike<number>): number | undefined {
  const n = total(counts);
  if (!(n > 0)) return undefined;
  const buckets = counts.length;
  let sum = 0;
  let seen = 0;
  for (let index = 0; index < buckets; index += 1) {
    const left = seen / n - index / buckets;
    seen += counts[index] ?? 0;
    const right = seen / n - (index + 1) / buckets;
    // Where the difference changes its sign the area is two triangles.
    sum +=
      left * right >= 0
        ? Math.abs(left + right) / 2
        : (left * left + right * right) / (Math.abs(left) + Math.abs(right)) / 2;
  }
  return sum / buckets;
}

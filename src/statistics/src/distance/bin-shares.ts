import { StatisticsError } from '../errors.ts';

/** How counts become shares before a logarithm meets them. */
export type Smoothing =
  /** Krichevsky and Trofimov: `(count + 1/2) / (n + bins/2)`. The default. */
  | 'krichevsky-trofimov'
  /** Plain shares: what other tools compute before they meet an empty bin. */
  | 'none'
  /** Shares floored at `epsilon`, not renormalized; for parity with other tools. */
  | { readonly epsilon: number };

/** Counts of one distribution and of another over the same bins. */
export interface SharePair {
  readonly p: Float64Array;
  readonly q: Float64Array;
}

/**
 * The shares of two count vectors over the same bins; `undefined` when a side has no observations.
 *
 * @throws {StatisticsError} `BIN_MISMATCH` when the lengths differ
 */
export function sharePair(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  smoothing: Smoothing = 'krichevsky-trofimov',
): SharePair | undefined {
  if (baseline.length !== window.length) {
    throw new StatisticsError(
      'BIN_MISMATCH',
      `Cannot compare ${baseline.length} bins with ${window.length}: both sides need the same bins`,
    );
  }
  const m = total(baseline);
  const n = total(window);
  if (!(m > 0) || !(n > 0)) return undefined;
  return { p: shares(baseline, m, smoothing), q: shares(window, n, smoothing) };
}

function shares(counts: ArrayLike<number>, n: number, smoothing: Smoothing): Float64Array {
  const bins = counts.length;
  return Float64Array.from(counts, (count) => {
    if (smoothing === 'none') return count / n;
    if (smoothing === 'krichevsky-trofimov') return (count + 0.5) / (n + bins / 2);
    return Math.max(count / n, smoothing.epsilon);
  });
}

/** The sum of all counts. */
export function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < counts.length; index += 1) sum += counts[index] ?? 0;
  return sum;
}

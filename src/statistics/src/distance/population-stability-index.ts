import { type SharePair, type Smoothing, sharePair, total } from './bin-shares.ts';
import { chiSquareQuantile, chiSquareSurvival } from './special-functions.ts';

/**
 * Population stability index of a window against its baseline, in nats: `sum (p - q) ln(p / q)`.
 *
 * Symmetric. Shares are smoothed after Krichevsky and Trofimov, because one unseen bin would
 * otherwise make the index infinite. With smoothing `'none'` an empty bin on one side gives
 * `Infinity`; a bin empty on both sides counts nothing.
 *
 * @param baseline counts of the baseline, one a bin
 * @param window counts of the window over the same bins
 * @returns nats; `undefined` when a side has no observations
 * @throws {StatisticsError} `BIN_MISMATCH` when the lengths differ
 *
 * @example
 * populationStabilityIndex([50, 50], [90, 10], 'none'); // 0.8788898309344876
 */
export function populationStabilityIndex(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  smoothing?: Smoothing,
): number | undefined {
  const pair = sharePair(baseline, window, smoothing);
  return pair && indexOfShares(pair);
}

function indexOfShares({ p, q }: SharePair): number {
  let sum = 0;
  for (let index = 0; index < p.length; index += 1) {
    const a = p[index] ?? 0;
    const b = q[index] ?? 0;
    if (a !== b) sum += (a - b) * Math.log(a / b);
  }
  return sum;
}

/**
 * What sampling noise alone does to the index: `N * PSI` follows chi-squared with `bins - 1`
 * degrees of freedom, `N = mn / (m + n)` (Yurdakul 2018).
 */
export interface PsiNoise {
  /** Expected index without any change: `(bins - 1)(1/m + 1/n)`. */
  readonly mean: number;
  /** The index without its expected noise. May be negative. */
  readonly debiased: number;
  /** Probability of an index this large without any change. */
  readonly pValue: number;
  /** The index that 95 % of unchanged windows stay below. */
  readonly floor95: number;
}

/** The noise-corrected reading of an index; `undefined` when a side has no observations. */
export function psiNoise(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
): PsiNoise | undefined {
  const psi = populationStabilityIndex(baseline, window);
  if (psi === undefined) return undefined;
  const m = total(baseline);
  const n = total(window);
  const degrees = baseline.length - 1;
  const harmonic = (m * n) / (m + n);
  const mean = degrees * (1 / m + 1 / n);
  return {
    mean,
    debiased: psi - mean,
    pValue: chiSquareSurvival(psi * harmonic, degrees),
    floor95: chiSquareQuantile(0.95, degrees) / harmonic,
  };
}

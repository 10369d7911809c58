import { total } from './bin-shares.ts';

/** An effect size and the size that 95 % of unchanged windows stay below. */
export interface Effect {
  readonly distance: number;
  readonly floor: number;
}

/** Half-width of a 95 % normal interval. */
const Z95 = 1.96;
/** 95 % point of Kolmogorov's limit law. */
const KS95 = 1.358;

/** Sizes of baseline and window, and how many dependent records weigh as one. */
export interface EffectSizes {
  readonly m: number;
  readonly n: number;
  readonly designEffect: number;
}

/** The Kolmogorov-Smirnov distance with its floor. */
export const ksEffect = (distance: number, { m, n, designEffect }: EffectSizes): Effect => ({
  distance,
  floor: n === 0 ? 1 : KS95 * Math.sqrt(designEffect * (1 / m + 1 / n)),
});

/** The difference of two rates; the pooled rate is smoothed so that 0 of 1000 is not certainty. */
export function rateEffect(
  baselineHits: number,
  windowHits: number,
  { m, n, designEffect }: EffectSizes,
): Effect {
  if (m === 0 || n === 0) return { distance: 0, floor: 1 };
  const pooled = (baselineHits + windowHits + 1) / (m + n + 2);
  const harmonic = (m * n) / (m + n);
  return {
    distance: Math.abs(windowHits / n - baselineHits / m),
    floor: Z95 * Math.sqrt((designEffect * pooled * (1 - pooled)) / harmonic),
  };
}

/** Total variation of category counts, with a floor from their sampling variances. */
export function categoryEffect(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  designEffect: number,
): Effect {
  const m = total(baseline);
  const n = total(window);
  if (m === 0 || n === 0) return { distance: 0, floor: 1 };
  const harmonic = (m * n) / (m + n);
  let distance = 0;
  let means = 0;
  let variances = 0;
  let filled = 0;
  for (let index = 0; index < baseline.length; index += 1) {
    const p = (baseline[index] ?? 0) / m;
    distance += Math.abs(p - (window[index] ?? 0) / n) / 2;
    const variance = (p * (1 - p)) / harmonic;
    means += Math.sqrt((2 * variance) / Math.PI);
    variances += variance;
    if (p > 0) filled += 1;
  }
  const root = Math.sqrt(designEffect);
  if (filled <= 2) return { distance, floor: Z95 * root * Math.sqrt(variances / 2) };
  const spread = Math.sqrt((1 - 2 / Math.PI) * variances);
  return { distance, floor: root * (means / 2 + (2.2 * spread) / 2) };
}

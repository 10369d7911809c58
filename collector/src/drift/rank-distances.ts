import {
  chiSquareSurvival,
  hellingerDistance,
  jensenShannonDistance,
  type KsInterval,
  ksInterval,
  populationStabilityIndex,
  psiNoise,
  rankWasserstein,
  total,
} from '@telltale/statistics';

/** How far the merged ranks of a stream are from its baseline. */
export interface RankDistances {
  readonly psi: number;
  readonly psiDebiased: number;
  /** The index that 95 % of unchanged windows stay below. */
  readonly psiFloor: number;
  /** Probability of such an index without a change, at one look. */
  readonly psiP: number;
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly ks: KsInterval;
  readonly rankWasserstein: number;
}

/** @returns `undefined` without records */
export function rankDistances(
  weights: ArrayLike<number>,
  counts: ArrayLike<number>,
  designEffect: number,
): RankDistances | undefined {
  const noise = psiNoise(weights, counts);
  const ks = ksInterval(weights, counts);
  if (noise === undefined || ks === undefined) return undefined;
  return {
    psi: populationStabilityIndex(weights, counts) ?? 0,
    psiDebiased: noise.debiased,
    psiFloor: noise.floor95 * designEffect,
    psiP: psiP(weights, counts, designEffect),
    jensenShannon: jensenShannonDistance(weights, counts) ?? 0,
    hellinger: hellingerDistance(weights, counts) ?? 0,
    ks,
    rankWasserstein: rankWasserstein(counts, weights) ?? 0,
  };
}

/** Probability of such an index without a change, where dependent records weigh less. */
export function psiP(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  designEffect: number,
): number {
  const psi = populationStabilityIndex(baseline, window);
  if (psi === undefined) return 1;
  const m = total(baseline);
  const n = total(window);
  return chiSquareSurvival((psi * m * n) / ((m + n) * designEffect), baseline.length - 1);
}

import {
  chiSquareQuantile,
  chiSquareSurvival,
  hellingerDistance,
  jensenShannonDistance,
  type KsInterval,
  ksInterval,
  populationStabilityIndex,
  rankWasserstein,
  total,
} from '@telltale/statistics';

import { RANK_BUCKETS } from './fleet-point.ts';

/** An index with what sampling noise alone does to it; dependent records weigh less. */
export interface RankIndex {
  readonly psi: number;
  /** The index without its expected noise. May be negative. */
  readonly psiDebiased: number;
  /** The index that 95 % of unchanged windows stay below. */
  readonly psiFloor: number;
  /** Probability of such an index without a change, at one look. */
  readonly psiP: number;
}

/** How far the merged ranks of a stream are from its baseline. */
export interface RankDistances extends RankIndex {
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly ks: KsInterval;
  readonly rankWasserstein: number;
}

const DEGREES = RANK_BUCKETS - 1;
const QUANTILE95 = chiSquareQuantile(0.95, DEGREES);

/** @returns `undefined` without records */
export function rankDistances(
  weights: ArrayLike<number>,
  counts: ArrayLike<number>,
  designEffect: number,
): RankDistances | undefined {
  const index = rankIndex(weights, counts, designEffect);
  const ks = ksInterval(weights, counts);
  if (index === undefined || ks === undefined) return undefined;
  return {
    ...index,
    jensenShannon: jensenShannonDistance(weights, counts) ?? 0,
    hellinger: hellingerDistance(weights, counts) ?? 0,
    ks,
    rankWasserstein: rankWasserstein(counts, weights) ?? 0,
  };
}

/** @returns `undefined` when a side has no records */
export function rankIndex(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  designEffect: number,
): RankIndex | undefined {
  const psi = populationStabilityIndex(baseline, window);
  if (psi === undefined) return undefined;
  const m = total(baseline);
  const n = total(window);
  const harmonic = (m * n) / (m + n) / designEffect;
  return {
    psi,
    psiDebiased: psi - DEGREES / harmonic,
    psiFloor: QUANTILE95 / harmonic,
    psiP: chiSquareSurvival(psi * harmonic, DEGREES),
  };
}

import {
  type Baseline,
  hellingerDistance,
  hellingerFloor95,
  interquartileRange,
  jensenShannonDistance,
  jensenShannonFloor95,
  ksAsymptotic,
  ksPValue,
  populationStabilityIndex,
  psiNoise,
  rankWasserstein,
  totalVariation,
  wassersteinDistance,
} from '@telltale/statistics';

import type { Comparison } from '../compare/comparison.ts';
import type { NumberWindow } from '../compare/effect/window.ts';
import { type CountPair, countPair } from '../compare/effect/window-counts.ts';

/** A distance, what noise alone makes of it, and how likely noise makes one this large. */
export interface Distance {
  readonly value: number;
  /** 95 % of unchanged windows stay below; `null` where no law is known. */
  readonly floor: number | null;
  readonly p: number | null;
}

/** Distances of the window from the baseline; absent ones are `null`, never NaN. */
export interface Distances {
  readonly ks: Distance | null;
  readonly totalVariation: Distance | null;
  readonly psi: (Distance & { readonly debiased: number }) | null;
  readonly jensenShannon: Distance | null;
  readonly hellinger: Distance | null;
  /** Wasserstein distance in spreads of the baseline. */
  readonly wassersteinIqr: number | null;
  readonly rankWasserstein: number | null;
  /** Difference of the means, in the unit of the values. */
  readonly meanDelta: number | null;
  readonly sigmaRatio: number | null;
}

/** Sizes up to which the exact law of unequal samples costs less than a millisecond. */
const EXACT_PAIRS_MAX = 40_000;
/** Ratio of a normal distribution's interquartile range to its standard deviation. */
const IQR_PER_SIGMA = 1.349;

export const finiteOrNull = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;

/** What the statistics say about the window of a stream's values. Not cheap: it sorts the window. */
export function valueDistances(comparison: Comparison): Distances {
  const { numbers, baseline } = comparison;
  const pair = countPair(comparison);
  return {
    ks: numbers === undefined ? null : ksDistance(comparison, numbers),
    totalVariation: numbers === undefined ? variation(comparison, pair) : null,
    ...binned(pair, baseline.designEffect),
    rankWasserstein: finiteOrNull(rankWasserstein(comparison.value.window.rankCounts())),
    ...(numbers === undefined ? NO_MOMENTS : momentsOf(numbers, baseline)),
  };
}

const NO_MOMENTS = { wassersteinIqr: null, meanDelta: null, sigmaRatio: null } as const;

function ksDistance({ value }: Comparison, { sliding, length }: NumberWindow): Distance | null {
  if (length === 0) return null;
  const sizes = { m: sliding.baselineSize, n: length, numerator: sliding.numerator() };
  const isExact = sizes.m === sizes.n || sizes.m * sizes.n <= EXACT_PAIRS_MAX;
  const p = isExact ? ksPValue(sizes) : ksAsymptotic(sizes);
  return {
    value: sizes.numerator / (sizes.m * sizes.n),
    floor: finiteOrNull(value.window.effect().floor),
    p: finiteOrNull(p),
  };
}

function variation({ value }: Comparison, pair: CountPair): Distance | null {
  const distance = totalVariation(pair.baseline, pair.window);
  if (distance === undefined) return null;
  return { value: distance, floor: finiteOrNull(value.window.effect().floor), p: null };
}

function binned(
  { baseline, window }: CountPair,
  designEffect: number,
): Pick<Distances, 'psi' | 'jensenShannon' | 'hellinger'> {
  const noise = psiNoise(baseline, window);
  const psi = populationStabilityIndex(baseline, window);
  if (noise === undefined || psi === undefined) {
    return { psi: null, jensenShannon: null, hellinger: null };
  }
  const bins = baseline.length;
  const m = sum(baseline);
  const n = sum(window);
  // Dependent records weigh less, so noise is larger by the design effect.
  const root = Math.sqrt(designEffect);
  const floorOf = (floor: number): number | null => (bins < 2 ? null : finiteOrNull(floor));
  return {
    psi: {
      value: psi,
      debiased: noise.debiased,
      floor: floorOf(noise.floor95 * designEffect),
      p: bins < 2 ? null : finiteOrNull(noise.pValue),
    },
    jensenShannon: {
      value: jensenShannonDistance(baseline, window) ?? 0,
      floor: floorOf(jensenShannonFloor95({ m, n, bins }) * root),
      p: null,
    },
    hellinger: {
      value: hellingerDistance(baseline, window) ?? 0,
      floor: floorOf(hellingerFloor95({ m, n, bins }) * root),
      p: null,
    },
  };
}

const sum = (counts: ArrayLike<number>): number => Array.from(counts).reduce((a, b) => a + b, 0);

/** All in deviations first, whose size does not depend on the unit of the values. */
function momentsOf(
  numbers: NumberWindow,
  { sample }: Baseline,
): Pick<Distances, 'wassersteinIqr' | 'meanDelta' | 'sigmaRatio'> {
  const window = numbers.deviations().sort();
  if (window.length === 0) return NO_MOMENTS;
  const reference = sample.map((value) => numbers.deviation(value));
  const before = momentPair(reference);
  const now = momentPair(window);
  const spread = interquartileRange(reference) / IQR_PER_SIGMA;
  const w1 = wassersteinDistance(reference, window);
  return {
    wassersteinIqr: w1 === undefined || spread <= 0 ? zeroOrNull(w1) : finiteOrNull(w1 / spread),
    meanDelta: finiteOrNull((now.mean - before.mean) * numbers.spread),
    sigmaRatio: finiteOrNull(now.sigma / before.sigma),
  };
}

/** A baseline without spread has no unit to measure in: only "no distance at all" can be said. */
const zeroOrNull = (distance: number | undefined): number | null => (distance === 0 ? 0 : null);

function momentPair(values: Float64Array): { readonly mean: number; readonly sigma: number } {
  let mean = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) {
    const delta = (values[index] ?? 0) - mean;
    mean += delta / (index + 1);
    squares += delta * ((values[index] ?? 0) - mean);
  }
  return { mean, sigma: Math.sqrt(squares / values.length) };
}

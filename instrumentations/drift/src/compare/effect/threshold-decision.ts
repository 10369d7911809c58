import {
  chiSquaredTest,
  chiSquareQuantile,
  chiSquareSurvival,
  type Effect,
  hellingerDistance,
  hellingerFloor95,
  jensenShannonDistance,
  jensenShannonFloor95,
  ksAsymptotic,
  ksPValue,
  type NoiseSizes,
  populationStabilityIndex,
} from '@telltale/statistics';

import type { DriftOptions, ThresholdMetric } from '../../types.ts';
import { countPair, type ValueWindow } from './window-counts.ts';

/** Bins of a baseline of numbers. */
const BINS = 10;
/** p-values of `ks_p` that mean drift and alert. */
const P_DRIFT = 0.05;
const P_ALERT = 0.01;
/** Sizes up to which the exact law of unequal samples costs less than a millisecond. */
const EXACT_PAIRS_MAX = 40_000;

/** A bare comparison that takes the place of evidence. */
export interface ThresholdRule {
  readonly driftThreshold: number;
  readonly alertThreshold: number;
  /** The metric as a size that grows with the change: distances as they are, 1 - p for `ks_p`. */
  readonly effect: () => Effect;
}

/** What is compared, and how often noise alone exceeds it. */
export interface ThresholdCase {
  readonly metric: ThresholdMetric;
  /** A distance, or for `ks_p` a p-value. */
  readonly threshold: number;
  /** Values of the baseline. */
  readonly baseline: number;
  /** Values of the window. */
  readonly window: number;
  /** Bins of the distances that count; default 10. */
  readonly bins?: number;
}

/**
 * Share of windows without any drift whose metric exceeds the threshold, at one look, by the limit
 * laws of the metrics (Yurdakul 2018), for Kolmogorov-Smirnov by the exact one.
 */
export function falseAlarmShare(of: ThresholdCase): number {
  const { metric, threshold, baseline: m, window: n, bins = BINS } = of;
  const harmonic = (m * n) / (m + n);
  switch (metric) {
    case 'psi':
      return chiSquareSurvival(threshold * harmonic, bins - 1);
    case 'js':
      return chiSquareSurvival(8 * Math.LN2 * harmonic * threshold ** 2, bins - 1);
    case 'hellinger':
      return chiSquareSurvival(8 * harmonic * threshold ** 2, bins - 1);
    case 'ks':
      return ksPValue({ m, n, numerator: smallestNumeratorAbove(threshold, m, n) });
    case 'ks_p':
      return threshold;
  }
}

/** Distances of whole records are multiples of one over the least common multiple of the sizes. */
function smallestNumeratorAbove(threshold: number, m: number, n: number): number {
  const step = greatestCommonDivisor(m, n);
  const steps = (m * n) / step;
  // A threshold such as 0.07 is not quite the double it stands for.
  return (Math.floor(threshold * steps * (1 + 1e-12)) + 1) * step;
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/**
 * What a start-up should say of thresholds without evidence: how often they cry wolf.
 *
 * @returns nothing where evidence decides
 */
export function decisionWarning(options: DriftOptions): string | undefined {
  if (options.decision !== 'threshold') return undefined;
  const { metric, window, baseline } = options;
  const threshold = metric === 'ks_p' ? P_DRIFT : options.driftThreshold;
  const share = falseAlarmShare({ metric, threshold, baseline: baseline.size, window });
  const sign = metric === 'ks_p' ? '<' : '>';
  const bins = metric === 'ks' || metric === 'ks_p' ? '' : `, ${BINS} bins`;
  return `drift: ${metric} ${sign} ${threshold} with baseline ${baseline.size}, window ${window}${bins} is exceeded by ${percent(share)} of windows without drift`;
}

function percent(share: number): string {
  if (share >= 0.1) return `${Math.round(share * 100)} %`;
  return share < 0.001 ? 'less than 0.1 %' : `${Number((share * 100).toFixed(1))} %`;
}

/** The comparison that decides a stream's values; nothing where evidence decides. */
export function thresholdRule(options: DriftOptions, of: ValueWindow): ThresholdRule | undefined {
  if (options.decision !== 'threshold') return undefined;
  const { metric } = options;
  const isP = metric === 'ks_p';
  const floorOf = rememberedFloor(metric, of.baseline.designEffect);
  return {
    driftThreshold: isP ? 1 - P_DRIFT : options.driftThreshold,
    alertThreshold: isP ? 1 - P_ALERT : options.alertThreshold,
    effect: () => effectOf(metric, of, floorOf),
  };
}

function effectOf(metric: ThresholdMetric, of: ValueWindow, floorOf: FloorOf): Effect {
  switch (metric) {
    case 'ks':
      return (of.numbers ?? of.categories)?.effect() ?? NO_EFFECT;
    case 'ks_p':
      return { distance: 1 - pValue(of), floor: 1 - P_DRIFT };
    case 'psi':
    case 'js':
    case 'hellinger':
      return countedEffect(metric, of, floorOf);
  }
}

const NO_EFFECT: Effect = { distance: 0, floor: 1 };

function pValue(of: ValueWindow): number {
  const { numbers } = of;
  if (numbers === undefined) {
    const { baseline, window } = countPair(of);
    return chiSquaredTest(baseline, window, { pool: true })?.pValue ?? 1;
  }
  const { sliding, length } = numbers;
  const sizes = { m: sliding.baselineSize, n: length, numerator: sliding.numerator() };
  if (length === 0) return 1;
  const isExact = sizes.m === sizes.n || sizes.m * sizes.n <= EXACT_PAIRS_MAX;
  return isExact ? ksPValue(sizes) : ksAsymptotic(sizes);
}

function countedEffect(metric: CountedMetric, of: ValueWindow, floorOf: FloorOf): Effect {
  const { baseline, window } = countPair(of);
  const n = sum(window);
  // One bin tells nothing apart.
  if (n === 0 || baseline.length < 2) return NO_EFFECT;
  const distance = DISTANCES[metric](baseline, window) ?? 0;
  return { distance, floor: floorOf({ m: sum(baseline), n, bins: baseline.length }) };
}

type CountedMetric = 'psi' | 'js' | 'hellinger';

const DISTANCES = {
  psi: populationStabilityIndex,
  js: jensenShannonDistance,
  hellinger: hellingerDistance,
} as const;

type FloorOf = (sizes: NoiseSizes) => number;

/** The floor of a metric. It is expensive, and a full window has always the same: the last is kept. */
function rememberedFloor(metric: ThresholdMetric, designEffect: number): FloorOf {
  let last = { n: 0, floor: 1 };
  return (sizes) => {
    if (last.n !== sizes.n) {
      last = { n: sizes.n, floor: floorOfCounts(metric, sizes, designEffect) };
    }
    return last.floor;
  };
}

/** Dependent records weigh less, so noise is larger by the design effect. */
function floorOfCounts(metric: ThresholdMetric, sizes: NoiseSizes, designEffect: number): number {
  if (metric === 'psi') {
    const { m, n, bins } = sizes;
    return (chiSquareQuantile(0.95, bins - 1) * designEffect * (m + n)) / (m * n);
  }
  const floor = metric === 'js' ? jensenShannonFloor95(sizes) : hellingerFloor95(sizes);
  return floor * Math.sqrt(designEffect);
}

const sum = (counts: ArrayLike<number>): number => Array.from(counts).reduce((a, b) => a + b, 0);

import { readProbability } from '@telltale/core';
import {
  estimateLoss,
  estimatePerformance,
  isotonicValue,
  type PerformanceEstimate,
} from '@telltale/statistics';

import { VERDICT_RECORDS_MIN } from '../types.ts';
import { finiteOrNull } from './distances.ts';
import type { StreamMonitor } from './stream-monitor.ts';

/** Half-width of a 95 % normal interval. */
const Z95 = 1.96;

export type EstimatedMetric =
  | 'accuracy'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'specificity'
  | 'auc'
  | 'mean_absolute_error'
  | 'root_mean_squared_error';

/**
 * Whether probabilities went through a calibration that was learned from labels; `dle`: numbers, by
 * what predictions of their values cost where the targets were known.
 */
export type EstimationMethod = 'cbpe' | 'cbpe_uncalibrated' | 'dle';

/** A rate with its 95 % interval; `null` where no error is known. */
export interface EstimatedRate {
  readonly metric: EstimatedMetric;
  readonly method: EstimationMethod;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Standard error, not cut at the ends of [0, 1]. */
  readonly error: number | null;
}

/**
 * How well a classifier does on the window of its probabilities, without labels: all rates of a
 * binary classifier from the probability of its positive class, the accuracy of any from the
 * probability of the class it chose. A baseline that was built with labels brings the calibration.
 * Right only while it holds: this cannot see that the truth changed.
 *
 * @param threshold probability from which a prediction counts as positive
 * @returns nothing for streams that are no probabilities, or with too few of them
 */
export function estimateStream(
  monitor: StreamMonitor,
  threshold: number,
): readonly EstimatedRate[] {
  if (monitor.kind === 'numeric') return lossOf(monitor);
  const scores = probabilitiesOf(monitor);
  if (scores === undefined) return [];
  const knots = monitor.comparison?.baseline.calibration;
  const calibrated = knots === undefined ? scores : scores.map((p) => isotonicValue(knots, p));
  // The model chose this class, so it said "positive" to it, however unsure.
  const decision = monitor.kind === 'confidence' ? 0 : threshold;
  const estimate = estimatePerformance(calibrated, decision, scores);
  if (estimate === undefined) return [];
  const rates = ratesOf(estimate, knots === undefined ? 'cbpe_uncalibrated' : 'cbpe');
  return monitor.kind === 'confidence'
    ? rates.filter(({ metric }) => metric === 'accuracy')
    : rates;
}

/** Errors of a regression; nothing where its baseline was built without targets. */
function lossOf({ comparison }: StreamMonitor): readonly EstimatedRate[] {
  const knots = comparison?.baseline.loss;
  const numbers = comparison?.numbers;
  if (knots === undefined || numbers === undefined || numbers.length < VERDICT_RECORDS_MIN) {
    return [];
  }
  const estimate = estimateLoss(numbers.values(), knots);
  if (estimate === undefined) return [];
  const { meanAbsoluteError: value, rootMeanSquaredError, standardError: error } = estimate;
  const half = Z95 * error;
  const method = 'dle';
  return [
    {
      metric: 'mean_absolute_error',
      method,
      value,
      lower: Math.max(0, value - half),
      upper: value + half,
      error,
    },
    {
      metric: 'root_mean_squared_error',
      method,
      value: rootMeanSquaredError,
      lower: null,
      upper: null,
      error: null,
    },
  ];
}

/** The probabilities of the window; nothing for streams of others, or with too few. */
function probabilitiesOf({ kind, comparison }: StreamMonitor): Float64Array | undefined {
  const numbers = comparison?.numbers;
  const isProbability = kind === 'score' || kind === 'confidence';
  if (!isProbability || numbers === undefined || numbers.length < VERDICT_RECORDS_MIN) {
    return undefined;
  }
  const values = numbers.values();
  const probabilities = values.map((p) => readProbability(p) ?? Number.NaN);
  return probabilities.some(Number.isNaN) ? undefined : probabilities;
}

function ratesOf(
  estimate: PerformanceEstimate,
  method: EstimationMethod,
): readonly EstimatedRate[] {
  const { standardError } = estimate;
  const rates: readonly (readonly [EstimatedMetric, number, number | undefined])[] = [
    ['accuracy', estimate.accuracy, standardError.accuracy],
    ['precision', estimate.precision, standardError.precision],
    ['recall', estimate.recall, standardError.recall],
    ['f1', estimate.f1, standardError.f1],
    ['specificity', estimate.specificity, undefined],
    ['auc', estimate.auc, undefined],
  ];
  return rates.flatMap(([metric, value, error]) => {
    if (finiteOrNull(value) === null) return [];
    const known = finiteOrNull(error);
    const half = known === null ? null : Z95 * known;
    return {
      metric,
      method,
      value,
      lower: half === null ? null : Math.max(0, value - half),
      upper: half === null ? null : Math.min(1, value + half),
      error: known,
    };
  });
}

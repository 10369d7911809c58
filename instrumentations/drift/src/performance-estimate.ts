import { estimatePerformance, type PerformanceEstimate } from '@telltale/statistics';

import { finiteOrNull } from './distances.ts';
import { type StreamMonitor, VERDICT_RECORDS_MIN } from './stream-monitor.ts';

/** Half-width of a 95 % normal interval. */
const Z95 = 1.96;
/** What single precision may have added to a probability. */
const ROUNDING = 1e-5;

export type EstimatedMetric = 'accuracy' | 'precision' | 'recall' | 'f1' | 'specificity' | 'auc';

/** A rate with its 95 % interval; `null` ends where no error is known. */
export interface EstimatedRate {
  readonly metric: EstimatedMetric;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * How well a classifier does on the window of its probabilities, without labels: all rates of a
 * binary classifier from the probability of its positive class, the accuracy of any from the
 * probability of the class it chose. Right only while they stay calibrated; it cannot see that the
 * truth changed.
 *
 * @param threshold probability from which a prediction counts as positive
 * @returns nothing for streams that are no probabilities, or with too few of them
 */
export function estimateStream(
  monitor: StreamMonitor,
  threshold: number,
): readonly EstimatedRate[] {
  const numbers = monitor.watch?.numbers;
  const isProbability = monitor.kind === 'score' || monitor.kind === 'confidence';
  if (!isProbability || numbers === undefined || numbers.length < VERDICT_RECORDS_MIN) return [];
  const probabilities = numbers.values();
  if (probabilities.some((p) => p < -ROUNDING || p > 1 + ROUNDING)) return [];
  const clamped = probabilities.map((p) => Math.min(1, Math.max(0, p)));
  // Whoever chose a class said "positive" to it, however unsure.
  const estimate = estimatePerformance(clamped, monitor.kind === 'confidence' ? 0 : threshold);
  if (estimate === undefined) return [];
  const rates = ratesOf(estimate);
  return monitor.kind === 'confidence'
    ? rates.filter(({ metric }) => metric === 'accuracy')
    : rates;
}

function ratesOf(estimate: PerformanceEstimate): readonly EstimatedRate[] {
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
    const half = finiteOrNull(error === undefined ? undefined : Z95 * error);
    return {
      metric,
      value,
      lower: half === null ? null : Math.max(0, value - half),
      upper: half === null ? null : Math.min(1, value + half),
    };
  });
}

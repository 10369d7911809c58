import type { BatchObservableResult } from '@opentelemetry/api';

import {
  instrumentOptions,
  METRIC_FEEDBACK_RECORDS,
  METRIC_PERFORMANCE_ACCURACY,
  METRIC_PERFORMANCE_BIAS,
  METRIC_PERFORMANCE_CALIBRATION_ERROR,
  METRIC_PERFORMANCE_F1,
  METRIC_PERFORMANCE_FALSE_POSITIVE_RATE,
  METRIC_PERFORMANCE_MEAN_ABSOLUTE_ERROR,
  METRIC_PERFORMANCE_PRECISION,
  METRIC_PERFORMANCE_R_SQUARED,
  METRIC_PERFORMANCE_RECALL,
  METRIC_PERFORMANCE_ROOT_MEAN_SQUARED_ERROR,
  METRIC_PERFORMANCE_SAMPLE_COUNT,
  type MetricRow,
} from '@telltale/core';

import { liveInstruments } from '../../instruments/live-instruments.ts';
import type { ModelFeedback } from './model-feedback.ts';
import type { Performance } from './performance-window.ts';
import type { RegressionPerformance } from './regression-window.ts';

/** Below this many labels a rate is noise and no gauge shows it. */
const LABELLED_MIN = 30;

type Read = (performance: Performance & RegressionPerformance) => number | undefined;

const GAUGES: readonly (readonly [MetricRow, Read])[] = [
  [METRIC_PERFORMANCE_ACCURACY, ({ accuracy }) => accuracy],
  [METRIC_PERFORMANCE_PRECISION, ({ precision }) => precision],
  [METRIC_PERFORMANCE_RECALL, ({ recall }) => recall],
  [METRIC_PERFORMANCE_F1, ({ f1 }) => f1],
  [METRIC_PERFORMANCE_FALSE_POSITIVE_RATE, ({ falsePositiveRate }) => falsePositiveRate],
  [METRIC_PERFORMANCE_CALIBRATION_ERROR, ({ calibrationError }) => calibrationError],
  [METRIC_PERFORMANCE_MEAN_ABSOLUTE_ERROR, ({ meanAbsoluteError }) => meanAbsoluteError],
  [METRIC_PERFORMANCE_ROOT_MEAN_SQUARED_ERROR, ({ rootMeanSquaredError }) => rootMeanSquaredError],
  [METRIC_PERFORMANCE_BIAS, ({ bias }) => bias],
  [METRIC_PERFORMANCE_R_SQUARED, ({ rSquared }) => rSquared],
];

/** The metrics of all models that got feedback. Returns what binds them to the current provider. */
export function bindFeedback(models: ReadonlyMap<string, ModelFeedback>): () => void {
  return liveInstruments((meter) => {
    const gauges = GAUGES.map(
      ([row, read]) =>
        [meter.createObservableGauge(row.name, instrumentOptions(row)), read] as const,
    );
    const records = meter.createObservableCounter(
      METRIC_FEEDBACK_RECORDS.name,
      instrumentOptions(METRIC_FEEDBACK_RECORDS),
    );
    const count = meter.createObservableGauge(
      METRIC_PERFORMANCE_SAMPLE_COUNT.name,
      instrumentOptions(METRIC_PERFORMANCE_SAMPLE_COUNT),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const model of models.values()) {
        for (const counted of model.results.values()) {
          result.observe(records, counted.count, counted.attributes);
        }
        const performance = model.performance();
        result.observe(count, performance.sampleCount, model.attributes);
        if (performance.sampleCount < LABELLED_MIN) continue;
        for (const [gauge, read] of gauges) {
          const value = read(performance as Performance & RegressionPerformance);
          if (value !== undefined) result.observe(gauge, value, model.attributes);
        }
      }
    };
    const observed = [records, count, ...gauges.map(([gauge]) => gauge)];
    meter.addBatchObservableCallback(observe, observed);
    return {
      instruments: undefined,
      detach: () => meter.removeBatchObservableCallback(observe, observed),
    };
  });
}

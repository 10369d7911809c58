import type { MetricProducer } from '@opentelemetry/sdk-metrics';

import {
  METRIC_INFERENCE_BATCH_SIZE,
  METRIC_INFERENCE_COMPUTE_DURATION,
  METRIC_INFERENCE_DURATION,
  METRIC_INFERENCE_QUEUE_DURATION,
  type MetricRow,
} from '@telltale/core';
import {
  type BucketHistogram,
  createHistogramProducer,
  type HistogramFamily,
  type HistogramSeries,
  type Scope,
  type Temporality,
} from '@telltale/instrument';

import type { ModelState } from '../model/model-state.ts';

/** A producer of the histograms of all runs. */
export function createRunMetricProducer(
  models: Iterable<ModelState>,
  scope: Scope,
  temporality: Temporality,
): MetricProducer {
  const families = (): readonly HistogramFamily[] =>
    SERIES_OF.map(([row, seriesOfModel]) => ({
      row,
      series: [...models].flatMap(seriesOfModel),
    }));
  return createHistogramProducer(families, scope, temporality);
}

const SERIES_OF: readonly (readonly [
  MetricRow,
  (model: ModelState) => readonly HistogramSeries[],
])[] = [
  [METRIC_INFERENCE_DURATION, durationSeries],
  [METRIC_INFERENCE_QUEUE_DURATION, (model) => [seriesOf(model, model.queue)]],
  [METRIC_INFERENCE_COMPUTE_DURATION, (model) => [seriesOf(model, model.compute)]],
  [
    METRIC_INFERENCE_BATCH_SIZE,
    (model) => (model.hasBatches ? [seriesOf(model, model.batch)] : []),
  ],
];

function seriesOf(model: ModelState, histogram: BucketHistogram): HistogramSeries {
  return { attributes: model.attributes, histogram };
}

function durationSeries(model: ModelState): readonly HistogramSeries[] {
  const failures = [...model.failures.values()].map(({ attributes, duration }) => ({
    attributes,
    histogram: duration,
  }));
  return [seriesOf(model, model.duration), ...failures];
}

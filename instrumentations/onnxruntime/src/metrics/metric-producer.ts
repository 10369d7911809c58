import type { Attributes, HrTime } from '@opentelemetry/api';
import type {
  CollectionResult,
  HistogramMetricData,
  MetricProducer,
} from '@opentelemetry/sdk-metrics';

import {
  METRIC_INFERENCE_BATCH_SIZE,
  METRIC_INFERENCE_COMPUTE_DURATION,
  METRIC_INFERENCE_DURATION,
  METRIC_INFERENCE_QUEUE_DURATION,
  type MetricRow,
} from '@telltale/core';

import type { ModelState } from '../model/model-state.ts';

import {
  type Exemplar,
  type HistogramSnapshot,
  type RunHistogram,
  subtractSnapshot,
} from '../measure/run-histogram.ts';

// Values of enums of sdk-metrics, which is a type-only dependency here.
const TEMPORALITY = { delta: 0, cumulative: 1 } as const;
const DATA_POINT_HISTOGRAM = 0;
const VALUE_TYPE_DOUBLE = 1;

export type Temporality = keyof typeof TEMPORALITY;

/** What a data point of ours carries beside the fields of the SDK. */
export interface DataPointExemplar {
  readonly value: number;
  readonly time: HrTime;
  readonly traceId: string;
  readonly spanId: string;
}

/** One attribute set of a histogram. */
export interface HistogramSeries {
  readonly attributes: Attributes;
  readonly histogram: RunHistogram;
}

type Series = HistogramSeries;

/** A histogram metric with all its series. */
export interface HistogramFamily {
  readonly row: MetricRow;
  readonly series: readonly HistogramSeries[];
}

export interface Scope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
}

/** A metric producer that need not wait, for a process that ends at once. */
export interface ImmediateProducer extends MetricProducer {
  collectNow(): CollectionResult;
}

/**
 * Hands histograms that are kept outside the SDK to one metric reader. One producer belongs to one
 * reader, because delta temporality needs to know what that reader got last.
 *
 * Data points carry `exemplars`, which the SDK ignores and an exporter of ours may write.
 */
export function createHistogramProducer(
  families: () => readonly HistogramFamily[],
  scope: Scope,
  temporality: Temporality,
): ImmediateProducer {
  const collected = new Map<RunHistogram, Collected>();
  const collectNow = (): CollectionResult =>
    collectFamilies({ families, scope, temporality, collected });
  return { collectNow, collect: () => Promise.resolve(collectNow()) };
}

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

interface Collected {
  readonly snapshot: HistogramSnapshot;
  readonly atMs: number;
}

interface Collection {
  readonly families: () => readonly HistogramFamily[];
  readonly scope: Scope;
  readonly temporality: Temporality;
  readonly collected: Map<RunHistogram, Collected>;
}

const SERIES_OF: readonly (readonly [MetricRow, (model: ModelState) => readonly Series[]])[] = [
  [METRIC_INFERENCE_DURATION, durationSeries],
  [METRIC_INFERENCE_QUEUE_DURATION, (model) => [seriesOf(model, model.queue)]],
  [METRIC_INFERENCE_COMPUTE_DURATION, (model) => [seriesOf(model, model.compute)]],
  [
    METRIC_INFERENCE_BATCH_SIZE,
    (model) => (model.hasBatches ? [seriesOf(model, model.batch)] : []),
  ],
];

function seriesOf(model: ModelState, histogram: RunHistogram): Series {
  return { attributes: model.attributes, histogram };
}

function durationSeries(model: ModelState): readonly Series[] {
  const failures = [...model.failures.values()].map(({ attributes, duration }) => ({
    attributes,
    histogram: duration,
  }));
  return [seriesOf(model, model.duration), ...failures];
}

function collectFamilies(collection: Collection): CollectionResult {
  const nowMs = performance.now();
  const offsetMs = Date.now() - nowMs;
  const metrics = collection
    .families()
    .map(({ row, series }) => metricData(row, series, { collection, nowMs, offsetMs }))
    .filter((metric) => metric.dataPoints.length > 0);
  return {
    // The reader takes the scopes alone; the resource is the one of its provider.
    resourceMetrics: {
      resource: undefined as never,
      scopeMetrics: metrics.length > 0 ? [{ scope: collection.scope, metrics }] : [],
    },
    errors: [],
  };
}

interface At {
  readonly collection: Collection;
  readonly nowMs: number;
  readonly offsetMs: number;
}

function metricData(row: MetricRow, series: readonly Series[], at: At): HistogramMetricData {
  return {
    descriptor: {
      name: row.name,
      description: row.description,
      unit: row.unit,
      valueType: VALUE_TYPE_DOUBLE,
    },
    aggregationTemporality: TEMPORALITY[at.collection.temporality],
    dataPointType: DATA_POINT_HISTOGRAM,
    dataPoints: series.flatMap((one) => dataPoint(one, at)),
  };
}

function dataPoint(
  { attributes, histogram }: Series,
  { collection, nowMs, offsetMs }: At,
): HistogramMetricData['dataPoints'] {
  if (histogram.count === 0) return [];
  const snapshot = histogram.snapshot();
  const isDelta = collection.temporality === 'delta';
  const before = isDelta ? collection.collected.get(histogram) : undefined;
  if (isDelta) collection.collected.set(histogram, { snapshot, atMs: nowMs });
  const change = before === undefined ? snapshot : subtractSnapshot(snapshot, before.snapshot);
  if (change.count === 0) return [];
  const buckets = { boundaries: [...histogram.bounds], counts: [...change.counts] };
  const { count, sum } = change;
  // The extremes belong to the whole life of the series, so a difference has none.
  const extremes = before === undefined ? { min: snapshot.min, max: snapshot.max } : {};
  const point = {
    attributes,
    startTime: hrTimeAt(before?.atMs ?? histogram.startMs),
    endTime: hrTimeAt(nowMs, offsetMs),
    value: { buckets, count, sum, ...extremes },
    exemplars: histogram.exemplars().map((exemplar) => dataPointExemplar(exemplar, offsetMs)),
  };
  return [point];
}

function dataPointExemplar(exemplar: Exemplar, offsetMs: number): DataPointExemplar {
  const { value, atMs, traceId, spanId } = exemplar;
  return { value, time: hrTimeAt(atMs, offsetMs), traceId, spanId };
}

/**
 * Epoch time of a `performance.now()` reading. Start times use the origin of the process, so that
 * a cumulative series keeps its start; the rest follows the wall clock of this collection.
 */
function hrTimeAt(monotonicMs: number, offsetMs: number = performance.timeOrigin): HrTime {
  const epochMs = offsetMs + monotonicMs;
  const seconds = Math.floor(epochMs / 1_000);
  return [seconds, Math.round((epochMs - seconds * 1_000) * 1e6)];
}

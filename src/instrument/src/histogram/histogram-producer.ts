import type { Attributes, HrTime } from '@opentelemetry/api';
import type { CollectionResult, HistogramMetricData } from '@opentelemetry/sdk-metrics';

import type { MetricRow } from '@telltale/core';

import {
  type BucketHistogram,
  type Exemplar,
  type HistogramSnapshot,
  subtractSnapshot,
} from './bucket-histogram.ts';
import {
  collectionOf,
  DATA_POINT_HISTOGRAM,
  descriptorOf,
  hrTimeOf,
  type ImmediateProducer,
  immediateProducer,
  type Scope,
  TEMPORALITY,
  type Temporality,
} from './collection.ts';

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
  readonly histogram: BucketHistogram;
}

/** A histogram metric with all its series. */
export interface HistogramFamily {
  readonly row: MetricRow;
  readonly series: readonly HistogramSeries[];
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
  const collected = new Map<BucketHistogram, Collected>();
  return immediateProducer(() => collectFamilies({ families, scope, temporality, collected }));
}

interface Collected {
  readonly snapshot: HistogramSnapshot;
  readonly atMs: number;
}

interface Collection {
  readonly families: () => readonly HistogramFamily[];
  readonly scope: Scope;
  readonly temporality: Temporality;
  readonly collected: Map<BucketHistogram, Collected>;
}

function collectFamilies(collection: Collection): CollectionResult {
  const nowMs = performance.now();
  const offsetMs = Date.now() - nowMs;
  const metrics = collection
    .families()
    .map(({ row, series }) => metricData(row, series, { collection, nowMs, offsetMs }));
  return collectionOf(collection.scope, metrics);
}

interface At {
  readonly collection: Collection;
  readonly nowMs: number;
  readonly offsetMs: number;
}

function metricData(
  row: MetricRow,
  series: readonly HistogramSeries[],
  at: At,
): HistogramMetricData {
  return {
    descriptor: descriptorOf(row),
    aggregationTemporality: TEMPORALITY[at.collection.temporality],
    dataPointType: DATA_POINT_HISTOGRAM,
    dataPoints: series.flatMap((one) => dataPoint(one, at)),
  };
}

function dataPoint(
  { attributes, histogram }: HistogramSeries,
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
  return hrTimeOf(offsetMs + monotonicMs);
}

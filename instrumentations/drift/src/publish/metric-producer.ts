import type { CollectionResult, ExponentialHistogramMetricData } from '@opentelemetry/sdk-metrics';

import {
  METRIC_FEATURE_VALUE,
  METRIC_PREDICTION_UNCERTAINTY,
  METRIC_PREDICTION_VALUE,
  type MetricRow,
  SCHEMA_URL,
} from '@telltale/core';
import {
  collectionOf,
  DATA_POINT_EXPONENTIAL_HISTOGRAM,
  descriptorOf,
  hrTimeOf,
  type ImmediateProducer,
  immediateProducer,
  TEMPORALITY,
  type Temporality,
} from '@telltale/instrument';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { SCOPE } from '../scope.ts';
import { isSeasonTold } from '../season.ts';
import {
  type ValueHistogram,
  type ValueHistogramSnapshot,
  valuesSince,
} from '../stream/records/value-histogram.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import type { StreamKey, StreamKind } from '../types.ts';
import { streamAttributes } from './telemetry-attributes.ts';

const ROWS: readonly MetricRow[] = [
  METRIC_PREDICTION_VALUE,
  METRIC_PREDICTION_UNCERTAINTY,
  METRIC_FEATURE_VALUE,
];

type Point = ExponentialHistogramMetricData['dataPoints'][number];

interface Collection {
  readonly temporality: Temporality;
  readonly nowMs: number;
  /** What the reader got before, for differences. */
  readonly collected: WeakMap<ValueHistogram, Collected>;
}

interface Collected {
  readonly snapshot: ValueHistogramSnapshot;
  readonly atMs: number;
}

/**
 * Exponential histograms of the values of all streams of numbers, for one metric reader (its
 * `metricProducers` option). Values are counted from the first call on. One producer belongs to one
 * reader, because delta temporality needs to know what that reader got last.
 */
export function createDriftMetricProducer(
  monitor: DriftMonitor,
  temporality: Temporality = 'cumulative',
): ImmediateProducer {
  monitor.keepHistograms();
  const collected = new WeakMap<ValueHistogram, Collected>();
  return immediateProducer(() =>
    collect(monitor, { temporality, nowMs: monitor.options.now(), collected }),
  );
}

function collect(monitor: DriftMonitor, collection: Collection): CollectionResult {
  const streams = [...monitor.streams()].filter(({ key }) =>
    isSeasonTold(key.season, collection.nowMs),
  );
  const metrics = ROWS.map((row) => metricData(row, streams, collection));
  return collectionOf({ name: SCOPE, schemaUrl: SCHEMA_URL }, metrics);
}

/** The metric that the values of a stream belong to; categories have none. */
function rowOf({ direction }: StreamKey, kind: StreamKind): MetricRow | undefined {
  if (kind === 'categorical') return undefined;
  if (kind === 'confidence') return METRIC_PREDICTION_UNCERTAINTY;
  return direction === 'output' ? METRIC_PREDICTION_VALUE : METRIC_FEATURE_VALUE;
}

function metricData(
  row: MetricRow,
  streams: readonly StreamMonitor[],
  collection: Collection,
): ExponentialHistogramMetricData {
  return {
    descriptor: descriptorOf(row),
    aggregationTemporality: TEMPORALITY[collection.temporality],
    dataPointType: DATA_POINT_EXPONENTIAL_HISTOGRAM,
    dataPoints: streams
      .filter(({ key, kind }) => rowOf(key, kind) === row)
      .flatMap((stream) => dataPoint(stream, collection)),
  };
}

function dataPoint(
  { key, histogram }: StreamMonitor,
  { temporality, nowMs, collected }: Collection,
): Point[] {
  if (histogram === undefined || histogram.count === 0) return [];
  const snapshot = histogram.snapshot();
  const before = temporality === 'delta' ? collected.get(histogram) : undefined;
  if (temporality === 'delta') collected.set(histogram, { snapshot, atMs: nowMs });
  const change = before === undefined ? snapshot : valuesSince(snapshot, before.snapshot);
  if (change.count === 0) return [];
  const { count, sum, scale, zeroCount, positive, negative } = change;
  // The extremes belong to the whole life of the series, so a difference has none.
  const extremes = before === undefined ? { min: snapshot.min, max: snapshot.max } : {};
  const startMs = before?.atMs ?? histogram.startMs;
  return [
    {
      attributes: streamAttributes(key),
      startTime: hrTimeOf(startMs),
      endTime: hrTimeOf(Math.max(startMs, nowMs)),
      value: {
        count,
        sum,
        scale,
        zeroCount,
        positive: { offset: positive.offset, bucketCounts: [...positive.bucketCounts] },
        negative: { offset: negative.offset, bucketCounts: [...negative.bucketCounts] },
        ...extremes,
      },
    },
  ];
}

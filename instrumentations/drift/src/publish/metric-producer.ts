import type { HrTime } from '@opentelemetry/api';
import type {
  CollectionResult,
  ExponentialHistogramMetricData,
  MetricProducer,
} from '@opentelemetry/sdk-metrics';

import {
  METRIC_FEATURE_VALUE,
  METRIC_PREDICTION_UNCERTAINTY,
  METRIC_PREDICTION_VALUE,
  type MetricRow,
  SCHEMA_URL,
} from '@telltale/core';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { SCOPE } from '../scope.ts';
import { isSeasonTold } from '../season.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import {
  type ValueHistogram,
  type ValueHistogramSnapshot,
  valuesSince,
} from '../stream/value-histogram.ts';
import type { StreamKey, StreamKind } from '../types.ts';
import { streamAttributes } from './telemetry-attributes.ts';

// Values of enums of sdk-metrics, which is a type-only dependency here.
const TEMPORALITY = { delta: 0, cumulative: 1 } as const;
const DATA_POINT_EXPONENTIAL_HISTOGRAM = 1;
const VALUE_TYPE_DOUBLE = 1;

const ROWS: readonly MetricRow[] = [
  METRIC_PREDICTION_VALUE,
  METRIC_PREDICTION_UNCERTAINTY,
  METRIC_FEATURE_VALUE,
];

export type MetricTemporality = keyof typeof TEMPORALITY;

type Point = ExponentialHistogramMetricData['dataPoints'][number];

interface Collection {
  readonly temporality: MetricTemporality;
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
  temporality: MetricTemporality = 'cumulative',
): MetricProducer {
  monitor.keepHistograms();
  const collected = new WeakMap<ValueHistogram, Collected>();
  const collectNow = (): CollectionResult =>
    collect(monitor, { temporality, nowMs: monitor.options.now(), collected });
  return Object.assign({ collect: () => Promise.resolve(collectNow()) }, { collectNow });
}

function collect(monitor: DriftMonitor, collection: Collection): CollectionResult {
  const streams = [...monitor.streams()].filter(({ key }) =>
    isSeasonTold(key.season, collection.nowMs),
  );
  const metrics = ROWS.map((row) => metricData(row, streams, collection)).filter(
    ({ dataPoints }) => dataPoints.length > 0,
  );
  return {
    // The reader takes the scopes alone; the resource is the one of its provider.
    resourceMetrics: {
      resource: undefined as never,
      scopeMetrics:
        metrics.length > 0 ? [{ scope: { name: SCOPE, schemaUrl: SCHEMA_URL }, metrics }] : [],
    },
    errors: [],
  };
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
    descriptor: {
      name: row.name,
      description: row.description,
      unit: row.unit,
      valueType: VALUE_TYPE_DOUBLE,
    },
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
      startTime: hrTime(startMs),
      endTime: hrTime(Math.max(startMs, nowMs)),
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

function hrTime(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1000);
  return [seconds, Math.round((epochMs - seconds * 1000) * 1e6)];
}

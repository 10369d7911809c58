import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_STREAM,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  METRIC_DRIFT_BASELINE_SIZE,
  METRIC_DRIFT_RANK,
} from '@telltale/core';
import { exponentialHistogramOf } from '@telltale/statistics';

import type { FleetPoint } from '../../../collector/src/drift/fleet-point.ts';
import { encodeOtlp } from '../otlp/otlp-proto.ts';

export const INTERVAL_MS = 60_000;
export const BASELINE_ID = '0123456789ab';

const STREAM_ATTRIBUTES: readonly (readonly [string, string])[] = [
  [ATTR_MODEL_NAME.name, 'fraud'],
  [ATTR_MODEL_VERSION.name, '7'],
  [ATTR_DRIFT_STREAM.name, 'score'],
  [ATTR_DRIFT_DIRECTION.name, 'output'],
];

export interface PointInit {
  readonly id?: string;
  readonly timeMs: number;
  readonly startTimeMs?: number;
  readonly temporality?: FleetPoint['temporality'];
  readonly attributes?: readonly (readonly [string, string])[];
}

function point(metric: string, body: FleetPoint['body'], init: PointInit): FleetPoint {
  const { id = 'i1', timeMs, startTimeMs = 0, temporality = 'delta', attributes = [] } = init;
  return {
    metric,
    instance: { service: 'shop', id },
    attributes: new Map([...STREAM_ATTRIBUTES, ...attributes]),
    timeMs,
    startTimeMs,
    temporality,
    body,
  };
}

const RANK_BOUNDS: readonly number[] = METRIC_DRIFT_RANK.buckets ?? [];

const ofBaseline = (init: PointInit, baselineId: string): PointInit => ({
  ...init,
  attributes: [...(init.attributes ?? []), [ATTR_DRIFT_BASELINE_ID.name, baselineId]],
});

/** Ranks as the SDK sends them: twenty bounds, the last bucket above 1 always empty. */
export function rankPoint(
  counts: readonly number[],
  init: PointInit,
  baselineId = BASELINE_ID,
): FleetPoint {
  const count = counts.reduce((sum, each) => sum + each, 0);
  const body = { kind: 'histogram', count, counts: [...counts, 0], bounds: RANK_BOUNDS } as const;
  return point(METRIC_DRIFT_RANK.name, body, ofBaseline(init, baselineId));
}

export function sizePoint(size: number, init: PointInit, baselineId = BASELINE_ID): FleetPoint {
  const body = { kind: 'number', value: size } as const;
  return point(METRIC_DRIFT_BASELINE_SIZE.name, body, ofBaseline(init, baselineId));
}

/** A gauge of one aspect: evidence, threshold or state. */
export function aspectPoint(metric: string, value: number, init: PointInit): FleetPoint {
  const attributes = [...(init.attributes ?? []), [ATTR_DRIFT_ASPECT.name, 'value'] as const];
  return point(metric, { kind: 'number', value }, { ...init, attributes });
}

export function valuePoint(
  values: readonly number[],
  init: PointInit,
  metric = 'ml.prediction.value',
): FleetPoint {
  const histogram = exponentialHistogramOf(values);
  const body = { kind: 'exponential', count: values.length, histogram } as const;
  return point(metric, body, init);
}

export function numberPoint(metric: string, value: number, init: PointInit): FleetPoint {
  return point(metric, { kind: 'number', value }, init);
}

/** How many of some uniform ranks lie in each of twenty buckets. */
export function countRanks(ranks: readonly number[]): number[] {
  const counts = Array.from({ length: 20 }, () => 0);
  for (const rank of ranks) {
    const bucket = Math.min(19, Math.floor(rank * 20));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

const nanos = (ms: number): string => `${Math.trunc(ms)}000000`;
const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const TEMPORALITIES = { unspecified: 0, delta: 1, cumulative: 2 } as const;

/** Points as an encoded metrics request, one resource for each. */
export function fleetBody(points: readonly FleetPoint[]): Uint8Array {
  return encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: points.map((point) => ({
      resource: {
        attributes: [
          attribute('service.name', point.instance.service),
          attribute('service.instance.id', point.instance.id),
        ],
      },
      scopeMetrics: [{ metrics: [{ name: point.metric, ...metricData(point) }] }],
    })),
  });
}

function metricData({ attributes, body, ...point }: FleetPoint): object {
  const common = {
    attributes: [...attributes].map(([key, text]) => attribute(key, text)),
    timeUnixNano: nanos(point.timeMs),
    startTimeUnixNano: nanos(point.startTimeMs),
  };
  const aggregationTemporality = TEMPORALITIES[point.temporality];
  if (body.kind === 'number') {
    return { gauge: { dataPoints: [{ ...common, asDouble: body.value }] } };
  }
  if (body.kind === 'histogram') {
    const { count, counts, bounds } = body;
    const data = { ...common, count, bucketCounts: counts, explicitBounds: bounds };
    return { histogram: { aggregationTemporality, dataPoints: [data] } };
  }
  const { scale, zeroCount, zeroThreshold, positive, negative } = body.histogram;
  const side = ({ offset, counts }: typeof positive): object => ({ offset, bucketCounts: counts });
  const data = {
    ...common,
    count: body.count,
    scale,
    zeroCount,
    zeroThreshold,
    positive: side(positive),
    negative: side(negative),
  };
  return { exponentialHistogram: { aggregationTemporality, dataPoints: [data] } };
}

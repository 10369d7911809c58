import type { HrTime } from '@opentelemetry/api';
import type { CollectionResult, MetricData, MetricProducer } from '@opentelemetry/sdk-metrics';

import type { MetricRow } from '@telltale/core';

// Values of enums of sdk-metrics, which is a type-only dependency here.
export const TEMPORALITY = { delta: 0, cumulative: 1 } as const;
export const DATA_POINT_HISTOGRAM = 0;
export const DATA_POINT_EXPONENTIAL_HISTOGRAM = 1;
const VALUE_TYPE_DOUBLE = 1;

export type Temporality = keyof typeof TEMPORALITY;

export interface Scope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
}

/** A metric producer that need not wait, for a process that ends at once. */
export interface ImmediateProducer extends MetricProducer {
  collectNow(): CollectionResult;
}

/** A producer for one reader, from what is collected at once. */
export function immediateProducer(collectNow: () => CollectionResult): ImmediateProducer {
  return { collectNow, collect: () => Promise.resolve(collectNow()) };
}

/** What a reader gets; metrics without a point are left out. */
export function collectionOf(scope: Scope, all: readonly MetricData[]): CollectionResult {
  const metrics = all.filter(({ dataPoints }) => dataPoints.length > 0);
  return {
    // The reader takes the scopes alone; the resource is the one of its provider.
    resourceMetrics: {
      resource: undefined as never,
      scopeMetrics: metrics.length > 0 ? [{ scope, metrics }] : [],
    },
    errors: [],
  };
}

export function descriptorOf({ name, description, unit }: MetricRow): MetricData['descriptor'] {
  return { name, description, unit, valueType: VALUE_TYPE_DOUBLE };
}

/** Milliseconds since the epoch as OpenTelemetry writes times. */
export function hrTimeOf(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1_000);
  return [seconds, Math.round((epochMs - seconds * 1_000) * 1e6)];
}

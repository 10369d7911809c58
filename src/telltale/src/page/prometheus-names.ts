import { DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

import {
  DRIFT_VALUE_METRICS,
  type PromInstrumentKind,
  promLabelName,
  promName,
  promUnit,
} from '@telltale/core';

import { toExplicitBuckets } from './exponential-histogram.ts';

/**
 * Histograms of a hundred and more buckets a stream: OTLP carries them, the page would be made of
 * them. The ranks in `ml.drift.rank` tell the same in twenty.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(DRIFT_VALUE_METRICS.map(({ name }) => name));

/**
 * Gives metrics and attributes the names that the alert service and Prometheus' own OTLP endpoint
 * give them, so that one dashboard works for both ways in.
 */
export function withPrometheusNames(resourceMetrics: ResourceMetrics): ResourceMetrics {
  return {
    resource: resourceMetrics.resource,
    scopeMetrics: resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics
        .filter(({ descriptor }) => !LEFT_OUT.has(descriptor.name))
        .map(toExplicitBuckets)
        .flatMap(renamed),
    })),
  };
}

function renamed(metric: MetricData): readonly MetricData[] {
  const { descriptor } = metric;
  try {
    const name = promName({ name: descriptor.name, unit: descriptor.unit, kind: kindOf(metric) });
    const unit = promUnit(descriptor.unit);
    // OpenMetrics wants the unit to end the name, or not to be told.
    const isInName = unit !== '' && name.replace(/_total$/u, '').endsWith(`_${unit}`);
    const dataPoints = metric.dataPoints.map((point) => ({
      ...point,
      attributes: renamedAttributes(point.attributes),
    }));
    return [
      { ...metric, descriptor: { ...descriptor, name, unit: isInName ? unit : '' }, dataPoints },
    ] as MetricData[];
  } catch {
    // A name of nothing but symbols has no Prometheus name.
    return [];
  }
}

function renamedAttributes<T>(attributes: Readonly<Record<string, T>>): Record<string, T> {
  const result: Record<string, T> = {};
  for (const [key, value] of Object.entries(attributes)) {
    try {
      result[promLabelName(key)] = value;
    } catch {
      // As above: such an attribute cannot be a label.
    }
  }
  return result;
}

function kindOf(metric: MetricData): PromInstrumentKind {
  switch (metric.dataPointType) {
    case DataPointType.HISTOGRAM:
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return 'histogram';
    case DataPointType.GAUGE:
      return 'gauge';
    case DataPointType.SUM:
      return metric.isMonotonic ? 'counter' : 'updowncounter';
  }
}

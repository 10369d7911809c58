import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  DataPointType,
  type MetricData,
  type ResourceMetrics,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';

import {
  DRIFT_VALUE_METRICS,
  type PromInstrumentKind,
  promName,
  promUnit,
  SCHEMA_URL,
} from '@telltale/core';

import { toExplicitBuckets } from './exponential-histogram.ts';
import { withoutClashes } from './families.ts';
import { labelsOf, wellFormed } from './labels.ts';

type Scope = ScopeMetrics['scope'];

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
  const scopes = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
    scope: plainScope(scope),
    metrics: metrics
      .filter(({ descriptor }) => !LEFT_OUT.has(descriptor.name))
      .map(toExplicitBuckets)
      .flatMap(renamed),
  }));
  return {
    resource: resourceFromAttributes(labelsOf(resourceMetrics.resource.attributes)),
    scopeMetrics: withoutClashes(scopes),
  };
}

const plainScope = ({ name, version, schemaUrl }: Scope): Scope => ({
  name: wellFormed(name),
  ...(version === undefined ? {} : { version: wellFormed(version) }),
  // Ours is the same everywhere: a label on each series would say nothing.
  ...(schemaUrl === undefined || schemaUrl === SCHEMA_URL
    ? {}
    : { schemaUrl: wellFormed(schemaUrl) }),
});

function renamed(metric: MetricData): readonly MetricData[] {
  const { descriptor } = metric;
  try {
    const name = promName({ name: descriptor.name, unit: descriptor.unit, kind: kindOf(metric) });
    const unit = promUnit(descriptor.unit);
    // OpenMetrics wants the unit to end the name, or not to be named.
    const isInName = unit !== '' && name.replace(/_total$/u, '').endsWith(`_${unit}`);
    const dataPoints = metric.dataPoints.map((point) => ({
      ...point,
      attributes: labelsOf(point.attributes),
    }));
    return [
      {
        ...metric,
        descriptor: {
          ...descriptor,
          name,
          description: wellFormed(descriptor.description),
          unit: isInName ? unit : '',
        },
        dataPoints,
      },
    ] as MetricData[];
  } catch {
    // A name of nothing but symbols has no Prometheus name.
    return [];
  }
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

import { DataPointType, type MetricData, type ScopeMetrics } from '@opentelemetry/sdk-metrics';

import { textKey } from '@telltale/core';

import { mergeSeries } from './merge-series.ts';

/** What a family of this kind writes besides its own name. */
const SUFFIXES: Readonly<Record<number, readonly string[]>> = {
  [DataPointType.HISTOGRAM]: ['_count', '_sum', '_bucket', '_created'],
  [DataPointType.SUM]: ['_total', '_created'],
};

interface Family {
  readonly kind: string;
  readonly names: readonly string[];
}

/**
 * Leaves out the families that others on the page have names in common with, such as a counter
 * `x_count` beside a histogram `x`: the first one stays. Metrics of one name and scope become one.
 */
export function withoutClashes(scopes: readonly ScopeMetrics[]): ScopeMetrics[] {
  const families = new Map<string, Family>();
  const owners = new Map<string, string>();
  const admits = (metric: MetricData): boolean => {
    const { name } = metric.descriptor;
    const kind = `${metric.dataPointType} ${'isMonotonic' in metric && metric.isMonotonic}`;
    const known = families.get(name);
    if (known !== undefined) return known.kind === kind;
    const base = name.replace(/_total$/u, '');
    const names = [name, base, ...(SUFFIXES[metric.dataPointType] ?? []).map((end) => base + end)];
    if (names.some((one) => (owners.get(one) ?? name) !== name)) return false;
    for (const one of names) owners.set(one, name);
    families.set(name, { kind, names });
    return true;
  };
  const byScope = new Map<
    string,
    { scope: ScopeMetrics['scope']; metrics: Map<string, MetricData> }
  >();
  for (const { scope, metrics } of scopes) {
    const key = textKey([scope.name, scope.version ?? '', scope.schemaUrl ?? '']);
    const group = byScope.get(key) ?? { scope, metrics: new Map<string, MetricData>() };
    byScope.set(key, group);
    for (const metric of metrics.filter(admits)) {
      const { name } = metric.descriptor;
      const before = group.metrics.get(name);
      const dataPoints = [...(before?.dataPoints ?? []), ...metric.dataPoints];
      group.metrics.set(name, { ...metric, dataPoints } as MetricData);
    }
  }
  return [...byScope.values()].map(({ scope, metrics }) => ({
    scope,
    metrics: [...metrics.values()].map(mergeSeries),
  }));
}

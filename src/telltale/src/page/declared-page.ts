import type { MetricReader } from '@opentelemetry/sdk-metrics';

import { withPrometheusNames } from './prometheus-names.ts';

/**
 * Gives the Prometheus reader that `OTEL_CONFIG_FILE` declares the names of our own page: upstream's
 * leaves units out, so no documented query and no dashboard would find its metrics.
 */
export function nameAsDocumented(reader: MetricReader): void {
  if (reader.constructor.name !== 'PrometheusExporter') return;
  const collect = reader.collect.bind(reader);
  reader.collect = async (options) => {
    const collected = await collect(options);
    return { ...collected, resourceMetrics: withPrometheusNames(collected.resourceMetrics) };
  };
}

import { JsonMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

import { type Exemplar, exemplarsOf, exemplarTimeMs } from '../../exemplars/data-point.ts';
import type { OtlpSerializer } from './otlp-exporter.ts';

interface JsonRequest {
  resourceMetrics?: {
    scopeMetrics?: { metrics?: { histogram?: { dataPoints?: { exemplars?: unknown[] }[] } }[] }[];
  }[];
}

/**
 * OTLP/JSON of metrics with the exemplars that were recorded since the request before. The SDK's
 * serializer keeps the order of scopes, metrics and data points, so the two are walked side by side.
 */
export function createExemplarSerializer(): OtlpSerializer<ResourceMetrics> {
  let sentMs = 0;
  return {
    serializeRequest: (metrics) => {
      const plain = JsonMetricsSerializer.serializeRequest(metrics);
      const fresh = plain === undefined ? [] : freshExemplars(metrics, sentMs);
      if (plain === undefined || fresh.length === 0) return plain;
      const request = JSON.parse(Buffer.from(plain).toString()) as JsonRequest;
      addExemplars(request, fresh);
      sentMs = Math.max(...fresh.flatMap(({ exemplars }) => exemplars.map(exemplarTimeMs)));
      return Buffer.from(JSON.stringify(request));
    },
    deserializeResponse: (body) => JsonMetricsSerializer.deserializeResponse(body),
  };
}

interface Found {
  readonly path: readonly [scope: number, metric: number, point: number];
  readonly exemplars: readonly Exemplar[];
}

function freshExemplars({ scopeMetrics }: ResourceMetrics, afterMs: number): readonly Found[] {
  return scopeMetrics.flatMap(({ metrics }, scope) =>
    metrics.flatMap(({ dataPoints }, metric) =>
      dataPoints.flatMap((dataPoint, point) => {
        const exemplars = exemplarsOf(dataPoint).filter((one) => exemplarTimeMs(one) > afterMs);
        return exemplars.length === 0 ? [] : [{ path: [scope, metric, point] as const, exemplars }];
      }),
    ),
  );
}

function addExemplars(request: JsonRequest, found: readonly Found[]): void {
  const scopes = request.resourceMetrics?.[0]?.scopeMetrics;
  for (const { path, exemplars } of found) {
    const [scope, metric, point] = path;
    const target = scopes?.[scope]?.metrics?.[metric]?.histogram?.dataPoints?.[point];
    if (target !== undefined) target.exemplars = exemplars.map(toJson);
  }
}

function toJson({ value, time, traceId, spanId }: Exemplar): unknown {
  const [seconds, nanos] = time;
  const timeUnixNano = `${seconds}${String(Math.round(nanos)).padStart(9, '0')}`;
  return { timeUnixNano, asDouble: value, traceId, spanId };
}

import { diag } from '@opentelemetry/api';
import type { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';

import type { Signal } from '../delivery.ts';
import type { Endpoint, Protocol } from './endpoint.ts';
import { OtlpExporter, type OtlpSerializer } from './otlp-exporter.ts';
import { Transport } from './transport.ts';

export interface Serializers<T> {
  readonly json: OtlpSerializer<T>;
  readonly protobuf: OtlpSerializer<T>;
}

/** An exporter over HTTP that takes headers, certificates, timeout and compression from `OTEL_*`. */
export function createOtlpExporter<T>(
  target: { readonly signal: Signal; readonly endpoint: Endpoint; readonly protocol: Protocol },
  serializers: Serializers<T>,
): OtlpExporter<T> {
  const { signal, endpoint, protocol } = target;
  const isJson = protocol === 'http/json';
  const options = convertLegacyHttpOptions(
    { url: endpoint.url },
    signal.toUpperCase(),
    `v1/${signal}`,
    { 'Content-Type': isJson ? 'application/json' : 'application/x-protobuf' },
  );
  diag.debug(`telltale: ${signal} go to ${endpoint.url}`);
  const agents = new Map<string, ReturnType<typeof options.agentFactory>>();
  const agent = (scheme: string): ReturnType<typeof options.agentFactory> => {
    const known = agents.get(scheme) ?? options.agentFactory(scheme);
    agents.set(scheme, known);
    return known;
  };
  const transport = new Transport({
    url: endpoint.url,
    headers: options.headers,
    agent,
    isGzip: options.compression === ('gzip' as CompressionAlgorithm),
    timeoutMs: options.timeoutMillis,
    retries: endpoint.isConfigured,
  });
  const serializer = isJson ? serializers.json : serializers.protobuf;
  const { url, isConfigured } = endpoint;
  return new OtlpExporter({ signal, url, serializer, transport, isConfigured });
}

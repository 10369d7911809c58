import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';

import type { Config } from '../../config.ts';
import { report } from '../../diagnostics.ts';
import { grpcRequest } from '../at-exit/grpc-request.ts';
import { addLastSource, nonEmpty, takeQueued } from '../at-exit/last-requests.ts';
import { endpointOf, protocolOf } from '../otlp/endpoint.ts';
import { createOtlpExporter } from '../otlp/exporters.ts';
import type { OtlpExporter } from '../otlp/otlp-exporter.ts';
import { UpstreamExporter } from '../upstream-exporter.ts';
import { batchOptions } from './batch.ts';

/** Upstream's default. */
const ZIPKIN: string = 'http://localhost:9411/api/v2/spans';

/** The span processors that the configuration asks for; none when no address was given. */
export function createSpanProcessors(config: Config): readonly SpanProcessor[] {
  const names = config.list('export.traces');
  if (names.includes('none')) return [];
  return (names.length === 0 ? ['otlp'] : names).flatMap((name) => createProcessor(name, config));
}

function createProcessor(name: string, config: Config): readonly SpanProcessor[] {
  switch (name) {
    case 'otlp':
      return createOtlp(config).map((exporter) => {
        const processor = batch(exporter, config);
        addLastSource(() => exporter.lastRequests(nonEmpty(takeQueued<ReadableSpan>(processor))));
        return processor;
      });
    case 'zipkin':
      return [batch(createZipkin(config), config)];
    case 'console':
      return [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })];
    default:
      report(
        'exporter traces',
        `Cannot find a trace exporter "${name}": expected otlp, console, zipkin or none`,
      );
      return [];
  }
}

function createOtlp(
  config: Config,
): readonly (OtlpExporter<ReadableSpan[]> | UpstreamExporter<ReadableSpan[]>)[] {
  const endpoint = endpointOf('traces', config);
  if (endpoint === undefined) return [];
  const protocol = protocolOf('traces', config);
  if (protocol === 'grpc') {
    return [
      new UpstreamExporter<ReadableSpan[]>(
        { signal: 'traces', ...endpoint },
        {
          load: async () => {
            const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
            return new OTLPTraceExporter({ url: endpoint.url });
          },
          toRequest: (spans) => {
            const body = ProtobufTraceSerializer.serializeRequest(spans);
            return body && grpcRequest({ signal: 'traces', url: endpoint.url, config }, body);
          },
        },
      ),
    ];
  }
  return [
    createOtlpExporter<ReadableSpan[]>(
      { signal: 'traces', endpoint, protocol },
      { json: JsonTraceSerializer, protobuf: ProtobufTraceSerializer },
    ),
  ];
}

const batch = (exporter: SpanExporter, config: Config): SpanProcessor =>
  new BatchSpanProcessor({ exporter, ...batchOptions('OTEL_BSP', config) });

function createZipkin(config: Config): SpanExporter {
  const url = config.text('OTEL_EXPORTER_ZIPKIN_ENDPOINT');
  const isConfigured = url !== undefined;
  return new UpstreamExporter<ReadableSpan[]>(
    { signal: 'traces', url: url ?? ZIPKIN, isConfigured },
    {
      load: async () => {
        const { ZipkinExporter } = await import('@opentelemetry/exporter-zipkin');
        return new ZipkinExporter();
      },
    },
  );
}

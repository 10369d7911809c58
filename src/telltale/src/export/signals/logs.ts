import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import {
  BatchLogRecordProcessor,
  ConsoleLogRecordExporter,
  type LogRecordProcessor,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';

import type { Config } from '../../config.ts';
import { report } from '../../diagnostics.ts';
import { createLineProcessors } from '../../logs/line-processors.ts';
import { LogMasking } from '../../masking/signals/log-masking.ts';
import { grpcRequest } from '../at-exit/grpc-request.ts';
import { addLastSource, nonEmpty, takeQueued } from '../at-exit/last-requests.ts';
import { endpointOf, protocolOf } from '../otlp/endpoint.ts';
import { createOtlpExporter } from '../otlp/exporters.ts';
import type { OtlpExporter } from '../otlp/otlp-exporter.ts';
import { UpstreamExporter } from '../upstream-exporter.ts';
import { batchOptions } from './batch.ts';

/** The log processors that the configuration asks for: lines first, then exporters. */
export function createLogProcessors(config: Config): readonly LogRecordProcessor[] {
  return [new LogMasking(), ...createLineProcessors(config), ...createExportProcessors(config)];
}

function createExportProcessors(config: Config): readonly LogRecordProcessor[] {
  const names = config.list('export.logs');
  if (names.includes('none')) return [];
  return (names.length === 0 ? ['otlp'] : names).flatMap((name) => createProcessor(name, config));
}

function createProcessor(name: string, config: Config): readonly LogRecordProcessor[] {
  switch (name) {
    case 'otlp':
      return createOtlp(config).map((exporter) => {
        const options = batchOptions('OTEL_BLRP', config);
        const processor = new BatchLogRecordProcessor({ exporter, ...options });
        addLastSource(() =>
          exporter.lastRequests(nonEmpty(takeQueued<ReadableLogRecord>(processor))),
        );
        return processor;
      });
    case 'console':
      return [new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() })];
    default:
      report(
        'exporter logs',
        `Cannot find a log exporter "${name}": expected otlp, console or none`,
      );
      return [];
  }
}

function createOtlp(
  config: Config,
): readonly (OtlpExporter<ReadableLogRecord[]> | UpstreamExporter<ReadableLogRecord[]>)[] {
  const endpoint = endpointOf('logs', config);
  if (endpoint === undefined) return [];
  const protocol = protocolOf('logs', config);
  if (protocol === 'grpc') {
    return [
      new UpstreamExporter<ReadableLogRecord[]>(
        { signal: 'logs', ...endpoint },
        {
          load: async () => {
            const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-grpc');
            return new OTLPLogExporter({ url: endpoint.url });
          },
          toRequest: (records) => {
            const body = ProtobufLogsSerializer.serializeRequest(records);
            return body && grpcRequest({ signal: 'logs', url: endpoint.url, config }, body);
          },
        },
      ),
    ];
  }
  return [
    createOtlpExporter<ReadableLogRecord[]>(
      { signal: 'logs', endpoint, protocol },
      { json: JsonLogsSerializer, protobuf: ProtobufLogsSerializer },
    ),
  ];
}

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { parseKeyPairsIntoRecord } from '@opentelemetry/core';

import type { Config } from '../../config.ts';
import type { Signal } from '../delivery.ts';
import type { PostRequest } from './last-send.ts';

const SERVICES: Readonly<Record<Signal, string>> = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
};
/** One byte that says whether the message is compressed, four of its length. */
const FRAME_HEAD_BYTES = 5;

/**
 * One export over gRPC as a plain HTTP/2 request, for a process that ends at once and cannot wait for
 * upstream's exporter. `body` is the protobuf of OTLP. Reads the files of certificates.
 */
export function grpcRequest(
  target: { readonly signal: Signal; readonly url: string; readonly config: Config },
  body: Uint8Array,
): PostRequest {
  const { signal, url, config } = target;
  const isGzip = settingOf(target, 'COMPRESSION') === 'gzip';
  const message = isGzip ? gzipSync(body) : body;
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt8(isGzip ? 1 : 0, 0);
  head.writeUInt32BE(message.byteLength, 1);
  const shared = parseKeyPairsIntoRecord(config.text('OTEL_EXPORTER_OTLP_HEADERS'));
  const own = parseKeyPairsIntoRecord(
    config.text(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`),
  );
  const path = `/opentelemetry.proto.collector.${SERVICES[signal]}/Export`;
  return {
    isGrpc: true,
    url: new URL(path, url).href,
    headers: {
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(isGzip ? { 'grpc-encoding': 'gzip' } : {}),
      ...lowerCase({ ...shared, ...own }),
    },
    body: Buffer.concat([head, message]),
    tls: tlsOf(target),
  };
}

/** HTTP/2 takes names of headers in lower case only. */
const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

type Target = Parameters<typeof grpcRequest>[0];

function settingOf({ signal, config }: Target, name: string): string | undefined {
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`;
  return config.text(config.isSet(own) ? own : `OTEL_EXPORTER_OTLP_${name}`);
}

function tlsOf(target: Target): PostRequest['tls'] {
  if (!target.url.startsWith('https:')) return {};
  const read = (name: string): Buffer | undefined => {
    const path = settingOf(target, name);
    return path === undefined ? undefined : readFileSync(path);
  };
  return {
    ca: read('CERTIFICATE'),
    cert: read('CLIENT_CERTIFICATE'),
    key: read('CLIENT_KEY'),
  };
}

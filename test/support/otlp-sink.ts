import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

import {
  decodeOtlp,
  type OtlpLogRecord,
  type OtlpMetric,
  type OtlpSpan,
  type SinkRequest,
} from './otlp-decode.ts';

export type { SinkRequest };

/** How the sink answers: as a service should, or in one of the ways that services fail. */
export type SinkBehaviour = 'ok' | 'hang' | 'garbage' | 'not-http' | 'error-500' | 'unavailable';

/** An OTLP/HTTP receiver in this process, on a free port of the loopback. */
export interface OtlpSink {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SinkRequest[];
  /** All spans received, decoded from JSON or protobuf. */
  spans(): readonly OtlpSpan[];
  /** All metric data received, export by export. */
  metrics(): readonly OtlpMetric[];
  logs(): readonly OtlpLogRecord[];
  /** Latest cumulative count of a histogram, or sum of a counter, over all series and processes. */
  total(metric: string): number;
  /** Resolves as soon as `condition` holds, checked at each request. @throws after `timeoutMs`. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

export async function startOtlpSink(behaviour: SinkBehaviour = 'ok'): Promise<OtlpSink> {
  const requests: SinkRequest[] = [];
  const waiting = new Set<() => void>();
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const contentEncoding = request.headers['content-encoding'] ?? '';
      const contentType = request.headers['content-type'] ?? '';
      const body = contentEncoding === 'gzip' ? gunzipSync(raw) : raw;
      requests.push({ path: request.url ?? '', contentType, contentEncoding, body });
      answer(behaviour, request, response);
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const decoded = (): ReturnType<typeof decodeOtlp>[] => requests.map(decodeOtlp);
  const metrics = (): OtlpMetric[] => decoded().flatMap((one) => one.metrics);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    spans: () => decoded().flatMap((one) => one.spans),
    metrics,
    logs: () => decoded().flatMap((one) => one.logs),
    total: (name) => latestTotal(metrics(), name),
    until: (condition, timeoutMs = 15_000) => until(condition, waiting, timeoutMs),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  behaviour: SinkBehaviour,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const isJson = request.headers['content-type']?.includes('json') ?? false;
  switch (behaviour) {
    case 'ok':
      response.setHeader('Content-Type', isJson ? 'application/json' : 'application/x-protobuf');
      response.end(isJson ? '{}' : '');
      break;
    case 'hang':
      break;
    case 'garbage':
      response.end(Buffer.from([0xff, 0x00, 0x13, 0x37, 0xff]));
      break;
    case 'not-http':
      request.socket.end('\u0000\u0001 this is not HTTP\r\n\r\n');
      break;
    case 'error-500':
      response.statusCode = 500;
      response.end('<html>oops</html>');
      break;
    case 'unavailable':
      response.statusCode = 503;
      response.end();
      break;
  }
}

function until(
  condition: () => boolean,
  waiting: Set<() => void>,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      if (!condition()) return;
      clearTimeout(timer);
      waiting.delete(check);
      resolve();
    };
    const timer = setTimeout(() => {
      waiting.delete(check);
      reject(new Error(`Cannot see the expected telemetry within ${timeoutMs} ms`));
    }, timeoutMs);
    waiting.add(check);
    check();
  });
}

/** Series are cumulative: the last value of each counts. */
export function latestTotal(metrics: readonly OtlpMetric[], name: string): number {
  const latest = new Map<string, number>();
  for (const metric of metrics) {
    if (metric.name !== name) continue;
    for (const point of metric.points) {
      const key = JSON.stringify([metric.instance, metric.scope, point.attributes]);
      const before = metric.isDelta ? (latest.get(key) ?? 0) : 0;
      latest.set(key, before + (point.count ?? point.value ?? 0));
    }
  }
  return [...latest.values()].reduce((sum, value) => sum + value, 0);
}

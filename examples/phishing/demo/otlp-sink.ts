import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

import { countLogRecords, decodeHistograms, decodeSpans } from './otlp-decode.ts';
import { createTraceStore, type TraceStore } from './trace-store.ts';

export interface SinkCounts {
  /** Export requests per signal. */
  readonly exports: { readonly traces: number; readonly metrics: number; readonly logs: number };
  readonly logRecords: number;
  /** Metric points that pointed to a trace, over all exports. */
  readonly exemplars: number;
  /** Requests that could not be read. */
  readonly refused: number;
}

export interface OtlpSink {
  /** What to set OTEL_EXPORTER_OTLP_ENDPOINT to. */
  readonly url: string;
  readonly traces: TraceStore;
  counts(): SinkCounts;
  /** The newest count that a histogram was exported with; 0 when it never was. */
  histogramCount(name: string): number;
  close(): Promise<void>;
}

/**
 * An OTLP/HTTP receiver in this process, so that the demo shows telemetry without another program.
 *
 * It reads JSON and protobuf, plain or gzip, on a free port of the loopback interface.
 */
export async function startOtlpSink(): Promise<OtlpSink> {
  const traces = createTraceStore();
  const histograms = new Map<string, number>();
  const exports = { traces: 0, metrics: 0, logs: 0 };
  const counts = { logRecords: 0, exemplars: 0, refused: 0 };

  const receivers: Readonly<Record<string, (body: Buffer, isJson: boolean) => void>> = {
    '/v1/traces': (body, isJson) => {
      for (const span of decodeSpans(body, isJson)) traces.add(span);
      exports.traces += 1;
    },
    '/v1/metrics': (body, isJson) => {
      for (const { name, count, exemplarCount } of decodeHistograms(body, isJson)) {
        histograms.set(name, count);
        counts.exemplars += exemplarCount;
      }
      exports.metrics += 1;
    },
    '/v1/logs': (body, isJson) => {
      counts.logRecords += countLogRecords(body, isJson);
      exports.logs += 1;
    },
  };

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const receiver = receivers[request.url ?? ''];
    const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
    try {
      const body = await readBody(request);
      if (receiver === undefined) return void response.writeHead(404).end();
      receiver(body, isJson);
      // An empty message is the success answer in both encodings.
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? '' });
      response.end(isJson ? '{}' : '');
    } catch {
      counts.refused += 1;
      response.writeHead(400).end();
    }
  };

  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    traces,
    counts: () => ({ ...counts, exports: { ...exports } }),
    histogramCount: (name) => histograms.get(name) ?? 0,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

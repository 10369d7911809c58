import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import protobuf from 'protobufjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type OtlpSink, startOtlpSink } from '../../../../examples/phishing/demo/otlp-sink.ts';
import { INFERENCE, REQUEST } from './sample-spans.ts';

const SCHEMA = fileURLToPath(
  new URL('../../../../examples/phishing/demo/otlp.proto', import.meta.url),
);

/** The sample spans as OTLP/JSON; bytes become base64 where protobufjs reads the object. */
function tracesRequest(id: (hex: string) => string): object {
  const spans = [INFERENCE, REQUEST].map((span) => ({
    traceId: id(span.traceId),
    spanId: id(span.spanId),
    parentSpanId: id(span.parentSpanId),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(BigInt(span.startMs) * 1_000_000n),
    endTimeUnixNano: String(BigInt(span.startMs) * 1_000_000n + BigInt(span.durationMs * 1e6)),
    attributes: Object.entries(span.attributes).map(([key, value]) => ({
      key,
      value: anyValue(value),
    })),
  }));
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

function anyValue(value: unknown): object {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function encode(message: string, object: object): Uint8Array {
  const type = protobuf.loadSync(SCHEMA).lookupType(`otlp.${message}`);
  return type.encode(type.fromObject(object)).finish();
}

describe('startOtlpSink()', () => {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await startOtlpSink();
  });
  afterEach(() => sink.close());

  async function send(
    path: string,
    body: Uint8Array | string,
    headers: Record<string, string>,
  ): Promise<number> {
    const response = await fetch(sink.url + path, { method: 'POST', body, headers });
    await response.arrayBuffer();
    return response.status;
  }

  const JSON_TYPE = { 'content-type': 'application/json' };
  const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };
  const hex = (id: string): string => id;
  const base64 = (id: string): string => Buffer.from(id, 'hex').toString('base64');

  test.for([
    ['JSON', () => JSON.stringify(tracesRequest(hex)), JSON_TYPE],
    ['protobuf', () => encode('TracesRequest', tracesRequest(base64)), PROTOBUF_TYPE],
    [
      'compressed JSON',
      () => gzipSync(JSON.stringify(tracesRequest(hex))),
      { ...JSON_TYPE, 'content-encoding': 'gzip' },
    ],
  ] as const)('reads spans as %s', async ([, body, headers]) => {
    expect(await send('/v1/traces', body(), headers)).toBe(200);
    expect(sink.traces.counts()).toEqual({ total: 2, infer: 1, http: 1, nested: 1 });
    expect(sink.traces.latestTrace()).toEqual([REQUEST, INFERENCE]);
  });

  test('keeps the newest count of a histogram and counts exemplars and log records', async () => {
    const metrics = (counts: number[]): object => ({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                { name: 'active', sum: { dataPoints: [] } },
                {
                  name: 'ml.inference.duration',
                  histogram: {
                    dataPoints: counts.map((count) => ({ count: String(count), exemplars: [{}] })),
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    await send('/v1/metrics', JSON.stringify(metrics([3, 4])), JSON_TYPE);
    await send('/v1/metrics', encode('MetricsRequest', metrics([10, 5])), PROTOBUF_TYPE);
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }] }] };
    await send('/v1/logs', JSON.stringify(logs), JSON_TYPE);
    expect(sink.histogramCount('ml.inference.duration')).toBe(15);
    expect(sink.histogramCount('absent')).toBe(0);
    expect(sink.counts()).toEqual({
      exports: { traces: 0, metrics: 2, logs: 1 },
      logRecords: 2,
      exemplars: 4,
      refused: 0,
    });
  });

  test('refuses what it cannot read and counts it', async () => {
    expect(await send('/v1/traces', '{"resourceSpans": [', JSON_TYPE)).toBe(400);
    expect(await send('/v1/other', '{}', JSON_TYPE)).toBe(404);
    expect(sink.counts().refused).toBe(1);
  });
});

import { metrics } from '@opentelemetry/api';
import { type DataPoint, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Signal } from '../../../../src/telltale/src/export/delivery.ts';
import { OtlpExporter } from '../../../../src/telltale/src/export/otlp/otlp-exporter.ts';
import type { SendResult, Transport } from '../../../../src/telltale/src/export/otlp/transport.ts';
import {
  abortExporters,
  drainExporters,
} from '../../../../src/telltale/src/export/running-exporters.ts';

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

let reader: PullReader;
/** Counts belong to the process, so each test has a signal of its own. */
let signal: string;
let tests = 0;
beforeEach(() => {
  process.env['OTEL_LOG_LEVEL'] = 'none';
  reader = new PullReader();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  tests += 1;
  signal = `signal ${tests}`;
});
afterEach(() => {
  delete process.env['OTEL_LOG_LEVEL'];
  metrics.disable();
});

/** Reasons of the failures that this test counted, with their number. */
async function failures(): Promise<Record<string, unknown>> {
  const { resourceMetrics } = await reader.collect();
  const points = resourceMetrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .filter(({ descriptor }) => descriptor.name === 'telltale.export.failures')
    .flatMap(({ dataPoints }): readonly DataPoint<unknown>[] => dataPoints)
    .filter(({ attributes }) => attributes['telltale.signal'] === signal);
  return Object.fromEntries(
    points.map(({ attributes, value }) => [attributes['telltale.reason'], value]),
  );
}

function exporterOf(
  send: () => Promise<SendResult>,
  options: { readonly isConfigured?: boolean; readonly encode?: () => Uint8Array } = {},
): { readonly exporter: OtlpExporter<string>; readonly aborted: () => number } {
  let aborted = 0;
  const transport = {
    send,
    close: () => {},
    reopen: () => {},
    abort: () => {
      aborted += 1;
    },
  };
  const exporter = new OtlpExporter<string>({
    signal: signal as Signal,
    url: 'http://user:hunter2@host:1/v1/logs',
    isConfigured: options.isConfigured ?? true,
    transport: transport as unknown as Transport,
    serializer: {
      serializeRequest: options.encode ?? (() => Buffer.from('x')),
      deserializeResponse: (body) => JSON.parse(Buffer.from(body).toString()),
    },
  });
  return { exporter, aborted: () => aborted };
}

const exportOne = (exporter: OtlpExporter<string>): number => {
  let code = -1;
  exporter.export('item', (result) => {
    code = result.code;
  });
  return code;
};

const answer = (text: string): SendResult => ({ ok: true, body: Buffer.from(text) });
const failed = (reason: 'refused' | 'status'): SendResult => ({
  ok: false,
  reason,
  detail: 'd',
  isRetryable: false,
});

test.for([
  { name: 'an empty answer', result: answer(''), wanted: {} },
  { name: 'an answer that is no OTLP', result: answer('<html>'), wanted: {} },
  { name: 'a full success', result: answer('{"partialSuccess":{}}'), wanted: {} },
  {
    name: 'a partial success',
    result: answer('{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"no"}}'),
    wanted: { rejected: 1 },
  },
  { name: 'a failure', result: failed('status'), wanted: { status: 1 } },
  { name: 'a refusal', result: failed('refused'), wanted: { refused: 1 } },
])('$name', async ({ result, wanted }) => {
  const { exporter } = exporterOf(async () => result);
  expect(exportOne(exporter)).toBe(0);
  await exporter.shutdown();
  expect(await failures()).toEqual(wanted);
});

test('a refusal where no address is set is no failure', async () => {
  const { exporter } = exporterOf(async () => failed('refused'), { isConfigured: false });
  exportOne(exporter);
  await exporter.shutdown();
  expect(await failures()).toEqual({});
});

test('items that cannot be encoded are counted', async () => {
  const encode = (): never => {
    throw new Error('planted');
  };
  const { exporter } = exporterOf(async () => answer(''), { encode });
  expect(exportOne(exporter)).toBe(0);
  await exporter.shutdown();
  expect(await failures()).toEqual({ serialization: 1 });
});

test('answers the SDK at once, and drops beyond 16 exports on their way', async () => {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { exporter } = exporterOf(async () => {
    await held;
    return answer('');
  });
  const codes = Array.from({ length: 20 }, () => exportOne(exporter));
  expect(new Set(codes)).toEqual(new Set([0]));
  release();
  await drainExporters();
  expect(await failures()).toEqual({ overflow: 4 });
  await exporter.shutdown();
});

test('abortExporters() reaches every exporter until it is shut down', async () => {
  const { exporter, aborted } = exporterOf(async () => answer(''));
  abortExporters();
  await exporter.shutdown();
  abortExporters();
  expect(aborted()).toBe(1);
  expect(exportOne(exporter)).toBe(1);
});

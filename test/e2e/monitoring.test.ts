import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { PACKAGE_VERSION } from '../../src/telltale/src/version.ts';
import { LOGGING_APP } from '../support/log-apps.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { createAppFolder } from '../support/run-app.ts';
import { type ServingApp, serveApp } from '../support/serving-app.ts';

const KEY = 'correct-horse';
const REQUESTS = 3;
const SCRAPES = 4;
const SERVER_KIND = 2;

const folder = createAppFolder();
const file = folder.write('monitored.cjs', LOGGING_APP);
let sink: OtlpSink;
let running: ServingApp;

interface Status {
  readonly models: readonly Record<string, unknown>[];
  readonly exporters: readonly { readonly signal: string; readonly successes: number }[];
  readonly instrumentations: readonly { readonly name: string }[];
}

const get = (path: string): Promise<Response> =>
  fetch(`${running.monitoringUrl}${path}`, { headers: { 'x-api-key': KEY } });

beforeAll(async () => {
  sink = await startOtlpSink();
  running = await serveApp({
    file,
    cwd: folder.path,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      TELLTALE_API_KEY: KEY,
    },
  });
  for (let i = 0; i < REQUESTS; i++) await (await fetch(running.url)).text();
}, 30_000);
afterAll(async () => {
  await running.stop();
  await sink.close();
  folder.remove();
});

describe('a process with telltale/register', () => {
  test('tells its models, its exporters and what is watched', async () => {
    const read = async (): Promise<Status> =>
      (await (await get('/monitoring/status')).json()) as Status;
    await expect
      .poll(async () => (await read()).exporters.every(({ successes }) => successes > 0))
      .toBe(true);
    const status = await read();
    expect(status.models).toMatchObject([
      {
        name: 'iris',
        sessions: 1,
        active: 0,
        runs: 2 * REQUESTS,
        errors: { missing_input: REQUESTS },
        latency_ms: { p50: expect.any(Number), p99: expect.any(Number) },
      },
    ]);
    expect(status).toMatchObject({
      sdk: { mode: 'own' },
      feedback: { matched: REQUESTS, unmatched: 0 },
      components: [{ name: 'store', state: 'up' }],
    });
    expect(status.instrumentations.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        '@telltale/instrumentation-onnxruntime',
        '@telltale/instrumentation-runtime',
        '@opentelemetry/instrumentation-http',
        '@opentelemetry/instrumentation-runtime-node',
      ]),
    );
  });

  test('names inputs and outputs of a model', async () => {
    const response = await get('/monitoring/models/iris');
    expect(await response.json()).toMatchObject({
      models: [
        { name: 'iris', file_name: 'iris.onnx', inputs: [{ dims: [expect.anything(), 4] }] },
      ],
    });
  });

  test('shows the process, the event loop and garbage collection, each once', async () => {
    const page = await (await get('/metrics')).text();
    const names = [
      'process_cpu_time_seconds_total',
      'process_memory_usage_bytes',
      'process_uptime_seconds',
      'nodejs_eventloop_utilization_ratio',
      'nodejs_eventloop_delay_p99_seconds',
      'v8js_memory_heap_used_bytes',
      'ml_feedback_records_total',
      'ml_predictions_total',
    ];
    const types = page.split('\n').filter((line) => line.startsWith('# TYPE '));
    const found = names.map((name) => types.filter((line) => line.includes(` ${name} `)).length);
    expect(found).toEqual(names.map(() => 1));
  });

  test('scrapes make no spans and no requests', async () => {
    for (let i = 0; i < SCRAPES; i++) await (await get('/metrics')).text();
    await running.stop();
    const servers = sink.spans().filter(({ kind }) => kind === SERVER_KIND);
    expect(servers.length).toBe(REQUESTS);
    expect(sink.total('http.server.request.duration')).toBe(REQUESTS);
  });
});

test('PACKAGE_VERSION is the one of package.json', () => {
  const path = new URL('../../src/telltale/package.json', import.meta.url);
  const packageJson = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  expect(PACKAGE_VERSION).toBe(packageJson['version']);
});

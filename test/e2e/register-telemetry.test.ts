import { afterAll, expect, test } from 'vitest';

import { SCHEMA_URL } from '@telltale/core';

import { CJS_APP, endingApp, INFERENCES } from '../support/inference-apps.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { createAppFolder, freePort, runApp } from '../support/run-app.ts';

const folder = createAppFolder();
afterAll(() => folder.remove());
const app = folder.write('app.cjs', CJS_APP);

test('exemplars of durations point to spans that were sent', async () => {
  const sink = await startOtlpSink();
  await runApp({
    argv: ['--require', 'telltale/register', app],
    cwd: folder.path,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
  });
  await sink.close();
  const durations = sink.metrics().filter(({ name }) => name === 'ml.inference.duration');
  const exemplars = durations.flatMap(({ points }) =>
    points.flatMap((point) => point.exemplars),
  ) as {
    traceId: string;
    spanId: string;
    asDouble: number;
  }[];
  const spans = new Set(sink.spans().map(({ traceId, spanId }) => `${traceId}/${spanId}`));
  expect(exemplars.length).toBeGreaterThan(0);
  expect(exemplars.filter(({ traceId, spanId }) => !spans.has(`${traceId}/${spanId}`))).toEqual([]);
  expect(exemplars.every(({ asDouble }) => asDouble > 0)).toBe(true);
});

test('every scope of ours names the version of the registry', async () => {
  const sink = await startOtlpSink();
  const file = folder.write(
    'scopes.cjs',
    `const { cache, events, predictions } = require('telltale');
    cache('features').hit();
    predictions.record({ model: 'm', outcome: 'yes' });
    events.emit('ALERT', 'app.told', {});
    ${CJS_APP}`,
  );
  await runApp({
    argv: ['--require', 'telltale/register', file],
    cwd: folder.path,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
  });
  await sink.close();
  const scopes = sink.requests.flatMap(({ body }) =>
    // A scope and its schema are siblings in the OTLP of every signal.
    [
      ...JSON.stringify(JSON.parse(body.toString('utf8'))).matchAll(
        /"scope":\{"name":"(?<name>(?:@telltale|telltale)[^"]*)".*?(?:"schemaUrl":"(?<url>[^"]*)"|(?="scope":)|$)/gu,
      ),
    ].map(({ groups }) => [groups?.['name'], groups?.['url']]),
  );
  expect(new Set(scopes.map(([name]) => name))).toEqual(
    new Set([
      'telltale',
      '@telltale/instrumentation-onnxruntime',
      '@telltale/instrumentation-runtime',
      '@telltale/instrumentation-drift',
    ]),
  );
  expect(new Set(scopes.map(([, url]) => url))).toEqual(new Set([SCHEMA_URL]));
});

test.for(['http/json', 'http/protobuf'])('%s carries all three signals', async (protocol) => {
  const sink = await startOtlpSink();
  const result = await runApp({
    argv: ['--require', 'telltale/register', app],
    cwd: folder.path,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_SERVICE_NAME: 'shop',
    },
  });
  await sink.close();
  const type = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(new Set(sink.requests.map(({ contentType }) => contentType))).toEqual(new Set([type]));
  expect(new Set(sink.requests.map(({ contentEncoding }) => contentEncoding))).toEqual(
    new Set(['gzip']),
  );
  expect(new Set(sink.requests.map(({ path }) => path))).toEqual(
    new Set(['/v1/traces', '/v1/metrics', '/v1/logs']),
  );
  expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  const events = sink.logs().map(({ eventName }) => eventName);
  expect(events).toContain('ml.model.load');
  // The application ends long before the first minute does: its runs are told all the same, once.
  expect(events.filter((name) => name === 'ml.inference.summary').length).toBe(1);
  expect(new Set(sink.spans().map(({ resource }) => resource['service.name']))).toEqual(
    new Set(['shop']),
  );
});

test.for(['delta', 'cumulative'])(
  '%s temporality counts each inference once',
  async (preference) => {
    const sink = await startOtlpSink();
    const file = folder.write(
      'twice.cjs',
      endingApp(`setTimeout(() => infer(ort, ${INFERENCES}), 700);`),
    );
    await runApp({
      argv: ['--require', 'telltale/register', file],
      cwd: folder.path,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_METRIC_EXPORT_INTERVAL: '300',
        OTEL_METRIC_EXPORT_TIMEOUT: '300',
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: preference,
      },
    });
    await sink.close();
    const exports = sink.requests.filter(({ path }) => path === '/v1/metrics');
    expect(exports.length).toBeGreaterThan(1);
    expect(sink.total('ml.inference.duration')).toBe(2 * INFERENCES);
  },
);

test('exponential histograms on request', async () => {
  const sink = await startOtlpSink();
  const result = await runApp({
    argv: ['--require', 'telltale/register', app],
    cwd: folder.path,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION:
        'base2_exponential_bucket_histogram',
    },
  });
  await sink.close();
  const sent = sink.requests
    .filter(({ path }) => path === '/v1/metrics')
    .map(({ body }) => body.toString('utf8'))
    .join('');
  expect(result.stderr).toBe('');
  expect(sent).toMatch(/"name":"ml\.inference\.duration"[^}]*\}?.*?"exponentialHistogram"/u);
});

test('ranks keep their buckets where other histograms are exponential', async () => {
  const sink = await startOtlpSink();
  const file = folder.write(
    'ranks.cjs',
    `const meter = require('@opentelemetry/api').metrics.getMeter('ranks');
    for (const name of ['ml.drift.rank', 'other']) meter.createHistogram(name).record(0.5);`,
  );
  const result = await runApp({
    argv: ['--require', 'telltale/register', file],
    cwd: folder.path,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION:
        'base2_exponential_bucket_histogram',
    },
  });
  await sink.close();
  const sent = sink.requests.map(({ body }) => body.toString('utf8')).join('');
  expect(result.stderr).toBe('');
  expect(sent).toMatch(/"name":"ml\.drift\.rank"[^}]*"histogram"/u);
  expect(sent).toMatch(/"name":"other"[^}]*"exponentialHistogram"/u);
});

test('what could not be sent is counted', async () => {
  const sink = await startOtlpSink('error-500');
  const file = folder.write(
    'counted.cjs',
    endingApp(`setTimeout(async () => {
      const url = 'http://127.0.0.1:' + process.env.PAGE + '/metrics';
      console.log(await (await fetch(url)).text());
    }, 1500);`),
  );
  const port = await freePort();
  const result = await runApp({
    argv: ['--require', 'telltale/register', file],
    cwd: folder.path,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      TELLTALE_MONITORING_PORT: String(port),
      PAGE: String(port),
    },
  });
  await sink.close();
  expect(result.code).toBe(0);
  expect(result.stdout).toMatch(
    /^telltale_export_failures_total\{(?=[^}]*telltale_signal="traces")(?=[^}]*telltale_reason="status")[^}]*\} \d+$/mu,
  );
});

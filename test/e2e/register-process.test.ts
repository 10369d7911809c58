import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, describe, expect, test } from 'vitest';

import { CJS_APP, endingApp, INFERENCES } from '../support/inference-apps.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { type AppResult, createAppFolder, freePort, runApp } from '../support/run-app.ts';

const folder = createAppFolder();
afterAll(() => folder.remove());

const app = folder.write('app.cjs', CJS_APP);

function run(file: string, env: Readonly<Record<string, string>>): Promise<AppResult> {
  return runApp({
    argv: ['--require', 'telltale/register', file],
    cwd: folder.path,
    env: { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', ...env },
  });
}

const lines = (text: string): string[] => text.split('\n').filter(Boolean);

describe('the Prometheus page', () => {
  const scrape = (accept: string): string => `
    setTimeout(async () => {
      const url = 'http://127.0.0.1:' + process.env.PAGE + '/metrics';
      const response = await fetch(url, { headers: { accept: '${accept}' } });
      console.log('type=' + response.headers.get('content-type'));
      console.log(await response.text());
    }, 600);`;

  test('has the names of the alert service, with exemplars in OpenMetrics', async () => {
    const port = String(await freePort());
    const file = folder.write('page.cjs', endingApp(scrape('application/openmetrics-text')));
    const result = await run(file, { TELLTALE_MONITORING_PORT: port, PAGE: port });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const page = lines(result.stdout);
    expect(page).toContain('type=application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(page.at(-1)).toBe('# EOF');
    const counts = page.filter((line) => line.startsWith('ml_inference_duration_seconds_count{'));
    expect(counts).toHaveLength(1);
    expect(counts[0]).toMatch(new RegExp(` ${INFERENCES}$`, 'u'));
    expect(page).toContain('# TYPE ml_inference_items counter');
    const withExemplar = page.filter((line) =>
      /^ml_inference_duration_seconds_bucket\{.*\} \d+ # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}"\} [\d.e-]+ \d+\.\d{3}$/u.test(
        line,
      ),
    );
    expect(withExemplar.length).toBeGreaterThan(0);
  });

  test('is plain text for who asks for nothing else', async () => {
    const port = String(await freePort());
    const file = folder.write('text.cjs', endingApp(scrape('*/*')));
    const result = await run(file, { TELLTALE_MONITORING_PORT: port, PAGE: port });
    expect(result.stdout).toContain('type=text/plain; version=0.0.4; charset=utf-8');
    expect(result.stdout).toContain('# TYPE ml_inference_items_total counter');
    expect(result.stdout).not.toContain('# EOF');
  });

  test('leaves its port to an application that opens its own page first thing', async () => {
    const port = String(await freePort());
    const file = folder.write(
      'own-page.cjs',
      `
      const { NodeSDK } = require('@opentelemetry/sdk-node');
      const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus');
      const page = new PrometheusExporter({ port: Number(process.env.PAGE), host: '127.0.0.1' });
      new NodeSDK({ metricReaders: [page] }).start();
      ${endingApp(`
        const url = 'http://127.0.0.1:' + process.env.PAGE + '/metrics';
        fetch(url).then((response) => response.text()).then((text) => {
          console.log(text);
          process.exit(0);
        });`)}`,
    );
    const result = await run(file, { TELLTALE_MONITORING_PORT: port, PAGE: port });
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(
      new RegExp(`^ml_inference_duration_count\\{.*\\} ${INFERENCES}$`, 'mu'),
    );
    expect(lines(result.stderr)).toEqual([
      'telltale: The application runs its own OpenTelemetry SDK: Telltale reports through it and serves no page',
    ]);
  });

  test('costs one line when its port is taken', async () => {
    const server = http.createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const file = folder.write('taken.cjs', endingApp('setTimeout(() => {}, 600);'));
    const result = await run(file, { TELLTALE_MONITORING_PORT: String(port) });
    server.close();
    expect(result.code).toBe(0);
    expect(lines(result.stderr)).toEqual([
      `telltale: Cannot serve metrics on 127.0.0.1:${port}: the port is taken; set TELLTALE_MONITORING_PORT to another one, 0 or off`,
    ]);
  });
});

describe('configuration', () => {
  const wrong = {
    TELLTALE_SPAN: 'all',
    TELLTALE_MONITORING_PORT: 'ninety',
    OTEL_TRACES_SAMPLE: 'always_on',
    TELLTALE_SDK: 'mine',
  };

  test('tells every problem at once, each with the nearest name, and goes on', async () => {
    const result = await run(app, wrong);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('inferred');
    expect(
      lines(result.stderr)
        .filter((line) => !line.includes('Cannot serve'))
        .toSorted(),
    ).toEqual([
      'telltale: OTEL_TRACES_SAMPLE: Cannot find an option of this name: the nearest valid name is OTEL_TRACES_SAMPLER',
      'telltale: TELLTALE_MONITORING_PORT: Cannot use it: expected a port from 0 to 65535, 0 for any free one: current value is "ninety"',
      'telltale: TELLTALE_SDK: Cannot use it: expected one of auto, own, node, attach, off: current value is "mine"',
      'telltale: TELLTALE_SPAN: Cannot find an option of this name: the nearest valid name is TELLTALE_SPANS',
    ]);
  });

  test('stops before the application in strict mode, with exit code 78', async () => {
    const result = await run(app, { ...wrong, TELLTALE_STRICT: '1' });
    expect(result).toMatchObject({ code: 78, stdout: '' });
    expect(lines(result.stderr)).toHaveLength(4);
  });

  test.for([
    { name: 'OTEL_SDK_DISABLED', env: { OTEL_SDK_DISABLED: 'true' } },
    { name: 'TELLTALE_ENABLED', env: { TELLTALE_ENABLED: 'false' } },
    { name: 'TELLTALE_SDK', env: { TELLTALE_SDK: 'off' } },
  ])('$name switches everything off', async ({ env }) => {
    const sink = await startOtlpSink();
    const all = { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_METRICS_EXPORTER: 'otlp' };
    const result = await run(app, all);
    await sink.close();
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(sink.requests).toEqual([]);
  });

  test('OTEL_CONFIG_FILE builds the SDK, and metrics are not lost', async () => {
    const sink = await startOtlpSink();
    const config = folder.write(
      'otel.yaml',
      `file_format: "1.0"
tracer_provider:
  processors:
    - batch: { exporter: { otlp_http: { endpoint: "${sink.url}/v1/traces" } } }
meter_provider:
  readers:
    - periodic: { exporter: { otlp_http: { endpoint: "${sink.url}/v1/metrics" } } }
`,
    );
    const result = await runApp({
      argv: ['--require', 'telltale/register', app],
      cwd: folder.path,
      env: { OTEL_CONFIG_FILE: config },
    });
    await sink.close();
    expect(result.code).toBe(0);
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
    expect(sink.spans().filter(({ name }) => name.startsWith('infer '))).toHaveLength(INFERENCES);
  });
});

describe('privacy', () => {
  test('without an address nothing is sent but metrics and logs to this host', async () => {
    const sink = await startOtlpSink();
    const result = await runApp({
      argv: ['--require', 'telltale/register', app],
      cwd: folder.path,
      env: {
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${sink.url}/v1/metrics`,
        OTEL_LOGS_EXPORTER: 'none',
      },
    });
    await sink.close();
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(new Set(sink.requests.map(({ path }) => path))).toEqual(new Set(['/v1/metrics']));
  });

  test('no folder and no command line leaves the process', async () => {
    const sink = await startOtlpSink();
    const file = folder.write('secret-in-name.cjs', CJS_APP);
    await runApp({
      argv: ['--require', 'telltale/register', file, '--password=hunter2'],
      cwd: folder.path,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    });
    await sink.close();
    const sent = sink.requests.map(({ body }) => body.toString('utf8')).join('');
    expect(sent.length).toBeGreaterThan(1_000);
    expect(sent.includes(folder.path)).toBe(false);
    expect(sent.includes('hunter2')).toBe(false);
  });

  test.for([
    { name: 'is off', env: {}, value: '1' },
    { name: 'is left alone on request', env: { TELLTALE_ORT_TELEMETRY: '1' }, value: 'undefined' },
  ])("ONNX Runtime's usage data $name", async ({ env, value }) => {
    const file = folder.write(
      'phone.cjs',
      'console.log(String(process.env.ORT_DISABLE_TELEMETRY));',
    );
    const result = await run(file, env);
    expect(result.stdout.trim()).toBe(value);
  });
});

describe('other processes and threads', () => {
  const forked = `
    const { fork } = require('node:child_process');
    const child = fork('${app}');
    child.on('exit', (code) => console.log('child=' + code));`;

  test('a forked child is observed as a process of its own', async () => {
    const sink = await startOtlpSink();
    const result = await runApp({
      argv: ['--require', 'telltale/register', folder.write('fork.cjs', forked)],
      cwd: folder.path,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    });
    await sink.close();
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('child=0');
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  });

  test('cluster workers do not fight for the page', async () => {
    const file = folder.write(
      'cluster.cjs',
      `
      const cluster = require('node:cluster');
      if (cluster.isPrimary) {
        for (let i = 0; i < 2; i++) cluster.fork();
        cluster.on('exit', (worker, code) => console.log('worker=' + code));
      } else {
        setTimeout(() => process.exit(0), 500);
      }`,
    );
    const result = await run(file, { TELLTALE_MONITORING_PORT: '0' });
    expect(result).toMatchObject({ code: 0, stderr: '', stdout: 'worker=0\nworker=0\n' });
  });

  test('a worker thread is observed and told apart', async () => {
    const sink = await startOtlpSink();
    const file = folder.write(
      'worker.cjs',
      `new (require('node:worker_threads').Worker)('${app}');`,
    );
    const result = await runApp({
      argv: ['--require', 'telltale/register', file],
      cwd: folder.path,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    });
    await sink.close();
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
    const threads = sink.spans().map(({ resource }) => resource['thread.id']);
    expect(new Set(threads)).toEqual(new Set([1]));
  });

  test.for(['--require', '--import'])(
    '%s in NODE_OPTIONS leaves node -e and node -p alone',
    async (flag) => {
      for (const inline of ['-e', '-p']) {
        const result = await runApp({
          argv: [inline, inline === '-e' ? 'console.log(6 * 7)' : '6 * 7'],
          cwd: folder.path,
          env: {
            NODE_OPTIONS: `${flag} telltale/register`,
            OTEL_METRICS_EXPORTER: 'none',
            OTEL_LOGS_EXPORTER: 'none',
          },
        });
        expect(result).toMatchObject({ code: 0, stdout: '42\n', stderr: '' });
      }
    },
  );
});

import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';

import { checkConfig } from '../../src/telltale/src/cli/commands/config-check.ts';
import { doctor } from '../../src/telltale/src/cli/commands/doctor.ts';
import { CJS_APP, endingApp } from '../support/inference-apps.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { type AppResult, createAppFolder, freePort, runApp } from '../support/run-app.ts';

const folder = createAppFolder();
const app = folder.write('app.cjs', CJS_APP);
afterAll(() => folder.remove());

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(() => sink.close());

const otlp = (signal: string): string => `{ otlp_http: { endpoint: "${sink.url}/v1/${signal}" } }`;

const declared = (more = ''): string =>
  folder.write(
    'otel.yaml',
    `file_format: "1.0"
tracer_provider:
  processors:
    - batch: { exporter: ${otlp('traces')} }
meter_provider:
  readers:
    - periodic: { exporter: ${otlp('metrics')} }
${more}`,
  );

const run = (file: string, env: Readonly<Record<string, string>>): Promise<AppResult> =>
  runApp({ argv: ['--require', 'telltale/register', file], cwd: folder.path, env });

test('a good start says nothing', async () => {
  const result = await run(app, { OTEL_CONFIG_FILE: declared() });
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(sink.total('ml.inference.duration')).toBeGreaterThan(0);
});

test('lines of logs go to standard output or error where that is named as file', async () => {
  const file = folder.write(
    'event.cjs',
    `require('telltale').events.emit('ALERT', 'app.started', { message: 'hello' });`,
  );
  const env = { OTEL_CONFIG_FILE: declared() };
  const out = await run(file, { ...env, TELLTALE_LOG_FILE: '/dev/stdout' });
  expect(JSON.parse(out.stdout)).toMatchObject({ 'event.name': 'app.started', type: 'ALERT' });
  const error = await run(file, { ...env, TELLTALE_LOG_FILE: '/dev/stderr' });
  expect(JSON.parse(error.stderr)).toMatchObject({ message: 'hello' });
});

describe('a file that cannot be used', () => {
  const missing = '/nowhere/otel.yaml';
  const broken = folder.write('broken.yaml', 'file_format: "1.0"\n  tracer_provider: [');
  const other = folder.write('other.yaml', '- just\n- a list');
  const formless = folder.write('formless.yaml', 'tracer_provider: {}');

  test.for([
    [missing, 'Cannot read "/nowhere/otel.yaml", so no OpenTelemetry SDK starts: ENOENT'],
    [broken, 'as YAML:'],
    [other, 'expected keys such as file_format, tracer_provider'],
    [formless, 'expected the key file_format'],
  ] as const)('%s is an error of config check', ([file, message]) => {
    const checked = checkConfig({
      file: undefined,
      folder: folder.path,
      env: { OTEL_CONFIG_FILE: file },
      isJson: false,
    });
    expect(checked.exitCode).toBe(1);
    expect(checked.output).toContain(`OTEL_CONFIG_FILE: `);
    expect(checked.output).toContain(message);
  });

  test('is told in one line, and the application runs', async () => {
    const result = await run(app, { OTEL_CONFIG_FILE: missing });
    expect(result.code).toBe(0);
    expect(result.stdout).not.toBe('');
    expect(result.stderr.split('\n').filter(Boolean)).toEqual([
      expect.stringContaining('OTEL_CONFIG_FILE: Cannot read "/nowhere/otel.yaml"'),
    ]);
  });

  test('in strict mode nothing starts', async () => {
    const result = await run(app, { OTEL_CONFIG_FILE: missing, TELLTALE_STRICT: '1' });
    expect(result).toMatchObject({ code: 78, stdout: '' });
  });
});

test('doctor tells the exporters of the file, without secrets, and not those of variables', async () => {
  const port = await freePort();
  const file = folder.write(
    'doctor.yaml',
    `file_format: "1.0"
tracer_provider:
  processors:
    - batch: { exporter: { otlp_http: { endpoint: "http://u:hunter2@127.0.0.1:${port}/v1/traces" } } }
    - simple: { exporter: { console: {} } }
meter_provider:
  readers:
    - periodic: { exporter: ${otlp('metrics')} }
    - pull: { exporter: { "prometheus/development": { port: 9464 } } }
`,
  );
  const { output, exitCode } = await doctor({
    command: [],
    folder: folder.path,
    env: { OTEL_CONFIG_FILE: file, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://elsewhere.invalid:4318' },
    isJson: true,
  });
  const { checks } = JSON.parse(output) as {
    readonly checks: readonly { readonly name: string; readonly message: string }[];
  };
  expect(exitCode).toBe(1);
  expect(
    checks.filter(({ name }) => name.startsWith('export of')).map((one) => ({ ...one })),
  ).toMatchObject([
    {
      name: 'export of traces',
      status: 'fail',
      message: `http://127.0.0.1:${port}/v1/traces (otlp_http, by the file) is not reachable: ECONNREFUSED`,
    },
    { name: 'export of traces', status: 'ok', message: 'console, by the file' },
    {
      name: 'export of metrics',
      status: 'ok',
      message: `${sink.url}/v1/metrics (otlp_http, by the file) is reachable`,
    },
    { name: 'export of metrics', status: 'ok', message: 'prometheus/development, by the file' },
    { name: 'export of logs', status: 'ok', message: `nowhere, as ${file} declares no exporter` },
  ]);
  expect(output).not.toContain('hunter2');
  expect(output).not.toContain('elsewhere.invalid');
});

test('a declared Prometheus reader has the documented names', async () => {
  const port = await freePort();
  const config = folder.write(
    'page.yaml',
    `file_format: "1.0"
meter_provider:
  readers:
    - pull: { exporter: { "prometheus/development": { host: 127.0.0.1, port: ${port} } } }
`,
  );
  const file = folder.write(
    'page.cjs',
    endingApp(`
    setTimeout(async () => {
      const response = await fetch('http://127.0.0.1:${port}/metrics');
      console.log(await response.text());
      process.exit(0);
    }, 300);`),
  );
  const { stdout } = await run(file, { OTEL_CONFIG_FILE: config });
  for (const name of [
    'ml_inference_duration_seconds_bucket',
    'ml_inference_items_total',
    'ml_model_size_bytes',
    'ml_model_load_duration_seconds_count',
  ]) {
    expect(stdout).toContain(`${name}{`);
  }
});

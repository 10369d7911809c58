import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { type AppResult, createAppFolder, freePort, runApp } from '../support/run-app.ts';
import { SECRET, SECRET_NAMES, SECRETIVE_APP } from '../support/secretive-app.ts';

const app = createAppFolder();
const file = app.write('secretive.cjs', SECRETIVE_APP);
afterAll(() => app.remove());

let folder: string;
let sink: OtlpSink;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-privacy-'));
  sink = await startOtlpSink();
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await sink.close();
});

/** As people write the variable: values are percent-encoded. */
const RESOURCE = [
  ...SECRET_NAMES.map((name) => `app.${name}=${SECRET}`),
  `db.url=${encodeURIComponent(`postgres://app:${SECRET}@db.example:5432/orders`)}`,
  'team=kept team',
].join(',');

const run = (env: Readonly<Record<string, string>>): Promise<AppResult> =>
  runApp({
    argv: ['--require', 'telltale/register', file, '--db-password', SECRET, `--token=${SECRET}`],
    cwd: app.path,
    env: {
      HIDDEN: SECRET,
      NAMES: JSON.stringify(SECRET_NAMES),
      TELLTALE_LOG_FILE: join(folder, 'app.log'),
      OTEL_NODE_RESOURCE_DETECTORS: 'all',
      OTEL_RESOURCE_ATTRIBUTES: RESOURCE,
      ...env,
    },
  });

const written = (): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');

const sent = (): string => sink.requests.map(({ body }) => body.toString('utf8')).join('\n');

interface Health {
  readonly components: readonly { readonly name: string; readonly state: string }[];
}

describe.for(['http/json', 'http/protobuf'])('over OTLP as %s', (protocol) => {
  test('no secret leaves by exporters, files, pages or standard error', async () => {
    const port = String(await freePort());
    const result = await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      TELLTALE_MONITORING_PORT: port,
      PAGE: port,
    });
    expect(result.code).toBe(0);
    const everything = { sent: sent(), written: written(), ...result };
    expect(JSON.stringify(everything)).not.toContain(SECRET);
    // All of it was sent and written, only without the secret.
    expect(everything.sent).toContain('kept team');
    expect(everything.sent).toContain('--db-password');
    for (const text of [everything.sent, everything.written]) {
      expect(text).toContain('app.config');
      expect(text).toContain('bad time');
      expect(text).toContain('postgres://[redacted]@db.example:5432/orders');
    }
    expect(everything.sent).toContain('kept');
    expect(result.stdout).toContain('/metrics');
    const page = result.stdout.split('\n').filter((line) => line.startsWith('app_requests_total'));
    const tokens = page.filter((line) => line.includes(' token=') || line.includes('{token='));
    // Series that differ in a secret only stay apart.
    expect([tokens.length, new Set(tokens).size]).toEqual([3, 3]);
    // `api-key` and `api_key` are one label of Prometheus.
    expect(page.length).toBeGreaterThanOrEqual(SECRET_NAMES.length + 2);
  });
});

test('what a health check says goes to holders of a key only; PONG and nothing are up', async () => {
  const port = String(await freePort());
  const result = await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    TELLTALE_MONITORING_PORT: port,
    PAGE: port,
  });
  const answers = new Map(
    result.stdout.split('\n').flatMap((line) => {
      const found = /^(?<path>\/\S+) (?<body>\{.*)$/u.exec(line)?.groups;
      return found === undefined ? [] : [[found['path'], found['body']] as const];
    }),
  );
  const { components } = JSON.parse(answers.get('/health') ?? '{}') as Health;
  expect(
    components.map(({ name, state, ...rest }) => ({
      name,
      state,
      reason: (rest as { reason?: string }).reason,
    })),
  ).toEqual([
    { name: 'database', state: 'down', reason: 'the check failed: Error' },
    {
      name: 'queue',
      state: 'down',
      reason: 'no route to postgres://[redacted]@db.example:5432/orders',
    },
    { name: 'cache', state: 'up', reason: undefined },
    { name: 'store', state: 'up', reason: undefined },
    { name: 'disk', state: 'down', reason: 'the check answered false' },
  ]);
  expect(answers.get('/health')).not.toContain('probe cannot reach');
  expect(sent()).not.toContain('probe cannot reach');
  expect(answers.get('/monitoring/status')).toContain(
    'probe cannot reach postgres://[redacted]@db.example:5432/orders',
  );
});

test('a declared SDK masks what the application records too', async () => {
  const otlp = (signal: string): string =>
    `{ otlp_http: { endpoint: "${sink.url}/v1/${signal}", encoding: json } }`;
  const config = app.write(
    'declared.yaml',
    `file_format: "1.0"
resource:
  attributes:
    - { name: service.name, value: declared }
    - { name: app.api_key, value: ${SECRET} }
    - { name: db.url, value: "postgres://app:${SECRET}@db.example:5432/orders" }
tracer_provider:
  processors:
    - batch: { exporter: ${otlp('traces')} }
meter_provider:
  readers:
    - periodic: { exporter: ${otlp('metrics')} }
logger_provider:
  processors:
    - batch: { exporter: ${otlp('logs')} }
`,
  );
  const result = await run({ OTEL_CONFIG_FILE: config });
  expect(result.code).toBe(0);
  const everything = { sent: sent(), written: written(), ...result };
  expect(JSON.stringify(everything)).not.toContain(SECRET);
  expect(new Set(sink.requests.map(({ path }) => path))).toEqual(
    new Set(['/v1/traces', '/v1/metrics', '/v1/logs']),
  );
  for (const word of ['app.config', 'kept', 'app.requests', 'bad time', 'app.api_key']) {
    expect(everything.sent).toContain(word);
  }
  // Lines are written beside a declared SDK too.
  for (const word of ['app.config', 'bad time', 'started with']) {
    expect(everything.written).toContain(word);
  }
});

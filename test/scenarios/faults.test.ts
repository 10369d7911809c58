import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { AlertServiceFixture, metricsBody } from '../support/collector/alert-service.ts';
import { otlpType } from '../support/otlp/otlp-proto.ts';

const RULES = `groups:
- name: queues
  interval: 10s
  rules:
  - alert: Full
    expr: queue_depth > 100
`;

let service: AlertServiceFixture;

beforeEach(() => {
  service = new AlertServiceFixture();
  service.writeRules(RULES);
  service.configure('  otlp: {max_body_bytes: 100000}\n');
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

function point(value = 1, extra: object = {}): Parameters<typeof metricsBody>[0][number] {
  return { name: 'queue_depth', value, timeMs: service.clock.nowMs(), ...extra };
}

async function partialSuccess(response: Response): Promise<unknown> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const type = otlpType('ExportMetricsServiceResponse');
  return type.toObject(type.decode(bytes), { longs: Number })['partialSuccess'];
}

describe('the OTLP receiver', () => {
  test('answers an accepted and an empty request with an empty message', async () => {
    await service.start();
    for (const points of [[point()], []]) {
      const response = await service.post(points);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'application/x-protobuf',
      ]);
      expect(await response.text()).toBe('');
    }
  });

  test('accepts gzip, repeated and unselected points without a message', async () => {
    await service.start();
    const body = metricsBody([point(), point(1, { name: 'nobody_asks' })]);
    for (const each of [1, 2]) {
      const response = await service.postBody(gzipSync(body), {
        headers: { 'content-encoding': 'gzip' },
      });
      expect([each, response.status, await response.text()]).toEqual([each, 200, '']);
    }
    expect(service.app.core.parts.plane.store.counters.samples).toMatchObject({
      accepted: 1,
      duplicate: 1,
    });
  });

  test('explains which points it refused', async () => {
    await service.start();
    await service.post([point(1)]);
    const nowMs = service.clock.nowMs();
    const response = await service.post([
      point(2),
      point(1, { timeMs: nowMs - 86_400_000 }),
      point(1, { timeMs: nowMs + 660_000 }),
      point(3, { timeMs: nowMs - 5 }),
    ]);
    expect(response.status).toBe(200);
    expect(await partialSuccess(response)).toMatchObject({
      rejectedDataPoints: 3,
      errorMessage: expect.stringContaining('1 x too_old'),
    });
    expect(await service.query('count_over_time(queue_depth[1m])')).toMatchObject([[{}, '2']]);
  });

  test.for([
    {
      name: 'bytes that are no OTLP',
      body: Buffer.from('\u00ff\u00ff\u00ff'),
      headers: {},
      status: 400,
    },
    {
      name: 'gzip that is none',
      body: Buffer.from('abc'),
      headers: { 'content-encoding': 'gzip' },
      status: 400,
    },
    {
      name: 'a truncated gzip',
      body: gzipSync(Buffer.alloc(999)).subarray(0, 15),
      headers: { 'content-encoding': 'gzip' },
      status: 400,
    },
    {
      name: 'a gzip bomb',
      body: gzipSync(Buffer.alloc(50_000_000)),
      headers: { 'content-encoding': 'gzip' },
      status: 413,
    },
    { name: 'too many bytes', body: Buffer.alloc(100_001), headers: {}, status: 413 },
    {
      name: 'another content type',
      body: Buffer.from('a=b'),
      headers: { 'content-type': 'text/plain' },
      status: 415,
    },
    {
      name: 'another compression',
      body: Buffer.from('a'),
      headers: { 'content-encoding': 'zstd' },
      status: 415,
    },
  ])('answers $status to $name and goes on', async ({ body, headers, status }) => {
    await service.start();
    const response = await service.postBody(body, { headers });
    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeGreaterThan(0);
    expect((await service.post([point()])).status).toBe(200);
  });

  test('reads logs and traces, refuses what is none, and answers in JSON where it is asked in JSON', async () => {
    await service.start();
    const url = `http://127.0.0.1:${service.app.ports.otlp}`;
    const headers = { 'content-type': 'application/json' };
    for (const path of ['/v1/logs', '/v1/traces']) {
      const response = await fetch(url + path, { method: 'POST', headers, body: '{}' });
      expect([response.status, await response.text()]).toEqual([200, '{}']);
    }
    for (const [path, body] of [
      ['/v1/logs', '{"resourceLogs": 7}'],
      ['/v1/traces', '{"resourceSpans": ['],
    ] as const) {
      const response = await fetch(url + path, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
    }
    const wrong = await fetch(`${url}/v1/metrics`, { headers });
    expect([wrong.status, await wrong.json()]).toEqual([
      405,
      { code: 12, message: 'Cannot GET this path: use POST' },
    ]);
  });

  test('tells senders to come back while the service starts', async () => {
    const app = service.create();
    const started = app.start();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(app.core.problems()).toContain('the service is starting');
    expect(
      await app.core.parts.plane.ingest.take({
        body: new Uint8Array(),
        encoding: 'protobuf',
        isGzip: false,
      }),
    ).toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: 1,
    });
    await started;
    expect(app.core.problems()).toEqual([]);
  });
});

test('the OTLP receiver reads JSON and survives a crash with it', async () => {
  await service.start();
  const timeUnixNano = `${service.clock.nowMs()}000000`;
  const metrics = [
    { name: 'queue_depth', gauge: { dataPoints: [{ timeUnixNano, asDouble: 200 }] } },
  ];
  const text = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
  const headers = { 'content-type': 'application/json' };
  const response = await service.postBody(Buffer.from(text), { headers });
  expect([response.status, await response.text()]).toEqual([200, '{}']);
  const wrong = await service.postBody(Buffer.from(text.slice(1)), { headers });
  expect([wrong.status, await wrong.json()]).toMatchObject([400, { code: 3 }]);
  await service.crash();
  await service.start();
  expect(await service.query('queue_depth')).toEqual([[{ __name__: 'queue_depth' }, '200']]);
});

describe('limits', () => {
  test('refuse series beyond them, keep the rest and raise an alert', async () => {
    service.configure('  limits: {max_series: 5}\n');
    await service.start();
    const points = Array.from({ length: 50 }, (_, index) =>
      point(200, { attributes: { n: `${index}` } }),
    );
    const response = await service.post(points);
    expect(await partialSuccess(response)).toMatchObject({
      rejectedDataPoints: expect.any(Number),
      errorMessage: expect.stringContaining('max_series'),
    });
    expect(service.app.core.parts.plane.store.seriesCount).toBeLessThanOrEqual(5);
    await service.clock.advance(30_000);
    expect(service.sent.some(({ alerts }) => alerts.includes('TelltaleSeriesLimit firing'))).toBe(
      true,
    );
  });
});

describe('a failing disk', () => {
  test('is answered with 503 until it works again, and evaluation goes on', async () => {
    await service.start();
    await service.post([point(1)]);
    const wal = join(service.folder, 'telltale-data', 'wal');
    rmSync(wal, { recursive: true });
    writeFileSync(wal, 'no folder');
    await service.clock.advance(61_000);
    const refused = await service.post([point(200)]);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect((await service.get('/-/ready')).status).toBe(503);
    expect(service.sent.map(({ alerts }) => String(alerts[0])).toSorted()).toEqual([
      'Full firing',
      'TelltaleCannotWrite firing',
    ]);
    rmSync(wal);
    await service.clock.advance(1000);
    expect((await service.post([point(1)])).status).toBe(200);
    expect((await service.get('/-/ready')).status).toBe(200);
    await service.clock.advance(1000);
    expect(
      service.sent
        .slice(2)
        .map(({ alerts }) => String(alerts[0]))
        .toSorted(),
    ).toEqual(['Full resolved', 'TelltaleCannotWrite resolved']);
  });
});

describe('damaged files', () => {
  test('of the log are kept aside and an alert is raised', async () => {
    await service.start();
    await service.post([point(1)]);
    await service.stop();
    const wal = join(service.folder, 'telltale-data', 'wal');
    const [segment = ''] = readdirSync(wal);
    const bytes = readFileSync(join(wal, segment));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(join(wal, segment), bytes);
    await service.start();
    expect(service.sent.map(({ alerts }) => alerts)).toEqual([['TelltaleLogDamaged firing']]);
    expect(readdirSync(wal).filter((name) => name.includes('.corrupt-'))).toHaveLength(1);
    expect((await service.post([point(2)])).status).toBe(200);
  });

  test('of the database are moved aside and an alert is raised', async () => {
    const data = join(service.folder, 'telltale-data');
    mkdirSync(data);
    writeFileSync(join(data, 'telltale.db'), 'no database at all'.repeat(300));
    await service.start();
    expect(service.sent.map(({ alerts }) => alerts)).toEqual([['TelltaleDatabaseDamaged firing']]);
    expect(readdirSync(data).filter((name) => name.includes('.corrupt-'))).toHaveLength(1);
  });
});

test('two services on one data folder: the second refuses and the first goes on', async () => {
  await service.start();
  const first = service.app;
  expect(() => service.create()).toThrow('another alert service is running on it');
  expect(first.core.problems()).toEqual([]);
  expect((await service.post([point(1)])).status).toBe(200);
});

test('a clock that is set forward and back loses no alert', async () => {
  await service.start();
  await service.post([point(200)]);
  service.clock.jump(3_600_000);
  await service.clock.advance(20_000);
  await service.post([point(200)]);
  service.clock.jump(-3_600_000);
  await service.clock.advance(20_000);
  await service.post([point(200)]);
  await service.clock.advance(20_000);
  expect(await service.alerts()).toEqual(['Full firing']);
});

test('no secret appears in answers or logs', async () => {
  const secret = 'hunter2-hunter2';
  writeFileSync(join(service.folder, 'key'), `${secret}\n`);
  writeFileSync(join(service.folder, 'url'), `http://hook.test/${secret}\n`);
  service.configText = `collector:
  listen: {otlp: '127.0.0.1:0', api: '127.0.0.1:0'}
  rules: [rules.yml]
  api_keys: [{name: k, key_file: key, scopes: [read, ingest]}]
  notify: {receivers: [{name: hook, type: webhook, url_file: url, credentials_file: key}]}
`;
  service.answers.push({ kind: 'answer', status: 400, headers: {}, body: '' });
  await service.start();
  expect((await service.post([point(200)])).status).toBe(401);
  const headers = { 'x-api-key': secret };
  expect((await service.post([point(200)], { headers })).status).toBe(200);
  expect(service.sent.map(({ alerts }) => alerts)).toEqual([
    ['Full firing'],
    ['TelltaleReceiverFails firing'],
  ]);
  const api = `http://127.0.0.1:${service.app.ports.api}`;
  for (const path of [
    '/metrics',
    '/monitoring/alerts',
    '/monitoring/alerts/history',
    '/api/v1/rules',
    '/api/v1/status/flags',
  ]) {
    const response = await fetch(api + path, { headers });
    expect([path, response.status]).toEqual([path, 200]);
    expect(await response.text()).not.toContain(secret);
  }
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import express from 'express';
import fastify from 'fastify';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';

import { loadConfig } from '../../../../../src/telltale/src/config.ts';
import { serveMonitoring } from '../../../../../src/telltale/src/http/server.ts';
import {
  createMonitoringRouter,
  monitor,
  monitoring,
} from '../../../../../src/telltale/src/http/serving/monitoring.ts';
import { cache, predictions } from '../../../../../src/telltale/src/index.ts';

const KEY = 'correct-horse';
const folder = mkdtempSync(join(tmpdir(), 'telltale-keys-'));
const keysFile = join(folder, 'keys');
writeFileSync(keysFile, `# for the dashboard\n\n  ${KEY}  \nanother\n`);
const emptyFile = join(folder, 'empty');
writeFileSync(emptyFile, '# empty\n');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => rmSync(folder, { recursive: true }));

function configure(env: Readonly<Record<string, string>>): void {
  monitor({
    config: loadConfig({ env, folder: '/nowhere' }),
    mode: 'own',
    render: () => Promise.resolve({ contentType: 'text/plain', body: 'page\n' }),
    models: () => [],
  });
}

async function serve(): Promise<string> {
  const server = serveMonitoring(createMonitoringRouter(true), { host: '127.0.0.1', port: 0 });
  closing.push(() => server.close());
  return `http://127.0.0.1:${Number(await server.listening)}`;
}

/** Status codes without keys configured, with a key given, and without it. */
const WALK: readonly (readonly [ask: string, open: number, withKey: number, without: number])[] = [
  ['GET /metrics', 200, 200, 200],
  ['GET /health', 200, 200, 200],
  ['GET /health/live', 200, 200, 200],
  ['GET /health/ready', 200, 200, 200],
  ['GET /healthz', 200, 200, 200],
  ['GET /readyz', 200, 200, 200],
  ['GET /monitoring/status', 200, 200, 401],
  ['HEAD /monitoring/status', 200, 200, 401],
  ['POST /monitoring/status', 405, 405, 401],
  ['GET /monitoring/models', 200, 200, 401],
  ['GET /monitoring/models/absent', 404, 404, 401],
  ['GET /monitoring/models/%E0%A4%A', 404, 404, 401],
  ['GET /monitoring/models/../status', 404, 404, 401],
  ['GET /monitoring/config', 200, 200, 401],
  ['GET /monitoring/drift', 404, 404, 401],
  ['GET /monitoring/drift/phishing', 404, 404, 401],
  ['GET /monitoring/feedback', 405, 405, 401],
  ['POST /monitoring/feedback', 400, 400, 401],
  ['GET /monitoring/profile/operators', 405, 405, 401],
  ['POST /monitoring/profile/operators', 400, 400, 401],
  ['POST /monitoring/profile/operators?model=absent', 404, 404, 401],
  ['GET /monitoring', 404, 404, 404],
  ['GET /monitoring/unknown', 404, 404, 404],
];

async function statusOf(base: string, ask: string, key?: string): Promise<number> {
  const [method = '', path = ''] = ask.split(' ');
  // `fetch` would tidy the path; this sends it as it stands.
  return new Promise((resolve, reject) => {
    const headers = key === undefined ? {} : { 'x-api-key': key };
    const request = http.request(base, { method, path, headers, agent: false });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    request.end();
  });
}

describe('the endpoints, with and without a key', () => {
  test.for(WALK)('%s: %i open, %i with a key, %i without', async ([ask, ...expected]) => {
    configure({});
    const open = await statusOf(await serve(), ask);
    configure({ TELLTALE_API_KEY: KEY });
    const locked = await serve();
    expect([open, await statusOf(locked, ask, KEY), await statusOf(locked, ask)]).toEqual(expected);
  });

  test.for([
    ['one of a file', { TELLTALE_API_KEYS_FILE: keysFile }, KEY, 200],
    ['a comment of the file', { TELLTALE_API_KEYS_FILE: keysFile }, '# for the dashboard', 401],
    ['any, the file is missing', { TELLTALE_API_KEYS_FILE: '/nowhere/keys' }, KEY, 401],
    ['any, the file has none', { TELLTALE_API_KEYS_FILE: emptyFile }, KEY, 401],
    [
      'the variable beside a missing file',
      { TELLTALE_API_KEY: KEY, TELLTALE_API_KEYS_FILE: '/nowhere/keys' },
      KEY,
      200,
    ],
  ] as const)('a key of %s', async ([, env, key, expected]) => {
    configure(env);
    const base = await serve();
    expect(await statusOf(base, 'GET /monitoring/status', key)).toBe(expected);
    expect(await statusOf(base, 'GET /healthz')).toBe(200);
  });
});

describe('what they tell', () => {
  const get = async (path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${await serve()}${path}`, { headers: { 'x-api-key': KEY } });
    return (await response.json()) as Record<string, unknown>;
  };
  beforeEach(() => {
    configure({
      TELLTALE_API_KEY: KEY,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=s3cret',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:s3cret@127.0.0.1:4318',
    });
  });

  test('GET /monitoring/config masks secrets and names sources', async () => {
    const body = await get('/monitoring/config');
    const text = JSON.stringify(body);
    expect(text).not.toMatch(/s3cret|correct-horse/u);
    const options = body['options'] as readonly { name: string }[];
    const named = (name: string) => options.find((option) => option.name === name);
    expect(named('monitoring.api_key')).toEqual({
      name: 'monitoring.api_key',
      env: 'TELLTALE_API_KEY',
      value: '[set]',
      from: 'environment',
    });
    expect(named('export.endpoint')).toMatchObject({ value: 'http://127.0.0.1:4318' });
    expect(named('monitoring.host')).toMatchObject({ value: '127.0.0.1', from: 'default' });
  });

  test('GET /monitoring/status tells what is watched and what was dropped', async () => {
    cache('status').hit();
    predictions.record({ model: 'm', outcome: 'a' });
    expect(await get('/monitoring/status')).toMatchObject({
      uptime_seconds: expect.any(Number),
      versions: { telltale: '0.1.0', node: process.versions.node },
      sdk: { mode: 'own' },
      models: [],
      exporters: [],
      dropped: { events: expect.any(Array), spans: 0, predictions_without_feedback: 0 },
      feedback: { matched: 0, unmatched: 0 },
      caches: { status: { hits: 1, misses: 0 } },
      components: [],
      process: { event_loop_utilization: expect.any(Number) },
    });
  });

  test('GET /monitoring/drift says that no monitor runs', async () => {
    expect(await get('/monitoring/drift')).toEqual({
      error: {
        code: 'not_installed',
        message: 'Cannot tell about drift: no drift monitor runs here',
      },
    });
  });

  test('GET /metrics without a page says why', async () => {
    monitor({ render: undefined });
    expect(await get('/metrics')).toMatchObject({ error: { code: 'no_page' } });
  });
});

describe('mounted in a server of the application', () => {
  interface Server {
    readonly name: string;
    readonly start: () => Promise<string>;
  }

  const listen = async (server: http.Server): Promise<string> => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const servers: readonly Server[] = [
    {
      name: 'node:http',
      start: () => {
        const answer = monitoring.middleware();
        return listen(
          http.createServer((request, response) => {
            answer(request, response, () => response.end('mine'));
          }),
        );
      },
    },
    {
      name: 'express',
      start: () => {
        const app = express();
        app.use(monitoring.middleware());
        app.get('/mine', (_request, response) => {
          response.send('mine');
        });
        return listen(http.createServer(app));
      },
    },
    {
      name: 'fastify',
      start: async () => {
        const app = fastify();
        await app.register(monitoring.fastify());
        app.get('/mine', () => 'mine');
        closing.push(() => app.close());
        return app.listen({ host: '127.0.0.1', port: 0 });
      },
    },
  ];

  test.for(servers)('$name', async ({ start }) => {
    configure({ TELLTALE_API_KEY: KEY });
    const base = await start();
    expect(await (await fetch(`${base}/mine`)).text()).toBe('mine');
    expect(await (await fetch(`${base}/metrics`)).text()).toBe('page\n');
    expect(await statusOf(base, 'GET /monitoring/status', KEY)).toBe(200);
    expect(await statusOf(base, 'GET /monitoring/status')).toBe(401);
    const feedback = await fetch(`${base}/monitoring/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ prediction_id: 'absent', actual: 'a' }),
    });
    expect(await feedback.json()).toMatchObject({ accepted: 0, unmatched: 1 });
  });

  test.for(servers)('$name, without keys: only what is open', async ({ start }) => {
    configure({});
    const base = await start();
    expect(await statusOf(base, 'GET /healthz')).toBe(200);
    expect(await statusOf(base, 'GET /monitoring/status')).toBe(403);
  });
});

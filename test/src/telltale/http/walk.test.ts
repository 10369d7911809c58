import http from 'node:http';
import type { AddressInfo } from 'node:net';

import fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';

import { ApiKeys } from '../../../../src/telltale/src/http/auth.ts';
import { createFastifyPlugin, createMiddleware } from '../../../../src/telltale/src/http/mount.ts';
import { answerNode } from '../../../../src/telltale/src/http/node-adapter.ts';
import { createRouter, type Router } from '../../../../src/telltale/src/http/router.ts';
import { feedbackRoute } from '../../../../src/telltale/src/http/routes/feedback.ts';
import { healthRoutes } from '../../../../src/telltale/src/http/routes/health.ts';
import { metricsRoute } from '../../../../src/telltale/src/http/routes/metrics.ts';
import type { ComponentHealth } from '../../../../src/telltale/src/record/health.ts';

const KEY = 'correct-horse';
let components: readonly ComponentHealth[] = [];

function router(options: { keys?: readonly string[]; isLoopback?: boolean } = {}): Router {
  return createRouter({
    keys: new ApiKeys(options.keys ?? []),
    isLoopback: options.isLoopback ?? true,
    routes: [
      metricsRoute(
        () => (accept) => Promise.resolve({ contentType: 'text/plain', body: `# ${accept}` }),
      ),
      ...healthRoutes({
        components: () => components,
        detectors: () => ['velocity'],
        models: () => 1,
        modelsMin: 1,
      }),
      feedbackRoute(({ predictionId }) => (predictionId === 'known' ? 'correct' : 'unmatched')),
    ],
  });
}

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  components = [];
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listen(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (answering: Router): Promise<string> =>
  listen(http.createServer((request, response) => void answerNode(answering, request, response)));

interface Row {
  readonly ask: string;
  readonly key?: string;
  readonly bearer?: string;
  readonly body?: string;
  readonly open: number;
  readonly locked: number;
}

const ROWS: readonly Row[] = [
  { ask: 'GET /metrics', open: 200, locked: 200 },
  { ask: 'HEAD /metrics', open: 200, locked: 200 },
  { ask: 'POST /metrics', body: '', open: 405, locked: 405 },
  { ask: 'GET /health', open: 200, locked: 200 },
  { ask: 'GET /health/live', open: 200, locked: 200 },
  { ask: 'GET /health/ready', open: 200, locked: 200 },
  { ask: 'GET /healthz', open: 200, locked: 200 },
  { ask: 'GET /readyz', open: 200, locked: 200 },
  { ask: 'DELETE /health', open: 405, locked: 405 },
  { ask: 'GET /', open: 404, locked: 404 },
  { ask: 'GET /metrics/', open: 404, locked: 404 },
  { ask: 'GET //metrics', open: 404, locked: 404 },
  { ask: 'GET /monitoring/%66eedback', open: 404, locked: 404 },
  { ask: 'GET /monitoring/feedback', open: 405, locked: 401 },
  { ask: 'POST /monitoring/feedback', body: '{}', open: 202, locked: 401 },
  { ask: 'POST /monitoring/feedback', body: '{}', key: KEY, open: 202, locked: 202 },
  { ask: 'POST /monitoring/feedback', body: '{}', bearer: KEY, open: 202, locked: 202 },
  { ask: 'POST /monitoring/feedback', body: '{}', key: 'wrong', open: 202, locked: 401 },
  { ask: 'POST /monitoring/feedback', body: '{}', key: '', open: 202, locked: 401 },
  { ask: 'POST /monitoring/feedback', body: 'no json', key: KEY, open: 400, locked: 400 },
  { ask: 'POST /monitoring/feedback', body: 'x'.repeat(70_000), key: KEY, open: 413, locked: 413 },
  { ask: `GET /${'a'.repeat(5000)}`, open: 414, locked: 414 },
];

async function status(base: string, { ask, key, bearer, body }: Row): Promise<number> {
  const [method = '', path = ''] = ask.split(' ');
  // `fetch` would tidy the path; this sends it as it stands.
  return new Promise((resolve, reject) => {
    const request = http.request(base, { method, path });
    if (key !== undefined) request.setHeader('X-API-Key', key);
    if (bearer !== undefined) request.setHeader('Authorization', `Bearer ${bearer}`);
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('every endpoint, with and without a key', () => {
  test.for(ROWS)('$ask: $open open, $locked locked', async (row) => {
    const open = await serve(router());
    const locked = await serve(router({ keys: ['other', KEY] }));
    expect({ open: await status(open, row), locked: await status(locked, row) }).toEqual({
      open: row.open,
      locked: row.locked,
    });
  });

  test('a public address without keys answers only what is open', async () => {
    const base = await serve(router({ isLoopback: false }));
    expect((await fetch(`${base}/metrics`)).status).toBe(200);
    const refused = await fetch(`${base}/monitoring/feedback`, { method: 'POST', body: '{}' });
    expect(await refused.json()).toEqual({
      error: {
        code: 'key_required',
        message: 'Cannot answer on a public address without a key: set TELLTALE_API_KEY',
      },
    });
  });
});

describe('/health', () => {
  const degraded = { name: 'cache', state: 'degraded', sinceMs: 0, reason: 'slow' } as const;
  const down = { name: 'store', state: 'down', sinceMs: 0 } as const;

  test.for([
    ['nothing wrong', [], 200, 'ok'],
    ['a degraded component', [degraded], 200, 'degraded'],
    ['a component that is down', [degraded, down], 503, 'unavailable'],
  ] as const)('%s', async ([, state, expectedStatus, word]) => {
    components = state;
    const response = await fetch(`${await serve(router())}/health`);
    expect(response.status).toBe(expectedStatus);
    expect(await response.json()).toMatchObject({
      status: word,
      live: true,
      detectors: ['velocity'],
      models: { loaded: 1, required: 1 },
    });
  });
});

describe('POST /monitoring/feedback', () => {
  test('tells what was accepted and why the rest was not', async () => {
    const base = await serve(router());
    const response = await fetch(`${base}/monitoring/feedback`, {
      method: 'POST',
      body: JSON.stringify([
        { prediction_id: 'known', actual: 'a' },
        { prediction_id: 'unknown', actual: 1 },
        { prediction_id: '', actual: 'a' },
        { prediction_id: 'known', actual: { deep: true } },
        'text',
      ]),
    });
    expect(await response.json()).toEqual({
      accepted: 1,
      unmatched: 1,
      duplicate: 0,
      rejected: [
        { index: 2, reason: 'expected "prediction_id" to be a text of 1 to 256 characters' },
        { index: 3, reason: 'expected "actual" to be a text, number or boolean' },
        { index: 4, reason: 'expected an object' },
      ],
    });
  });

  test('takes at most a thousand at once', async () => {
    const base = await serve(router());
    const body = JSON.stringify(Array.from({ length: 1001 }, () => 1));
    const response = await fetch(`${base}/monitoring/feedback`, { method: 'POST', body });
    expect(response.status).toBe(413);
  });
});

describe('mounted in a server of the application', () => {
  test('http and Connect middleware pass the rest on', async () => {
    const middleware = createMiddleware(router());
    const base = await listen(
      http.createServer((request, response) => {
        middleware(request, response, () => response.end('mine'));
      }),
    );
    expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${base}/metricsfoo`)).text()).toBe('mine');
  });

  test('Fastify routes stay its own', async () => {
    const app = fastify();
    await app.register(createFastifyPlugin(router()));
    app.get('/mine', () => ({ mine: true }));
    const base = await app.listen({ host: '127.0.0.1', port: 0 });
    closing.push(() => app.close());
    expect(await (await fetch(`${base}/health/live`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${base}/mine`)).json()).toEqual({ mine: true });
  });
});

test('a route that fails answers 500 without details', async () => {
  const failing = createRouter({
    keys: new ApiKeys([]),
    isLoopback: true,
    routes: [
      {
        method: 'GET',
        path: '/x',
        access: 'open',
        handle: () => {
          throw new Error('secret detail');
        },
      },
    ],
  });
  const response = await fetch(`${await serve(failing)}/x`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret detail');
});

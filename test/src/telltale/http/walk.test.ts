import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

import fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';

import { ApiKeys } from '../../../../src/telltale/src/http/auth.ts';
import { createFastifyPlugin, createMiddleware } from '../../../../src/telltale/src/http/mount.ts';
import { answerNode } from '../../../../src/telltale/src/http/node-adapter.ts';
import { createRouter, type Router } from '../../../../src/telltale/src/http/router.ts';
import { feedbackRoute } from '../../../../src/telltale/src/http/routes/feedback.ts';
import { healthRoutes } from '../../../../src/telltale/src/http/routes/health.ts';
import { metricsRoute } from '../../../../src/telltale/src/http/routes/metrics.ts';
import { serveMonitoring } from '../../../../src/telltale/src/http/server.ts';
import type { ComponentHealth } from '../../../../src/telltale/src/record/health.ts';

const KEY = 'correct-horse';
let components: readonly ComponentHealth[] = [];

function router(
  options: { keys?: readonly string[]; isLoopback?: boolean; bindHost?: string } = {},
): Router {
  return createRouter({
    keys: new ApiKeys(options.keys ?? []),
    isLoopback: options.isLoopback ?? true,
    ...(options.bindHost === undefined ? {} : { bindHost: options.bindHost }),
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
    if (body !== undefined) request.setHeader('Content-Type', 'application/json');
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

const POST_JSON = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;

/** As a browser or a program on this machine would ask. */
async function asked(
  base: string,
  { method = 'GET', path, headers = {}, body }: Asked,
): Promise<{ readonly status: number; readonly code: string | undefined }> {
  const { port } = new URL(base);
  const text = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        let received = '';
        response.on('data', (chunk: Buffer) => {
          received += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: received }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
  const code = /"code":"(\w+)"/u.exec(text.text)?.[1];
  return { status: text.status, code };
}

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

describe('a foreign page, in a browser on this machine', () => {
  const JSON_TYPE = { 'content-type': 'application/json' };
  const post = { method: 'POST', path: '/monitoring/feedback', body: '[]' };
  test.for([
    { name: 'a program', ask: { path: '/metrics' }, status: 200 },
    { name: 'a program that posts', ask: { ...post, headers: JSON_TYPE }, status: 202 },
    {
      name: 'a name that was made to resolve here',
      ask: { path: '/metrics', headers: { host: 'evil.example' } },
      status: 403,
    },
    {
      name: 'a request of a foreign page',
      ask: { ...post, headers: { ...JSON_TYPE, origin: 'https://evil.example' } },
      status: 403,
    },
    {
      name: 'the same as the browser tells it',
      ask: { ...post, headers: { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' } },
      status: 403,
    },
    {
      name: 'a form',
      ask: { ...post, headers: { 'content-type': 'text/plain' } },
      status: 415,
    },
  ])('$name: $status', async ({ ask, status: expected }) => {
    const base = await serve(router({ bindHost: '127.0.0.1' }));
    expect((await asked(base, ask)).status).toBe(expected);
  });
});

describe('connections that say nothing', () => {
  test('keep no other client out', async () => {
    const server = serveMonitoring(router(), { host: '127.0.0.1', port: 0 });
    closing.push(async () => server.close());
    const port = Number(await server.listening);
    const silent = Array.from({ length: 40 }, () => net.connect(port, '127.0.0.1'));
    const ends = silent.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await Promise.all(
      silent.map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
    );
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    for (const socket of silent) socket.destroy();
    await Promise.all(ends);
  });
});

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
    const refused = await fetch(`${base}/monitoring/feedback`, { ...POST_JSON, body: '{}' });
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
      ...POST_JSON,
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
    const response = await fetch(`${base}/monitoring/feedback`, { ...POST_JSON, body });
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

test('a route that fails answers 500 without details, and is counted', async () => {
  let failures = 0;
  const failing = createRouter({
    onError: () => {
      failures += 1;
    },
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
  expect([response.status, failures]).toEqual([500, 1]);
  expect(await response.text()).not.toContain('secret detail');
});

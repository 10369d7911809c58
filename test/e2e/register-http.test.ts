import { afterAll, describe, expect, test } from 'vitest';

import {
  CJS_HTTP_APP,
  CJS_HTTP_APP_WITH_BARE_SDK,
  CJS_HTTP_APP_WITH_SDK,
  ESM_HTTP_APP,
  ESM_NAMED_HTTP_APP,
  HTTP_REQUESTS,
  ROUTED_APP,
} from '../support/http-apps.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { createAppFolder, runApp } from '../support/run-app.ts';

const SERVER_KIND = 2;
const folder = createAppFolder();
afterAll(() => folder.remove());

const apps = [
  { app: 'CommonJS', file: folder.write('http.cjs', CJS_HTTP_APP) },
  { app: 'own SDK later', file: folder.write('own.cjs', CJS_HTTP_APP_WITH_SDK) },
  { app: 'own SDK without HTTP later', file: folder.write('bare.cjs', CJS_HTTP_APP_WITH_BARE_SDK) },
  { app: 'ESM', file: folder.write('http.mjs', ESM_HTTP_APP) },
  { app: 'ESM with named imports', file: folder.write('named.mjs', ESM_NAMED_HTTP_APP) },
];
const cases = ['--require', '--import'].flatMap((flag) => apps.map((app) => ({ flag, ...app })));

describe.for(cases)('$flag, $app', ({ flag, file }) => {
  test('puts each inference under the HTTP request that caused it', async () => {
    const sink = await startOtlpSink();
    const result = await runApp({
      argv: [flag, 'telltale/register', file],
      cwd: folder.path,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    });
    await sink.close();
    const spans = sink.spans();
    const servers = spans.filter(({ kind }) => kind === SERVER_KIND);
    const inferences = spans.filter(({ name }) => name.startsWith('infer '));
    const serverIds = new Set(servers.map(({ spanId }) => spanId));
    expect(result.code).toBe(0);
    expect({
      servers: servers.length,
      inferences: inferences.length,
      underServer: inferences.filter(({ parentSpanId }) => serverIds.has(parentSpanId)).length,
      counted: sink.total('http.server.request.duration'),
    }).toEqual({
      servers: HTTP_REQUESTS,
      inferences: HTTP_REQUESTS,
      underServer: HTTP_REQUESTS,
      counted: HTTP_REQUESTS,
    });
  });
});

test('spans and metrics of requests have the route that answered', async () => {
  const sink = await startOtlpSink();
  const result = await runApp({
    argv: ['--require', 'telltale/register', folder.write('routed.cjs', ROUTED_APP)],
    cwd: folder.path,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
  });
  await sink.close();
  expect(result.code).toBe(0);
  const requests = sink
    .spans()
    .filter(({ kind }) => kind === SERVER_KIND)
    .map(({ name, attributes }) =>
      [name, attributes['http.route'] ?? 'no route', attributes['url.path']].join(', '),
    );
  expect(requests.toSorted()).toEqual([
    'GET /items/:id, /items/:id, /items/1',
    'GET /items/:id, /items/:id, /items/2',
    'GET /shop/items/:id, /shop/items/:id, /shop/items/3',
    'GET, no route, /nothing',
    'GET, no route, /nothing',
  ]);
  const routes = sink
    .metrics()
    .filter(({ name }) => name === 'http.server.request.duration')
    .flatMap(({ points }) => points.map(({ attributes }) => attributes['http.route']));
  expect(new Set(routes)).toEqual(new Set([undefined, '/items/:id', '/shop/items/:id']));
});

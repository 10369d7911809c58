import { mkdirSync } from 'node:fs';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openApiDocument } from '../../collector/src/http/routes/openapi/document.ts';
import { OPERATIONS } from '../../collector/src/http/routes/openapi/operations.ts';
import { pageRoutes } from '../../collector/src/http/routes/page.ts';
import { apiRoutes } from '../../collector/src/listeners/api-routes.ts';
import type { ServiceCore } from '../../collector/src/runtime/service/service-core.ts';
import { AlertServiceFixture, START } from '../support/collector/alert-service.ts';

const document = openApiDocument('1.0.0');

let service: AlertServiceFixture;
beforeEach(() => {
  service = new AlertServiceFixture();
  mkdirSync(service.folder, { recursive: true });
  service.configText = `collector:
  listen: {otlp: '', api: '127.0.0.1:0'}
  log: {level: error}
`;
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

test('names each operation that the listener has, and no other', () => {
  const wayOf = (method: string, path: string): string =>
    `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/gu, '{$1}')}`;
  const pages = new Set(pageRoutes(() => undefined).map(({ path }) => path));
  const routes = apiRoutes({
    core: anything,
    version: '1.0.0',
    startedMs: START,
    nowMs: () => START,
    isConfigCurrent: () => true,
    metricsText: () => Promise.resolve(''),
    reload: () => [],
  })
    // The empty part of a model without a version is described in words.
    .filter(({ path }) => !pages.has(path) && !path.includes('//'));
  expect(OPERATIONS.map(({ method, path }) => wayOf(method, path)).toSorted()).toEqual(
    routes.map(({ method, path }) => wayOf(method, path)).toSorted(),
  );
  const scopes = (all: readonly { path: string; method: string; scope: string }[]): unknown =>
    Object.fromEntries(all.map(({ path, method, scope }) => [wayOf(method, path), scope]));
  expect(scopes(OPERATIONS)).toEqual(scopes(routes));
});

test('tells the shape of the answers', async () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  await start();
  await call('POST', '/api/v2/alerts', [{ labels: { alertname: 'Slow', team: 'db' } }]);
  await service.clock.advance(10_000);
  const { alerts } = (await call('GET', '/monitoring/alerts')).json as { alerts: WithId[] };
  const alert = alerts[0]?.id ?? '';
  await call('POST', `/monitoring/alerts/${alert}/ack`, { by: 'ann', for: '1h' });
  const silence = { matchers: [{ name: 'team', value: 'db' }], duration: '1h' };
  await call('POST', '/monitoring/silences', silence);
  const silences = (await call('GET', '/api/v2/silences')).json as WithId[];
  const idFor = (path: string): string =>
    path.includes('silence') ? (silences[0]?.id ?? '') : alert;
  for (const [index, { method, path, answer, mediaType }] of OPERATIONS.entries()) {
    if (method !== 'get' || answer === undefined || mediaType !== undefined) continue;
    if (path.endsWith('/{stream}')) continue; // There is no baseline here.
    const target = path.replace('{id}', idFor(path)).replace('{name}', 'team');
    const { status, json } = await call('GET', `${target}${QUESTIONS[path] ?? ''}`);
    ajv.addSchema({ ...answer, components: document['components'] }, `answer-${index}`);
    const validate = ajv.getSchema(`answer-${index}`);
    const isValid = validate?.(json) === true;
    expect([path, status, isValid ? [] : validate?.errors]).toEqual([path, 200, []]);
  }
});

/** What paths cannot answer without. */
const QUESTIONS: Readonly<Record<string, string>> = {
  '/api/v1/query': '?query=up',
  '/api/v1/query_range': '?query=up&start=0&end=1&step=1',
  '/api/v1/query_exemplars': '?query=up',
  '/api/v1/format_query': '?query=up',
  '/api/v1/series': '?match[]=up',
};

/** Stands for the running service where only the list of routes counts. */
const anything: ServiceCore = new Proxy(() => undefined, {
  get: () => anything,
  apply: () => anything,
}) as unknown as ServiceCore;

interface WithId {
  readonly id: string;
}

async function start(): Promise<void> {
  const ok = { kind: 'answer', status: 200, headers: {}, body: '' } as const;
  await service.create({ send: () => Promise.resolve(ok) }).start();
  await service.clock.advance(0);
}

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const headers = { 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers };
  const response = await fetch(`http://127.0.0.1:${service.app.ports.api}${path}`, {
    method,
    ...sent,
  });
  const text = await response.text();
  await service.clock.advance(0);
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

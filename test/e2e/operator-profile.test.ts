import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { LOGGING_APP } from '../support/log-apps.ts';
import { createAppFolder } from '../support/run-app.ts';
import { type ServingApp, serveApp } from '../support/serving-app.ts';

const KEY = 'correct-horse';
const RUNS = 2;

const folder = createAppFolder();
const file = folder.write('profiled.cjs', LOGGING_APP);
const temporary = join(folder.path, 'tmp');
mkdirSync(temporary);
let running: ServingApp;

beforeAll(async () => {
  running = await serveApp({
    file,
    cwd: folder.path,
    env: { TELLTALE_API_KEY: KEY, OTEL_LOGS_EXPORTER: 'none', TMPDIR: temporary },
  });
}, 30_000);
afterAll(async () => {
  await running.stop();
  folder.remove();
});

const profile = (query: string): Promise<Response> =>
  fetch(`${running.monitoringUrl}/monitoring/profile/operators${query}`, {
    method: 'POST',
    headers: { 'x-api-key': KEY },
  });

const samplesOf = async (metric: string): Promise<readonly string[]> => {
  const page = await (await fetch(`${running.monitoringUrl}/metrics`)).text();
  return page.split('\n').filter((line) => line.startsWith(`${metric}{`));
};

test('a process with telltale/register tells its operators while it serves', async () => {
  await (await fetch(running.url)).text();
  const asked = profile(`?model=iris&runs=${RUNS}`);
  let requests = 1;
  const answered = asked.then(() => true);
  // Each request runs the model once well and once wrongly.
  while (!(await Promise.race([answered, fetch(running.url).then(() => false)]))) requests++;
  const response = await asked;
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    model: 'iris',
    version: '3',
    runs: RUNS,
    nodes: { CPUExecutionProvider: 2 },
    operators: [{ calls: RUNS }, { calls: RUNS }],
  });
  // The folder where the processes of a user find each other stays; nothing of the profile does.
  const left = readdirSync(temporary).filter((name) => !/^telltale-\d+$/u.test(name));
  expect(left).toEqual([]);
  // Runs and sessions are the application's own: the shadow is not among them.
  const text = await (
    await fetch(`${running.monitoringUrl}/monitoring/status`, { headers: { 'x-api-key': KEY } })
  ).json();
  const { models } = text as { readonly models: readonly Record<string, unknown>[] };
  expect(models).toMatchObject([{ name: 'iris', sessions: 1, active: 0 }]);
  const runs = Number(models[0]?.['runs']);
  expect([2 * requests, 2 * (requests + 1)]).toContain(runs);
  expect(await samplesOf('ml_operator_node_count')).toHaveLength(1);
  expect(await samplesOf('ml_operator_duration_seconds_count')).toHaveLength(2);
});

test.for([
  ['?model=absent', 404, 'unknown_model'],
  ['?model=iris&runs=50', 400, 'bad_request'],
] as const)('"%s" is %i', async ([query, status, code]) => {
  const response = await profile(query);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
});

test('without a key nothing is profiled', async () => {
  const path = '/monitoring/profile/operators?model=iris';
  const response = await fetch(`${running.monitoringUrl}${path}`, { method: 'POST' });
  expect(response.status).toBe(401);
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { readDashboards } from '../../deploy/local/panels/verdict.ts';
import { smokeDashboard } from '../../deploy/smoke/grafana.ts';

// Speaks the three calls of Grafana's API that the smoke test makes; refuses one expression.
const imported = new Set<string>();
const asked: string[] = [];
let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const isKnown = request.headers.authorization === `Basic ${btoa('admin:swordfish')}`;
      if (!isKnown) return response.writeHead(401).end('{"message":"Unauthorized"}');
      const path = request.url ?? '';
      if (path === '/api/dashboards/db') {
        imported.add((JSON.parse(body) as { dashboard: { uid: string } }).dashboard.uid);
      } else if (request.method === 'DELETE') {
        imported.delete(path.split('/').at(-1) ?? '');
      } else {
        const [query] = (
          JSON.parse(body) as { queries: { expr: string; datasource: { uid: string } }[] }
        ).queries;
        asked.push(query?.datasource.uid ?? '');
        if (query?.expr.includes('ALERTS') === true)
          return response.writeHead(400).end('bad query');
      }
      return response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const dashboard = (uid: string) => {
  const found = readDashboards().find((one) => one.uid === uid);
  if (found === undefined) throw new Error(`There is no dashboard ${uid}`);
  return found;
};

test('imports, asks every query of its source, removes, and tells what was refused', async () => {
  const grafana = { url, user: 'admin', password: 'swordfish' };
  const smoke = await smokeDashboard(grafana, dashboard('telltale-overview'));
  expect(smoke.queries).toBe(asked.length);
  expect(smoke.queries).toBeGreaterThan(20);
  expect(smoke.problems).toEqual([
    'panel "Firing alerts" A: POST /api/ds/query: 400 bad query',
    'annotation alerts: POST /api/ds/query: 400 bad query',
  ]);
  expect(new Set(asked)).toEqual(new Set(['prometheus']));
  expect([...imported]).toEqual([]);
});

test('a wrong password is a problem of its own', async () => {
  const { problems } = await smokeDashboard(
    { url, user: 'admin', password: 'x' },
    dashboard('telltale-alerts'),
  );
  expect(problems[0]).toBe('import: POST /api/dashboards/db: 401 {"message":"Unauthorized"}');
});

import { describe, expect, test } from 'vitest';

import type { HistoryFilter } from '../../../../collector/src/exchange/history.ts';
import type { Route, ServerRequest } from '../../../../collector/src/http/message.ts';
import type { MonitoringApi } from '../../../../collector/src/http/routes/monitoring/api.ts';
import { monitoringRoutes } from '../../../../collector/src/http/routes/monitoring/routes.ts';
import { operationsRoutes } from '../../../../collector/src/http/routes/operations.ts';
import { Router } from '../../../../collector/src/http/server/router.ts';
import { Labels } from '../../../../collector/src/model/labels.ts';
import { parseExpr } from '../../../../collector/src/promql/parser/parse.ts';
import type { Alert } from '../../../../collector/src/rules/alert/alert-state.ts';
import { RuleGroup } from '../../../../collector/src/rules/group.ts';

const NOW = 1_700_000_000_000;

function alertGroup(): RuleGroup {
  const group = new RuleGroup({
    file: 'r.yml',
    name: 'g',
    intervalMs: 1000,
    queryOffsetMs: 0,
    limit: 0,
    rules: [
      {
        kind: 'alerting',
        name: 'A',
        expr: parseExpr('up'),
        exprText: 'up',
        labels: {},
        annotations: {},
        forMs: 0,
        keepFiringForMs: 0,
      },
    ],
  });
  const [state] = group.rules;
  const alerts = (['pending', 'firing', 'inactive'] as const).map((status): Alert => {
    const labels = Labels.of({ alertname: 'A', status });
    return { status, labels, annotations: {}, value: Number.NaN, activeAtMs: NOW };
  });
  if (state !== undefined) state.alerts = new Map(alerts.map((alert) => [alert.labels.key, alert]));
  return group;
}

async function call(
  routes: readonly Route[],
  target: string,
  method = 'GET',
): Promise<{ status: number; body: string; headers?: object }> {
  const url = new URL(target, 'http://x');
  const match = new Router(routes).match(method, url.pathname);
  if (match.kind !== 'route') throw new Error(match.kind);
  const request: ServerRequest = {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: {},
    body: new Uint8Array(),
    params: match.params,
    actor: 'me',
  };
  const response = await match.route.handle(request);
  return { ...response, body: String(response.body ?? '') };
}

describe('/monitoring/alerts', () => {
  const filters: HistoryFilter[] = [];
  const none = (): { readonly kind: 'unknown' } => ({ kind: 'unknown' });
  const api: MonitoringApi = {
    nowMs: () => NOW,
    groups: () => [alertGroup()],
    severityOf: () => 'WARNING',
    history: (filter) => {
      filters.push(filter);
      return [9, 8].map((id) => ({ id, tsMs: NOW, kind: 'system.start' as const }));
    },
    alert: () => undefined,
    alerts: () => [],
    statistics: () => {
      throw new Error('not asked for');
    },
    receivers: () => [],
    tryReceiver: (name, by) =>
      name === 'pager'
        ? Promise.resolve([
            { integration: 'webhook[0]', isDelivered: false, error: `busy: ${by}`, problems: [] },
          ])
        : undefined,
    seriesCount: (matchers) => matchers.length,
    escalations: () => [],
    previewSilence: () => [],
    acknowledge: none,
    unacknowledge: none,
    resolve: none,
    escalate: none,
    silences: () => [],
    silence: none,
    expireSilence: none,
    subscribe: () => () => undefined,
  };
  const routes = monitoringRoutes(api);

  test.for(['state=bogus', 'state=', 'acked=maybe'])('refuses ?%s', async (query) => {
    const { status, body } = await call(routes, `/monitoring/alerts?${query}`);
    expect([status, body]).toEqual([400, expect.stringMatching(/must be one of .*, /u)]);
  });

  test.for([
    { query: '', states: ['pending', 'firing', 'resolved'] },
    { query: '?state=firing&state=pending', states: ['pending', 'firing'] },
    { query: '?severity=CRITICAL', states: [] },
    { query: '?alertname=A&limit=1', states: ['pending'] },
  ])('lists alerts by $query', async ({ query, states }) => {
    const { body } = await call(routes, `/monitoring/alerts${query}`);
    const { alerts } = JSON.parse(body) as { alerts: { state: string; id: string }[] };
    expect(alerts.map(({ state }) => state)).toEqual(states);
    expect(alerts.every(({ id }) => /^[0-9a-f]{16}$/u.test(id))).toBe(true);
  });

  test('a named rule says what its selectors match', async () => {
    const { body } = await call(routes, '/monitoring/rules/evaluations?rule=A');
    expect(JSON.parse(body)).toEqual({
      rules: [
        {
          file: 'r.yml',
          group: 'g',
          rule: 'A',
          place: 0,
          evaluations: [],
          selectors: [{ selector: 'up', series: 1 }],
        },
      ],
    });
    const none = await call(routes, '/monitoring/rules/evaluations?group=other');
    expect(JSON.parse(none.body)).toEqual({ rules: [] });
  });

  test('a test message tells what each channel made of it', async () => {
    const known = await call(routes, '/monitoring/receivers/pager/test', 'POST');
    expect({ status: known.status, body: JSON.parse(known.body) }).toEqual({
      status: 200,
      body: {
        channels: [
          { integration: 'webhook[0]', isDelivered: false, error: 'busy: me', problems: [] },
        ],
      },
    });
    const unknown = await call(routes, '/monitoring/receivers/absent/test', 'POST');
    expect(unknown.status).toBe(404);
  });

  test('pages history with a cursor', async () => {
    filters.length = 0;
    const query =
      '?from=2023-11-14T22:13:20Z&to=1700000001&kind=k&alertname=a&id=f&receiver=r&cursor=77&limit=2';
    const { body } = await call(routes, `/monitoring/alerts/history${query}`);
    expect(filters).toEqual([
      {
        limit: 2,
        fromMs: NOW,
        toMs: NOW + 1000,
        beforeId: 77,
        kind: 'k',
        alertname: 'a',
        fingerprint: 'f',
        receiver: 'r',
      },
    ]);
    expect(JSON.parse(body)).toMatchObject({ next: '8' });
  });

  test.for(['?limit=0', '?limit=1001', '?limit=x', '?from=yesterday', '?cursor=-1'])(
    'answers 400 to history %s',
    async (query) => {
      expect((await call(routes, `/monitoring/alerts/history${query}`)).status).toBe(400);
    },
  );
});

describe('operations', () => {
  function routes(problems: readonly string[]): Route[] {
    return operationsRoutes({
      problems: () => problems,
      metricsText: () => Promise.resolve('a 1\n'),
      reload: (actor) => Promise.resolve(actor === 'me' ? problems : ['absent']),
    });
  }

  test.for([
    { path: '/-/healthy', problems: ['x'], status: 200, body: 'Telltale is Healthy.\n' },
    { path: '/-/ready', problems: [], status: 200, body: 'Telltale is Ready.\n' },
    { path: '/-/ready', problems: ['x', 'y'], status: 503, body: 'Telltale is not ready: x; y\n' },
    { path: '/metrics', problems: [], status: 200, body: 'a 1\n' },
  ])('$path answers $status', async ({ path, problems, status, body }) => {
    expect(await call(routes(problems), path)).toMatchObject({ status, body });
  });

  test('/-/reload says what is wrong', async () => {
    expect((await call(routes([]), '/-/reload', 'POST')).status).toBe(200);
    const bad = await call(routes(['telltale.yaml:1:1: a', 'b']), '/-/reload', 'POST');
    expect([bad.status, JSON.parse(bad.body)]).toEqual([
      400,
      { error: { code: 'CONFIG_INVALID', message: 'telltale.yaml:1:1: a\nb' } },
    ]);
  });
});

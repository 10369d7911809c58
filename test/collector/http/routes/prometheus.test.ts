import { beforeEach, describe, expect, test } from 'vitest';

import type { Queries } from '../../../../collector/src/exchange/query.ts';
import type {
  Route,
  ServerRequest,
  ServerResponse,
} from '../../../../collector/src/http/message.ts';
import type { PrometheusApi } from '../../../../collector/src/http/routes/prometheus/api.ts';
import { queryRoutes } from '../../../../collector/src/http/routes/prometheus/query-routes.ts';
import { ruleRoutes } from '../../../../collector/src/http/routes/prometheus/rule-routes.ts';
import { seriesRoutes } from '../../../../collector/src/http/routes/prometheus/series-routes.ts';
import { statusRoutes } from '../../../../collector/src/http/routes/prometheus/status-routes.ts';
import { Router } from '../../../../collector/src/http/server/router.ts';
import { Labels } from '../../../../collector/src/model/labels.ts';
import { DEFAULT_FEATURES } from '../../../../collector/src/promql/features.ts';
import { parseExpr } from '../../../../collector/src/promql/parser/parse.ts';
import { runJob } from '../../../../collector/src/query/run-job.ts';
import { RuleGroup } from '../../../../collector/src/rules/group.ts';
import { QueryEngine } from '../../../../collector/src/runtime/evaluate/query-engine.ts';
import { ExemplarStore } from '../../../../collector/src/storage/exemplar-store.ts';
import { RetentionPlan } from '../../../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../../../collector/src/storage/series-store.ts';
import { StoreSource } from '../../../support/collector/store-source.ts';

const NOW = 1_700_000_000_500;
let router: Router;
let group: RuleGroup;
let engine: QueryEngine;

beforeEach(() => {
  const retention = new RetentionPlan([], { retainAllMs: 3_600_000, marginMs: 0 });
  const store = new SeriesStore({ retention });
  store.advanceTo(NOW);
  const append = (labels: Record<string, string>, value: number, ageMs = 0): void => {
    store.append(store.resolve(Labels.of(labels)) as number, NOW - ageMs, value);
  };
  append({ __name__: 'up', job: 'a' }, 1, 10_000);
  append({ __name__: 'up', job: 'a' }, 1e21);
  append({ __name__: 'up', job: 'b' }, Number.NaN);
  append({ __name__: 'http_requests_total', job: 'b', code: '200' }, 7);
  const exemplars = new ExemplarStore({ seriesMax: 10, perSeriesMax: 2 });
  const exemplar = { timeMs: NOW, value: 0.5, labels: { trace_id: 'abc' } };
  exemplars.add(Labels.of({ __name__: 'up', job: 'a' }), exemplar);
  exemplars.add(Labels.of({ __name__: 'up', job: 'a' }), exemplar);
  engine = new QueryEngine({
    source: store,
    features: DEFAULT_FEATURES,
    lookbackMs: 300_000,
    defaultSubqueryStepMs: 60_000,
    samplesMax: 1000,
    bytesMax: 2 ** 20,
    monotonicMs: () => 0,
  });
  group = new RuleGroup({
    file: 'rules.yml',
    name: 'g',
    intervalMs: 15_000,
    queryOffsetMs: 0,
    limit: 0,
    rules: [
      {
        kind: 'alerting',
        name: 'Down',
        expr: parseExpr('up{job="a"} > 0'),
        exprText: 'up{job="a"} > 0',
        labels: { severity: 'page' },
        annotations: { summary: 'v {{ $value }}' },
        forMs: 0,
        keepFiringForMs: 0,
      },
      {
        kind: 'recording',
        name: 'job:up:sum',
        expr: parseExpr('sum(up)'),
        exprText: 'sum(up)',
        labels: {},
      },
    ],
  });
  const api: PrometheusApi = {
    queries: directQueries(store),
    parse: (text) => engine.parse(text),
    store,
    exemplars,
    version: '0.1.0',
    startedMs: NOW,
    isConfigCurrent: () => false,
    nowMs: () => NOW,
    groups: () => [group],
    metadata: () => new Map([['up', { type: 'gauge', help: 'Whether it is up.', unit: '' }]]),
  };
  const routes: Route[] = [
    ...queryRoutes(api),
    ...seriesRoutes(api),
    ...ruleRoutes(api),
    ...statusRoutes(api),
  ];
  router = new Router(routes);
});

/** Answers in place, as a worker does in its thread. */
function directQueries(store: SeriesStore): Queries {
  const settings = {
    features: DEFAULT_FEATURES,
    lookbackMs: 300_000,
    defaultSubqueryStepMs: 60_000,
    samplesMax: 1000,
    keepsAll: false,
    heapBytesMax: 2 ** 20,
  };
  const source = new StoreSource(store);
  return {
    run: (job) => {
      const chunks: Uint8Array[] = [];
      const context = { source, settings, isCancelled: () => false };
      const end = runJob(job, context, (piece) => chunks.push(piece));
      return Promise.resolve(end.kind === 'done' ? { kind: 'answer', chunks } : end);
    },
  };
}

function textOf(body: ServerResponse['body'] = ''): string {
  if (typeof body === 'string') return body;
  return Buffer.concat(body instanceof Uint8Array ? [body] : body).toString('utf8');
}

async function call(target: string, form?: string): Promise<unknown> {
  const url = new URL(target, 'http://x');
  const method = form === undefined ? 'GET' : 'POST';
  const match = router.match(method, url.pathname);
  if (match.kind !== 'route') throw new Error(match.kind);
  const request: ServerRequest = {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form ?? ''),
    params: match.params,
    actor: 'test',
  };
  const response = await match.route.handle(request);
  return { status: response.status, ...JSON.parse(textOf(response.body)) };
}

function ok(data: unknown, remarks: object = {}): object {
  return { status: 'success', data, ...remarks };
}

function bad(error: string): object {
  return { status: 'error', errorType: 'bad_data', error };
}

describe('/api/v1/query', () => {
  test.for([
    {
      url: '/api/v1/query?query=1%2B1&time=10',
      expected: ok({ resultType: 'scalar', result: [10, '2'] }),
    },
    {
      url: '/api/v1/query?query="a"&time=1',
      expected: ok({ resultType: 'string', result: [1, 'a'] }),
    },
    {
      url: `/api/v1/query?query=up{job="a"}`,
      expected: ok({
        resultType: 'vector',
        result: [{ metric: { __name__: 'up', job: 'a' }, value: [NOW / 1000, '1e+21'] }],
      }),
    },
    {
      url: `/api/v1/query?query=up{job="a"}[1m]&time=2023-11-14T22:13:20.500Z`,
      expected: ok({
        resultType: 'matrix',
        result: [
          {
            metric: { __name__: 'up', job: 'a' },
            values: [
              [NOW / 1000 - 10, '1'],
              [NOW / 1000, '1e+21'],
            ],
          },
        ],
      }),
    },
    {
      url: '/api/v1/query?query=rate(up)',
      expected: bad(
        'invalid parameter "query": 1:6: parse error: expected type range vector in call to function "rate", got instant vector',
      ),
    },
    {
      url: '/api/v1/query?query=1&time=abc',
      expected: bad(
        `invalid parameter "time": Invalid time value for 'time': cannot parse "abc" to a valid timestamp`,
      ),
    },
    {
      url: '/api/v1/query?query=nothing',
      expected: ok(
        { resultType: 'vector', result: [] },
        {
          infos: [
            'only series that rules ask for are kept: set collector.retain_all to query others',
          ],
        },
      ),
    },
    {
      url: '/api/v1/query?query=up&limit=1',
      expected: ok(
        {
          resultType: 'vector',
          result: [expect.objectContaining({ metric: { __name__: 'up', job: 'a' } })],
        },
        { warnings: ['results truncated due to limit'] },
      ),
    },
    { url: '/api/v1/format_query?query=sum+by(a)(x)', expected: ok('sum by (a) (x)') },
  ])('answers $url', async ({ url, expected }) => {
    expect(await call(url)).toEqual(expected);
  });

  test('answers a form', async () => {
    expect(await call('/api/v1/query', 'query=2&time=5')).toEqual(
      ok({ resultType: 'scalar', result: [5, '2'] }),
    );
  });

  test('answers 422 execution when the data does not allow it', async () => {
    const answer = await call('/api/v1/query?query=up+%2B+on()+up');
    expect(answer).toMatchObject({ status: 'error', errorType: 'execution' });
  });
});

describe('/api/v1/query_range', () => {
  test.for([
    {
      query: 'query=vector(1)&start=0&end=5&step=5',
      expected: ok({
        resultType: 'matrix',
        result: [
          {
            metric: {},
            values: [
              [0, '1'],
              [5, '1'],
            ],
          },
        ],
      }),
    },
    {
      query: 'query=1&start=5&end=0&step=1',
      expected: bad('invalid parameter "end": end timestamp must not be before start time'),
    },
    {
      query: 'query=1&start=0&end=5&step=0',
      expected: bad(
        'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
      ),
    },
    {
      query: 'query=1&start=x&end=5&step=1',
      expected: bad('invalid parameter "start": cannot parse "x" to a valid timestamp'),
    },
    {
      query: 'query=1&start=0&end=5',
      expected: bad('invalid parameter "step": cannot parse "" to a valid duration'),
    },
    {
      query: 'query=1&start=0&end=11001&step=1s',
      expected: bad(
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
      ),
    },
  ])('answers $query', async ({ query, expected }) => {
    expect(await call(`/api/v1/query_range?${query}`)).toEqual(expected);
    expect(await call('/api/v1/query_range', query)).toEqual(expected);
  });
});

describe('series routes', () => {
  test.for([
    {
      url: '/api/v1/series?match[]=up&match[]=up{job="a"}',
      expected: ok([
        { __name__: 'up', job: 'a' },
        { __name__: 'up', job: 'b' },
      ]),
    },
    {
      url: '/api/v1/series?match[]=up&limit=1',
      expected: ok([{ __name__: 'up', job: 'a' }], {
        warnings: ['results truncated due to limit'],
      }),
    },
    { url: '/api/v1/series?match[]=up&end=1', expected: ok([]) },
    { url: '/api/v1/series', expected: bad('no match[] parameter provided') },
    { url: '/api/v1/labels', expected: ok(['__name__', 'code', 'job']) },
    { url: '/api/v1/labels?match[]=up', expected: ok(['__name__', 'job']) },
    { url: '/api/v1/label/job/values', expected: ok(['a', 'b']) },
    { url: '/api/v1/label/code/values', expected: ok(['200']) },
    {
      url: '/api/v1/metadata',
      expected: ok({ up: [{ type: 'gauge', help: 'Whether it is up.', unit: '' }] }),
    },
    { url: '/api/v1/metadata?metric=down', expected: ok({}) },
    {
      url: '/api/v1/query_exemplars?query=rate(up[5m])',
      expected: ok([
        {
          seriesLabels: { __name__: 'up', job: 'a' },
          exemplars: [{ labels: { trace_id: 'abc' }, value: '0.5', timestamp: NOW / 1000 }],
        },
      ]),
    },
  ])('answer $url', async ({ url, expected }) => {
    expect(await call(url)).toEqual(expected);
  });

  test('name the parameter of a selector that does not parse', async () => {
    expect(await call('/api/v1/series?match[]=up{')).toMatchObject({
      error: expect.stringContaining('invalid parameter "match[]": 1:'),
    });
  });
});

describe('rule routes', () => {
  const alert = {
    labels: { alertname: 'Down', job: 'a', severity: 'page' },
    annotations: { summary: 'v 1e+21' },
    state: 'firing',
    activeAt: '2023-11-14T22:13:20.500Z',
    value: '1e+21',
  };

  function evaluate(): void {
    group.evaluate(NOW, {
      query: (expr, timeMs) => engine.instant(expr, timeMs).value,
      queryText: (text, timeMs) => engine.instantText(text, timeMs),
      append: () => undefined,
      externalLabels: {},
      externalUrl: '',
    });
  }

  test('show rules before their first evaluation', async () => {
    expect(await call('/api/v1/rules')).toMatchObject(
      ok({
        groups: [
          {
            name: 'g',
            lastEvaluation: '0001-01-01T00:00:00Z',
            rules: [{ state: 'inactive', health: 'unknown' }, { type: 'recording' }],
          },
        ],
      }),
    );
  });

  test('show alerts and rules in the shape of Prometheus', async () => {
    evaluate();
    expect(await call('/api/v1/alerts')).toEqual(ok({ alerts: [alert] }));
    expect(await call('/api/v1/rules?type=alert')).toEqual(
      ok({
        groups: [
          {
            name: 'g',
            file: 'rules.yml',
            interval: 15,
            limit: 0,
            evaluationTime: 0,
            lastEvaluation: '2023-11-14T22:13:20.500Z',
            rules: [
              {
                state: 'firing',
                name: 'Down',
                query: 'up{job="a"} > 0',
                duration: 0,
                keepFiringFor: 0,
                labels: { severity: 'page' },
                annotations: { summary: 'v {{ $value }}' },
                alerts: [alert],
                health: 'ok',
                evaluationTime: 0,
                lastEvaluation: '2023-11-14T22:13:20.500Z',
                type: 'alerting',
              },
            ],
          },
        ],
      }),
    );
  });

  test.for([
    { query: 'rule_name[]=job:up:sum', names: ['job:up:sum'] },
    { query: 'type=record', names: ['job:up:sum'] },
    { query: 'rule_group[]=other', names: [] },
    { query: 'file[]=rules.yml&exclude_alerts=true', names: ['Down', 'job:up:sum'] },
  ])('filter by $query', async ({ query, names }) => {
    const answer = (await call(`/api/v1/rules?${query}`)) as {
      data: { groups: { rules: { name: string }[] }[] };
    };
    expect(answer.data.groups.flatMap(({ rules }) => rules.map(({ name }) => name))).toEqual(names);
  });

  test('refuse an unknown type', async () => {
    expect(await call('/api/v1/rules?type=x')).toEqual(bad('not supported value "x"'));
  });
});

test('status routes tell a version of Prometheus and whether the configuration is current', async () => {
  expect(await call('/api/v1/status/buildinfo')).toMatchObject(
    ok({ version: '3.14.0+telltale.0.1.0' }),
  );
  expect(await call('/api/v1/status/runtimeinfo')).toMatchObject(
    ok({ timeSeriesCount: 3, reloadConfigSuccess: false }),
  );
});

import type { Labels } from '../../../model/labels.ts';
import { compileMatcher } from '../../../model/matcher.ts';
import type { Expr, LabelMatcher } from '../../../promql/ast.ts';
import { PromqlError } from '../../../promql/error.ts';
import { selectorHistories } from '../../../storage/selector-needs.ts';
import type { Route, RouteHandler, ServerRequest, ServerResponse } from '../../message.ts';
import { byLabels, type MetricMetadata, type PrometheusApi } from './api.ts';
import { ApiError, answered, answering, success } from './envelope.ts';
import {
  limitParameter,
  parametersOf,
  queryParameter,
  selectorParameters,
  timeParameter,
} from './parameters.ts';

/** What series there are: `series`, `labels`, label values, `metadata`, exemplars. */
export function seriesRoutes(api: PrometheusApi): Route[] {
  const withForm = (path: string, handle: RouteHandler): Route[] => [
    { method: 'GET', path, scope: 'read', handle },
    { method: 'POST', path, scope: 'read', handle },
  ];
  return [
    ...withForm('/api/v1/series', (request) => answering(() => series(api, request))),
    ...withForm('/api/v1/labels', (request) => answering(() => labelNames(api, request))),
    ...withForm('/api/v1/query_exemplars', (request) => answering(() => exemplars(api, request))),
    {
      method: 'GET',
      path: '/api/v1/label/:name/values',
      scope: 'read',
      handle: (request) => answering(() => labelValues(api, request)),
    },
    {
      method: 'GET',
      path: '/api/v1/metadata',
      scope: 'read',
      handle: (request) => answering(() => metadata(api, request)),
    },
  ];
}

async function series(api: PrometheusApi, request: ServerRequest): Promise<ServerResponse> {
  const list = listOf(request);
  if (list.selectors.length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
  const { signal } = request;
  return answered(await api.queries.run({ kind: 'series', ...list }, { signal }));
}

async function labelNames(api: PrometheusApi, request: ServerRequest): Promise<ServerResponse> {
  const job = { kind: 'label names', ...listOf(request) } as const;
  return answered(await api.queries.run(job, { signal: request.signal }));
}

async function labelValues(api: PrometheusApi, request: ServerRequest): Promise<ServerResponse> {
  const name = request.params['name'] ?? '';
  const job = { kind: 'label values', name, ...listOf(request) } as const;
  return answered(await api.queries.run(job, { signal: request.signal }));
}

/** The series of any `match[]`, all without one, that have samples in the time asked for. */
function listOf(request: ServerRequest): {
  readonly selectors: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
} {
  const parameters = parametersOf(request);
  return {
    selectors: selectorParameters(parameters),
    startMs: timeParameter(parameters, 'start', Number.NEGATIVE_INFINITY),
    endMs: timeParameter(parameters, 'end', Number.POSITIVE_INFINITY),
    limit: limitParameter(parameters),
  };
}

function metadata(api: PrometheusApi, request: ServerRequest): ServerResponse {
  const parameters = parametersOf(request);
  const wanted = parameters.get('metric') ?? '';
  const limit = limitParameter(parameters);
  const entries: [string, MetricMetadata[]][] = [];
  for (const [name, entry] of api.metadata()) {
    if (wanted !== '' && name !== wanted) continue;
    if (limit > 0 && entries.length >= limit) break;
    entries.push([name, [entry]]);
  }
  return success(Object.fromEntries(entries));
}

function exemplars(api: PrometheusApi, request: ServerRequest): ServerResponse {
  const parameters = parametersOf(request);
  const startMs = timeParameter(parameters, 'start', 0);
  const endMs = timeParameter(parameters, 'end', api.nowMs());
  const expr = parseQuery(api, queryParameter(parameters));
  const selectors = selectorHistories(expr, { lookbackMs: 0, unknownMs: 0 });
  const tests = selectors.map(({ matchers }) => labelTest(matchers));
  const matches = (labels: Labels): boolean => tests.some((test) => test(labels));
  const found = api.exemplars.select(matches, startMs, endMs).sort(byLabels);
  return success(
    found.map(({ labels, exemplars: list }) => ({
      seriesLabels: labels.toRecord(),
      exemplars: list.map(({ timeMs, value, labels: own }) => ({
        labels: own,
        value: String(value),
        timestamp: timeMs / 1000,
      })),
    })),
  );
}

function parseQuery(api: PrometheusApi, text: string): Expr {
  try {
    return api.parse(text);
  } catch (error) {
    if (!PromqlError.is(error)) throw error;
    throw new ApiError('bad_data', `invalid parameter "query": ${error.message}`);
  }
}

function labelTest(matchers: readonly LabelMatcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }));
  return (labels) => tests.every(({ name, test }) => test(labels.get(name)));
}

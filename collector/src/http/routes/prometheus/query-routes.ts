import type { QueryPatience } from '../../../exchange/query.ts';
import type { Route, RouteHandler, ServerRequest, ServerResponse } from '../../message.ts';
import type { PrometheusApi } from './api.ts';
import { ApiError, answered, answering } from './envelope.ts';
import {
  durationParameter,
  limitParameter,
  parametersOf,
  queryParameter,
  requiredTime,
  timeParameter,
} from './parameters.ts';

/** Steps of a range query; Prometheus' own limit. */
const POINTS_MAX = 11_000;

/** `query`, `query_range` and `format_query`, by GET and by form. */
export function queryRoutes(api: PrometheusApi): Route[] {
  const handlers: Readonly<Record<string, RouteHandler>> = {
    '/api/v1/query': (request) => answering(() => instantQuery(api, request)),
    '/api/v1/query_range': (request) => answering(() => rangeQuery(api, request)),
    '/api/v1/format_query': (request) => answering(() => formatQuery(api, request)),
  };
  return Object.entries(handlers).flatMap(([path, handle]): Route[] => [
    { method: 'GET', path, scope: 'read', handle },
    { method: 'POST', path, scope: 'read', handle },
  ]);
}

async function instantQuery(api: PrometheusApi, request: ServerRequest): Promise<ServerResponse> {
  const parameters = parametersOf(request);
  const job = {
    kind: 'instant',
    query: queryParameter(parameters),
    timeMs: timeParameter(parameters, 'time', api.nowMs()),
    limit: limitParameter(parameters),
    lookbackMs: durationParameter(parameters, 'lookback_delta'),
  } as const;
  return answered(await api.queries.run(job, patienceOf(parameters, request)));
}

async function rangeQuery(api: PrometheusApi, request: ServerRequest): Promise<ServerResponse> {
  const parameters = parametersOf(request);
  const job = {
    kind: 'range',
    query: queryParameter(parameters),
    ...rangeOf(parameters),
    limit: limitParameter(parameters),
    lookbackMs: durationParameter(parameters, 'lookback_delta'),
  } as const;
  return answered(await api.queries.run(job, patienceOf(parameters, request)));
}

async function formatQuery(api: PrometheusApi, request: ServerRequest): Promise<ServerResponse> {
  const query = queryParameter(parametersOf(request));
  return answered(await api.queries.run({ kind: 'format', query }, { signal: request.signal }));
}

function patienceOf(parameters: URLSearchParams, { signal }: ServerRequest): QueryPatience {
  return { timeoutMs: durationParameter(parameters, 'timeout'), signal };
}

function rangeOf(parameters: URLSearchParams): {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
} {
  const startMs = requiredTime(parameters, 'start');
  const endMs = requiredTime(parameters, 'end');
  if (endMs < startMs) {
    throw new ApiError(
      'bad_data',
      'invalid parameter "end": end timestamp must not be before start time',
    );
  }
  const stepMs = stepOf(parameters);
  if ((endMs - startMs) / stepMs > POINTS_MAX) {
    throw new ApiError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. ' +
        'Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, endMs, stepMs };
}

function stepOf(parameters: URLSearchParams): number {
  const text = parameters.get('step') ?? '';
  const stepMs = durationParameter(parameters, 'step');
  if (stepMs === undefined) {
    throw new ApiError(
      'bad_data',
      `invalid parameter "step": cannot parse "${text}" to a valid duration`,
    );
  }
  if (stepMs > 0) return Math.max(1, Math.round(stepMs));
  throw new ApiError(
    'bad_data',
    'invalid parameter "step": zero or negative query resolution step widths are not accepted. ' +
      'Try a positive integer',
  );
}

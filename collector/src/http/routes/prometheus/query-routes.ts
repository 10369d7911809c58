import type { Expr } from '../../../promql/ast.ts';
import { PromqlError } from '../../../promql/error.ts';
import { type Annotation, formatAnnotation } from '../../../promql/eval/annotations.ts';
import type { EvaluationResult, Value } from '../../../promql/eval/values.ts';
import { printExpr } from '../../../promql/printer.ts';
import type { Route, RouteHandler, ServerRequest, ServerResponse } from '../../message.ts';
import type { PrometheusApi, QueryApi } from './api.ts';
import { ApiError, answering, success } from './envelope.ts';
import {
  durationParameter,
  limitParameter,
  parametersOf,
  requiredTime,
  timeParameter,
} from './parameters.ts';
import { valueJson } from './value-json.ts';

/** Steps of a range query; Prometheus' own limit. */
const POINTS_MAX = 11_000;

/** `query`, `query_range` and `format_query`, by GET and by form. */
export function queryRoutes(api: PrometheusApi): Route[] {
  const handlers: Readonly<Record<string, RouteHandler>> = {
    '/api/v1/query': (request) => answering(() => instantQuery(api, request)),
    '/api/v1/query_range': (request) => answering(() => rangeQuery(api, request)),
    '/api/v1/format_query': (request) =>
      answering(() => success(printExpr(parsed(api.queries, parametersOf(request))))),
  };
  return Object.entries(handlers).flatMap(([path, handle]): Route[] => [
    { method: 'GET', path, scope: 'read', handle },
    { method: 'POST', path, scope: 'read', handle },
  ]);
}

function instantQuery(api: PrometheusApi, request: ServerRequest): ServerResponse {
  const parameters = parametersOf(request);
  const timeMs = timeParameter(parameters, 'time', api.nowMs());
  const limits = limitsOf(parameters);
  const expr = parsed(api.queries, parameters);
  return answer(api, parameters, api.queries.instant(expr, timeMs, limits));
}

function rangeQuery(api: PrometheusApi, request: ServerRequest): ServerResponse {
  const parameters = parametersOf(request);
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
  const limits = limitsOf(parameters);
  const expr = parsed(api.queries, parameters);
  return answer(api, parameters, api.queries.range(expr, { startMs, endMs, stepMs }, limits));
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

function limitsOf(parameters: URLSearchParams): Parameters<QueryApi['instant']>[2] {
  return {
    timeoutMs: durationParameter(parameters, 'timeout'),
    lookbackMs: durationParameter(parameters, 'lookback_delta'),
  };
}

function parsed(queries: QueryApi, parameters: URLSearchParams): Expr {
  try {
    return queries.parse(parameters.get('query') ?? '');
  } catch (error) {
    if (!PromqlError.is(error)) throw error;
    throw new ApiError('bad_data', `invalid parameter "query": ${error.message}`);
  }
}

function answer(
  api: PrometheusApi,
  parameters: URLSearchParams,
  { value, annotations }: EvaluationResult,
): ServerResponse {
  const text = parameters.get('query') ?? '';
  const format = (level: Annotation['level']): string[] =>
    annotations
      .filter((annotation) => annotation.level === level)
      .map((annotation) => formatAnnotation(annotation, text));
  const { value: limited, warnings } = limit(value, limitParameter(parameters));
  return success(valueJson(limited), {
    warnings: [...format('warning'), ...warnings],
    infos: [...format('info'), ...visibilityRemark(api, limited)],
  });
}

function limit(value: Value, seriesMax: number): { value: Value; warnings: readonly string[] } {
  const warnings = ['results truncated due to limit'];
  if (seriesMax === 0) return { value, warnings: [] };
  if (value.kind === 'vector' && value.elements.length > seriesMax) {
    return { value: { ...value, elements: value.elements.slice(0, seriesMax) }, warnings };
  }
  if (value.kind === 'matrix' && value.series.length > seriesMax) {
    return { value: { ...value, series: value.series.slice(0, seriesMax) }, warnings };
  }
  return { value, warnings: [] };
}

/** An empty answer may only mean that no rule asks for the series. */
function visibilityRemark(api: PrometheusApi, value: Value): readonly string[] {
  if (api.retainsAll) return [];
  const isEmpty =
    (value.kind === 'vector' && value.elements.length === 0) ||
    (value.kind === 'matrix' && value.series.length === 0);
  if (!isEmpty) return [];
  return ['only series that rules ask for are kept: set collector.retain_all to query others'];
}

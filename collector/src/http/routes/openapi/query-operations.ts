import type { Operation } from './operation.ts';
import { list, object, type Schema } from './schemas.ts';

/** Prometheus' envelope around what a path answers. */
const success = (data: Schema): Schema => ({
  type: 'object',
  properties: { status: { const: 'success' }, data },
  required: ['status', 'data'],
});

const listed: Schema = { type: 'array' };
const text: Schema = { type: 'string' };
const between = ['start', 'end'];

/** A query that takes its parameters in the address or, when they are long, as a form. */
const byForm = (operation: Omit<Operation, 'method' | 'scope'>): readonly Operation[] =>
  (['get', 'post'] as const).map((method) => ({ ...operation, method, scope: 'read' }));

/** What clients ask to find out whom they talk to. */
const ABOUT = [
  ['status/buildinfo', 'The version of Prometheus whose API this is, and our own'],
  ['status/runtimeinfo', 'Start time, number of series, whether the last reload worked'],
  ['status/flags', 'Always empty'],
  ['targets', 'Always empty: nothing is scraped'],
  ['alertmanagers', 'Always empty: the service notifies by itself'],
] as const;

/** What is asked of series and rules. The paths below `/api/v1` are those of Prometheus. */
export const QUERY_OPERATIONS: readonly Operation[] = [
  ...byForm({
    path: '/api/v1/query',
    summary: 'The value of an expression at one moment',
    query: ['query', 'time', 'timeout', 'limit'],
    answer: success(object({ resultType: text, result: listed })),
  }),
  ...byForm({
    path: '/api/v1/query_range',
    summary: 'The values of an expression over time',
    query: ['query', ...between, 'step', 'timeout', 'limit'],
    answer: success(object({ resultType: { const: 'matrix' }, result: listed })),
  }),
  ...byForm({
    path: '/api/v1/query_exemplars',
    summary: 'Measurements with their trace ids',
    query: ['query', ...between],
    answer: success(listed),
  }),
  ...byForm({
    path: '/api/v1/format_query',
    summary: 'An expression, printed',
    query: ['query'],
    answer: success(text),
  }),
  ...byForm({
    path: '/api/v1/series',
    summary: 'Label sets of series',
    query: ['match[]*', ...between, 'limit'],
    answer: success(listed),
  }),
  ...byForm({
    path: '/api/v1/labels',
    summary: 'Names of labels',
    query: ['match[]*', ...between, 'limit'],
    answer: success(list(text)),
  }),
  {
    method: 'get',
    path: '/api/v1/label/{name}/values',
    summary: 'Values of a label',
    scope: 'read',
    query: ['match[]*', ...between, 'limit'],
    answer: success(list(text)),
  },
  {
    method: 'get',
    path: '/api/v1/rules',
    summary: 'Groups of rules with their state',
    scope: 'read',
    query: ['type', 'rule_name[]*', 'rule_group[]*', 'file[]*', 'exclude_alerts'],
    answer: success(object({ groups: listed })),
  },
  {
    method: 'get',
    path: '/api/v1/alerts',
    summary: 'Alerts of rules that are pending or firing',
    scope: 'read',
    answer: success(object({ alerts: listed })),
  },
  {
    method: 'get',
    path: '/api/v1/metadata',
    summary: 'Type, unit and help of metrics',
    scope: 'read',
    query: ['metric', 'limit', 'limit_per_metric'],
    answer: success({ type: 'object', additionalProperties: listed }),
  },
  ...ABOUT.map(([path, summary]): Operation => {
    const answer = success({ type: 'object' });
    return { method: 'get', path: `/api/v1/${path}`, summary, scope: 'read', answer };
  }),
];

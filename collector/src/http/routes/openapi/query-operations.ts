import type { Operation } from './operations.ts';
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

/** What is asked of series, rules and drift. The paths below `/api/v1` are those of Prometheus. */
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
    path: '/monitoring/drift',
    summary: 'Drift of the fleet by stream',
    scope: 'read',
    query: ['model', 'version', 'feature', 'state'],
    answer: object({
      time: { type: 'string', format: 'date-time' },
      windowSeconds: { type: 'number' },
      points: { type: 'object' },
      streams: listed,
    }),
  },
  {
    method: 'post',
    path: '/monitoring/drift/reset',
    summary: 'Begin new windows',
    scope: 'write',
    body: {
      type: 'object',
      properties: { model: text, version: text, feature: text, all: { type: 'boolean' } },
    },
  },
  {
    method: 'post',
    path: '/monitoring/drift/baselines/{model}/{version}/{stream}/build',
    summary: 'A new baseline of what instances uploaded, or of the values of the window',
    scope: 'write',
    query: ['direction', 'segment', 'season'],
    body: { type: 'object', properties: { from: { enum: ['samples', 'histogram'] } } },
    answer: object({ id: text }),
  },
];

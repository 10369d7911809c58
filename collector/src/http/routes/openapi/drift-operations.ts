import type { Operation } from './operation.ts';
import { list, object, type Schema } from './schemas.ts';

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };
const listed: Schema = { type: 'array' };

/** A model without a version leaves its part of the path empty. */
const BASELINE = '/monitoring/drift/baselines/{model}/{version}/{stream}';
const which = ['direction', 'segment', 'season'];

/** Drift of the fleet, and the baselines that instances share. */
export const DRIFT_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/monitoring/drift',
    summary: 'Drift of the fleet by stream',
    scope: 'read',
    query: ['model', 'version', 'feature', 'state'],
    answer: object({
      time,
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
    status: 202,
    answer: object({ streams: { type: 'integer' } }),
    body: {
      type: 'object',
      properties: { model: text, version: text, feature: text, all: { type: 'boolean' } },
    },
  },
  {
    method: 'post',
    path: `${BASELINE}/build`,
    summary: 'A new baseline of what instances uploaded, or of the values of the window',
    scope: 'write',
    query: which,
    body: { type: 'object', properties: { from: { enum: ['samples', 'histogram'] } } },
    answer: object({ id: text }),
  },
  {
    method: 'get',
    path: '/monitoring/drift/baselines',
    summary: 'The stored baselines',
    scope: 'read',
    answer: object({ baselines: list({ type: 'object' }) }),
  },
  {
    method: 'get',
    path: BASELINE,
    summary: 'One baseline, with its id as ETag',
    scope: 'read',
    query: which,
    answer: { type: 'object' },
  },
  {
    method: 'put',
    path: BASELINE,
    summary: 'Store a baseline that all instances use from now on',
    scope: 'write',
    query: which,
    body: { type: 'object' },
    answer: object({ id: text }),
  },
  {
    method: 'post',
    path: `${BASELINE}/samples`,
    summary: 'What one instance learned, for a baseline of the fleet',
    scope: 'ingest',
    query: [...which, 'instance'],
    body: { type: 'object' },
    answer: object({ id: text }),
  },
];

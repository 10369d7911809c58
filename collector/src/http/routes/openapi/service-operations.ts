import type { Operation } from './operation.ts';
import type { Schema } from './schemas.ts';

const text: Schema = { type: 'string' };
const plain = { answer: text, mediaType: 'text/plain' } as const;

/** Health, own metrics, reload and this document. */
export const SERVICE_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/-/healthy',
    summary: 'Whether the process answers',
    scope: 'open',
    ...plain,
  },
  {
    method: 'get',
    path: '/-/ready',
    summary: 'Whether the service can do its work; 503 with the reason when it cannot',
    scope: 'open',
    ...plain,
  },
  {
    method: 'post',
    path: '/-/reload',
    summary: 'Read the configuration and the rule files again; 400 with what is wrong',
    scope: 'admin',
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Metrics of the service itself',
    scope: 'read',
    ...plain,
  },
  {
    method: 'get',
    path: '/monitoring/openapi.json',
    summary: 'This document',
    scope: 'read',
    answer: { type: 'object' },
  },
];

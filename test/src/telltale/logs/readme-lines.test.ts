import { readFileSync } from 'node:fs';

import { Ajv } from 'ajv';
import { expect, test } from 'vitest';

import { EVENTS } from '@telltale/core';

const PACKAGE = new URL('../../../../src/telltale/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, PACKAGE), 'utf8');

const schema = JSON.parse(read('log-line.schema.json')) as {
  readonly allOf: readonly {
    readonly if: { readonly properties: { readonly 'event.name': { readonly enum?: string[] } } };
  }[];
};
const validate = new Ajv({ strict: false }).compile(schema);
const block = /<!-- log lines:[^\n]*\n```json\n([\s\S]*?)\n```/u.exec(read('README.md'))?.[1] ?? '';
const lines = block.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

test('the README shows a line of each type, and each fits the schema', () => {
  expect(lines.map(({ type }) => type)).toEqual([
    'PERFORMANCE',
    'REQUEST',
    'PREDICTION',
    'ALERT',
    'ERROR',
  ]);
  expect(lines.filter((line) => !validate(line))).toEqual([]);
});

test.for([
  ['no message', { message: undefined }],
  ['a type that is none', { type: 'LOUD' }],
  ['a trace without a span', { span_id: undefined }],
  ['a trace id in capitals', { trace_id: 'A'.repeat(32) }],
  ['an event without a type', { type: undefined }],
  ['a time without a zone', { timestamp: '2026-11-21T15:13:41.262' }],
  ['a request without a status', { 'http.response.status_code': undefined }],
] as const)('the schema refuses a line with %s', ([, change]) => {
  const request = { ...lines[1], ...change };
  expect(validate(JSON.parse(JSON.stringify(request)))).toBe(false);
});

test.for([
  ['an event of the application without a type', { 'event.name': 'order.placed' }],
  ['a plain log', {}],
])('the schema takes %s', ([, fields]) => {
  const line = {
    timestamp: '2026-11-21T15:13:41.262Z',
    level: 'info',
    severity_number: 9,
    message: 'x',
    ...(fields as object),
  };
  expect(validate(line)).toBe(true);
});

test('the schema asks all events of ours for their type', () => {
  const ours = schema.allOf[0]?.if.properties['event.name'].enum;
  expect(new Set(ours)).toEqual(new Set(EVENTS.map(({ name }) => name)));
});

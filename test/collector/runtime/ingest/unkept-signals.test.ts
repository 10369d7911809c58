import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import type { UnkeptAnswer } from '../../../../collector/src/exchange/ingest.ts';
import { readUnkept } from '../../../../collector/src/runtime/ingest/unkept-signals.ts';

const LIMIT = 10_000;
const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const LOGS = {
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'a' } }, {}] }] }],
};
const SPANS = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'x' }] }] }] };

interface Row {
  readonly name: string;
  readonly signal: 'logs' | 'traces';
  readonly body: Uint8Array;
  readonly isGzip?: boolean;
  readonly expected: Partial<UnkeptAnswer>;
}

test.for<Row>([
  {
    name: 'two log records',
    signal: 'logs',
    body: text(LOGS),
    expected: { kind: 'read', records: 2 },
  },
  { name: 'one span', signal: 'traces', body: text(SPANS), expected: { kind: 'read', records: 1 } },
  {
    name: 'gzip',
    signal: 'traces',
    body: gzipSync(text(SPANS)),
    isGzip: true,
    expected: { kind: 'read', records: 1 },
  },
  { name: 'cut JSON', signal: 'logs', body: Buffer.from('{"a'), expected: { kind: 'malformed' } },
  {
    name: 'no gzip',
    signal: 'logs',
    body: Buffer.from('x'),
    isGzip: true,
    expected: { kind: 'malformed' },
  },
  {
    name: 'a bomb',
    signal: 'logs',
    body: gzipSync(Buffer.alloc(LIMIT + 1)),
    isGzip: true,
    expected: { kind: 'too large' },
  },
])('readUnkept() answers $name', async ({ signal, body, isGzip = false, expected }) => {
  const answer = await readUnkept(signal, { body, encoding: 'json', isGzip }, LIMIT);
  expect(answer).toMatchObject(expected);
});

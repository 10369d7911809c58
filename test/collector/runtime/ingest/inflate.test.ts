import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { inflate } from '../../../../collector/src/runtime/ingest/inflate.ts';

test.for([
  {
    name: 'a whole body',
    bytes: gzipSync('hello'),
    expected: { kind: 'bytes', bytes: Buffer.from('hello') },
  },
  { name: 'a bomb', bytes: gzipSync(Buffer.alloc(50_000_000)), expected: { kind: 'too large' } },
  { name: 'a small bomb', bytes: gzipSync(Buffer.alloc(100_001)), expected: { kind: 'too large' } },
])('inflate() tells $name', async ({ bytes, expected }) => {
  expect(await inflate(bytes, 100_000)).toEqual(expected);
});

test.for([
  { name: 'truncated bytes', bytes: gzipSync(Buffer.from('hello '.repeat(9))).subarray(0, 20) },
  { name: 'bytes that are no gzip', bytes: Buffer.from('hello') },
])('inflate() calls $name malformed', async ({ bytes }) => {
  expect(await inflate(bytes, 100_000)).toMatchObject({ kind: 'malformed' });
});

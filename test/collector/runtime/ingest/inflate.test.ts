import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { expect, test, vi } from 'vitest';

import { inflate } from '../../../../collector/src/runtime/ingest/inflate.ts';
import { SpareBuffers } from '../../../../collector/src/runtime/ingest/spare-buffers.ts';

const LIMIT = 100_000;
const LARGE_LIMIT = 2_000_000;
/** Does not compress, so that the body is too large to be inflated at once. */
const LARGE = randomBytes(700_000);

function withToldLength(gzip: Buffer, bytes: number): Buffer {
  const forged = Buffer.from(gzip);
  forged.writeUInt32LE(bytes, forged.length - 4);
  return forged;
}

test.for([
  {
    name: 'a whole body',
    bytes: gzipSync('hello'),
    expected: { kind: 'bytes', bytes: Buffer.from('hello') },
  },
  { name: 'a bomb', bytes: gzipSync(Buffer.alloc(50_000_000)), expected: { kind: 'too large' } },
  { name: 'a small bomb', bytes: gzipSync(Buffer.alloc(100_001)), expected: { kind: 'too large' } },
])('inflate() tells $name', async ({ bytes, expected }) => {
  expect(await inflate(bytes, LIMIT, new SpareBuffers())).toEqual(expected);
});

test.for([
  { name: 'truncated bytes', bytes: gzipSync(Buffer.from('hello '.repeat(9))).subarray(0, 20) },
  { name: 'bytes that are no gzip', bytes: Buffer.from('hello') },
  { name: 'a truncated large body', bytes: gzipSync(LARGE).subarray(0, 600_000) },
  { name: 'a large body that tells too little', bytes: withToldLength(gzipSync(LARGE), 1) },
  { name: 'a large body that tells too much', bytes: withToldLength(gzipSync(LARGE), 2 ** 32 - 1) },
])('inflate() calls $name malformed', async ({ bytes }) => {
  expect(await inflate(bytes, LARGE_LIMIT, new SpareBuffers())).toMatchObject({
    kind: 'malformed',
  });
});

test('inflate() reads large bodies one after the other into the same memory', async () => {
  const spare = new SpareBuffers();
  const bodies = [LARGE, randomBytes(650_000), LARGE];
  const buffers = new Set<ArrayBufferLike>();
  for (const body of bodies) {
    const result = await inflate(gzipSync(body), LARGE_LIMIT, spare);
    if (result.kind !== 'bytes' || result.buffer === undefined) throw new Error(result.kind);
    expect(Buffer.compare(result.bytes, body)).toBe(0);
    buffers.add(result.buffer.buffer);
    spare.giveBack(result.buffer);
  }
  expect(buffers.size).toBe(1);
});

test('inflate() keeps large bodies apart that are inflated at the same time', async () => {
  const spare = new SpareBuffers();
  const bodies = [1, 2, 3].map(() => randomBytes(300_000));
  const results = await Promise.all(
    bodies.map((body) => inflate(gzipSync(body), LARGE_LIMIT, spare)),
  );
  for (const [index, result] of results.entries()) {
    if (result.kind !== 'bytes') throw new Error(result.kind);
    expect(Buffer.compare(result.bytes, bodies[index] ?? Buffer.alloc(0))).toBe(0);
  }
});

test('inflate() refuses a large body as soon as it passes the limit', async () => {
  const result = await inflate(gzipSync(LARGE), 500_000, new SpareBuffers());
  expect(result).toEqual({ kind: 'too large' });
});

test.for([
  { name: 'too large', bytes: gzipSync(LARGE), limit: 500_000 },
  { name: 'torn', bytes: gzipSync(LARGE).subarray(0, 600_000), limit: LARGE_LIMIT },
])(
  'inflate() gives the buffer of a body that is $name back, and none twice',
  async ({ bytes, limit }) => {
    const spare = new SpareBuffers();
    const givenBack = vi.spyOn(spare, 'giveBack');
    await inflate(bytes, limit, spare);
    await new Promise(setImmediate);
    const buffers = givenBack.mock.calls.map(([buffer]) => buffer);
    expect(buffers.length).toBeGreaterThan(0);
    expect(new Set(buffers).size).toBe(buffers.length);
  },
);

import { expect, test } from 'vitest';

import {
  copyFeeds,
  namedOutputs,
} from '../../../../instrumentations/onnxruntime/src/operator-profile/copied-feeds.ts';
import { settledRuns } from '../../../../instrumentations/onnxruntime/src/operator-profile/shadow-session.ts';

const tensor = (type: string, data: unknown, location?: string) => ({
  type,
  dims: [1],
  data,
  ...(location === undefined ? {} : { location }),
});

test.for<readonly [string, unknown]>([
  ['numbers', Float32Array.of(1, 2)],
  ['big numbers', BigInt64Array.of(1n, 2n)],
  ['a Buffer', Buffer.from([1, 2])],
  ['a part of a buffer', new Float32Array(new ArrayBuffer(64), 8, 2)],
  ['shared memory', new Float32Array(new SharedArrayBuffer(8))],
  ['texts', ['a', 'b']],
])('copyFeeds() makes %s its own', ([, data]) => {
  const copied = copyFeeds({ x: tensor('float32', data), extra: 1 }, ['x'], 64);
  expect(Object.keys(copied?.tensors ?? {})).toEqual(['x']);
  const copy = copied?.tensors['x']?.data as Record<number, unknown>;
  expect(Array.from(copy as unknown as ArrayLike<unknown>)).toEqual(
    Array.from(data as ArrayLike<unknown>),
  );
  const before = copy[0];
  (data as Record<number, unknown>)[0] = (data as unknown[])[1];
  expect(copy[0]).toBe(before);
});

test.for<readonly [string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['feeds without an input', { y: tensor('float32', new Float32Array(1)) }],
  ['more bytes than may be kept', { x: tensor('float32', new Float32Array(3)) }],
  ['longer texts than may be kept', { x: tensor('string', ['abcde']) }],
  [
    'too many texts to look at',
    {
      x: tensor(
        'string',
        Array.from({ length: 70_000 }, () => ''),
      ),
    },
  ],
  ['a tensor on a GPU', { x: tensor('float32', new Float32Array(1), 'gpu-buffer') }],
  ['no typed array', { x: tensor('float32', 'text') }],
])('copyFeeds() takes no copy of %s', ([, feeds]) => {
  expect(copyFeeds(feeds, ['x'], 8)).toBeUndefined();
});

test.for<readonly [string, unknown, readonly string[] | undefined]>([
  ['an array', ['b'], ['b']],
  ['preallocated tensors', { a: {}, other: 1 }, ['a']],
  ['options', { logSeverityLevel: 2 }, undefined],
  ['nothing', undefined, undefined],
  ['a text', 'a', undefined],
])('namedOutputs() of %s', ([, fetches, names]) => {
  expect(namedOutputs(fetches, ['a', 'b'])).toEqual(names);
});

const runs = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ startUs: i, endUs: i + 1, operators: [] }));
const startsOf = (count: number, outcomes: readonly boolean[]) =>
  settledRuns(runs(count), outcomes).map(({ startUs }) => startUs);

test.for<readonly [string, number, readonly boolean[], readonly number[]]>([
  ['the first is left out', 3, [true, true, true], [1, 2]],
  ['failed ones that are in the profile', 4, [false, true, true, true], [2, 3]],
  ['failed ones that are not', 3, [false, true, true, true], [1, 2]],
  ['which of them failed cannot be told', 3, [false, false, true, true], []],
  ['none', 0, [], []],
])('settledRuns(): %s', ([, count, outcomes, expected]) => {
  expect(startsOf(count, outcomes)).toEqual(expected);
});

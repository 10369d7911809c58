import { expect, test } from 'vitest';

import { readProbability } from '@telltale/core';

test.for([
  [0, 0],
  [1, 1],
  [0.5, 0.5],
  [1.0000001, 1],
  [Math.fround(1 + 2 ** -23), 1],
  [1.001, 1],
  [1.01, undefined],
  [-1e-7, 0],
  [-0, 0],
  [-0.01, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  ['0.5', undefined],
  [null, undefined],
  ['', undefined],
] as const)('readProbability(%j) is %j', ([value, expected]) => {
  expect(readProbability(value)).toBe(expected);
});

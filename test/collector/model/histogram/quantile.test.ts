import { describe, expect, test } from 'vitest';

import { fractionBelow } from '../../../../collector/src/model/histogram/quantile.ts';

describe('fractionBelow()', () => {
  const eighth = { lower: 1.414213562373095, upper: 1.5422108254079407 };

  // A live Prometheus 3.14 kept 41.46170035192429 of the 61 observations of this bucket; with the
  // logarithm of JavaScript it is one digit less, and a sum that cancels shows it.
  test('cuts an exponential bucket where Prometheus does, to the last digit', () => {
    expect(61 * fractionBelow(eighth, 1.5, false)).toBe(41.46170035192429);
  });

  test.for([
    ['a linear bucket', { lower: 2, upper: 4 }, 3, true, 0.5],
    ['its lower end', eighth, eighth.lower, false, 0],
    ['its upper end', eighth, eighth.upper, false, 1],
    ['a mirrored bucket', { lower: -4, upper: -1 }, -2, false, 0.5],
  ] as const)('%s', ([, bucket, value, isLinear, expected]) => {
    expect(fractionBelow(bucket, value, isLinear)).toBeCloseTo(expected, 12);
  });
});

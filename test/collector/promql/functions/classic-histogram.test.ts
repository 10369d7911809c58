import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { ClassicBucket } from '../../../../collector/src/promql/functions/classic-histogram.ts';
import {
  classicFraction,
  classicQuantile,
} from '../../../../collector/src/promql/functions/classic-histogram.ts';

function buckets(...pairs: readonly (readonly [bound: number, count: number])[]): ClassicBucket[] {
  return pairs.map(([upperBound, count]) => ({ upperBound, count }));
}

const SOUND = buckets([1, 10], [2, 30], [Infinity, 40]);

test.for([
  ['between bounds', 0.5, SOUND, { value: 1.5 }],
  ['in the first bucket, from zero', 0.125, SOUND, { value: 0.5 }],
  ['in the bucket up to +Inf', 0.9, SOUND, { value: 2 }],
  ['in a first bucket below zero', 0.1, buckets([-1, 5], [Infinity, 10]), { value: -1 }],
  ['below 0', -1, SOUND, { value: -Infinity }],
  ['above 1', 2, SOUND, { value: Infinity }],
  ['NaN', NaN, SOUND, { value: NaN }],
  ['without a bucket up to +Inf', 0.5, buckets([1, 10], [2, 30]), { value: NaN }],
  ['without observations', 0.5, buckets([1, 0], [Infinity, 0]), { value: NaN }],
  ['with one bucket', 0.5, buckets([Infinity, 3]), { value: NaN }],
  ['with equal bounds, added up', 0.5, [...SOUND, ...SOUND], { value: 1.5 }],
  [
    'with a count that falls',
    0.5,
    buckets([1, 10], [2, 7], [3, 20], [Infinity, 20]),
    { value: 1, forced: { bucketMin: 2, bucketMax: 2, differenceMax: 3 } },
  ],
  [
    'with a count that falls by rounding only',
    1,
    buckets([1, 10], [2, 10 - 1e-12], [Infinity, 10]),
    { value: 1 },
  ],
] as const)('classicQuantile() %s', ([, quantile, list, expected]) => {
  expect(classicQuantile(quantile, list)).toEqual(expected);
});

test('classicFraction() is the inverse of classicQuantile()', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(counts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (steps, quantile) => {
      let total = 0;
      const list = steps.map((step, index) => {
        total += step;
        return { upperBound: index === steps.length - 1 ? Infinity : index + 1, count: total };
      });
      const { value } = classicQuantile(quantile, list);
      const share = classicFraction({ lower: -Infinity, upper: value }, list);
      const isInLast = quantile * total > total - (steps.at(-1) ?? 0);
      return isInLast || Math.abs(share - quantile) < 1e-9;
    }),
  );
});

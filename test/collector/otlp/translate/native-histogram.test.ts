import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { addExponential } from '../../../../collector/src/otlp/translate/delta/exponential.ts';
import {
  classicToNative,
  type ExponentialValues,
  exponentialToNative,
  isConsistent,
} from '../../../../collector/src/otlp/translate/delta/native-histogram.ts';
import { bucketMap } from '../../../support/difftest/remote-read.ts';

const EMPTY: ExponentialValues = {
  scale: 3,
  count: 0,
  sum: 0,
  zeroCount: 0,
  positive: { offset: 0, counts: [] },
  negative: { offset: 0, counts: [] },
};

const side = fc.record({
  offset: fc.integer({ min: -500, max: 500 }),
  counts: fc.array(fc.nat(5), { maxLength: 40 }),
});
const histogram: fc.Arbitrary<ExponentialValues> = fc.record({
  scale: fc.integer({ min: -2, max: 8 }),
  count: fc.nat(100),
  sum: fc.integer(),
  zeroCount: fc.nat(5),
  positive: side,
  negative: side,
});

/** Counts by index at a coarser scale. */
function merged(values: ExponentialValues, scale: number): Record<number, number> {
  const buckets: Record<number, number> = {};
  const { offset, counts } = values.positive;
  for (const [index, count] of Array.from(counts).entries()) {
    const target = Math.floor((offset + index) / 2 ** (values.scale - scale));
    if (count > 0) buckets[target] = (buckets[target] ?? 0) + count;
  }
  return buckets;
}

describe('exponentialToNative()', () => {
  test('counts a bucket by its upper bound', () => {
    const positive = { offset: 2, counts: [4, 0, 0, 5] };
    const native = exponentialToNative({ ...EMPTY, positive, count: 9 });
    expect(native).toMatchObject({
      schema: 3,
      positiveSpans: [{ offset: 3, length: 4 }],
      positiveCounts: [4, 0, 0, 5],
      zeroThreshold: 1e-128,
      counterResetHint: 'unknown',
    });
  });

  test('starts a span behind more than two empty buckets', () => {
    const positive = { offset: 0, counts: [1, 0, 0, 0, 2] };
    expect(exponentialToNative({ ...EMPTY, positive }).positiveSpans).toEqual([
      { offset: 1, length: 1 },
      { offset: 3, length: 1 },
    ]);
  });

  test('keeps every count at every scale', () => {
    const fine = fc.tuple(histogram, fc.integer({ min: 0, max: 25 }));
    fc.assert(
      fc.property(fine, ([values, extra]) => {
        const native = exponentialToNative({ ...values, scale: values.scale + extra });
        const total = (counts: ArrayLike<number>): number =>
          Array.from(counts).reduce((sum, count) => sum + count, 0);
        return (
          native.schema <= 8 &&
          total(native.positiveCounts) === total(values.positive.counts) &&
          total(native.negativeCounts) === total(values.negative.counts)
        );
      }),
    );
  });

  test('keeps every bucket in its place when nothing is merged', () => {
    fc.assert(
      fc.property(histogram, (values) => {
        const { positiveSpans, positiveCounts } = exponentialToNative(values);
        const shifted = Object.entries(bucketMap(positiveSpans, positiveCounts)).map(
          ([index, count]) => [Number(index) - 1, count] as const,
        );
        expect(Object.fromEntries(shifted)).toEqual(merged(values, values.scale));
        return true;
      }),
    );
  });
});

describe('classicToNative()', () => {
  test('has the bounds as custom values and skips empty buckets in front', () => {
    const values = { count: 5, sum: 2, counts: [0, 0, 2, 3], bounds: [1, 2, 5] };
    expect(classicToNative(values)).toMatchObject({
      schema: -53,
      positiveSpans: [{ offset: 2, length: 2 }],
      positiveCounts: [2, 3],
      customValues: [1, 2, 5],
      count: 5,
    });
  });
});

describe('isConsistent()', () => {
  test.for([
    ['as many as counted', 3, 0, true],
    ['fewer than counted', 4, 0, false],
    ['fewer than counted, with NaN observed', 4, Number.NaN, true],
    ['more than counted', 2, Number.NaN, false],
  ] as const)('%s', ([, count, sum, expected]) => {
    const positive = { offset: 0, counts: [3] };
    expect(isConsistent(exponentialToNative({ ...EMPTY, positive, count, sum }))).toBe(expected);
  });
});

describe('addExponential()', () => {
  test('adds bucket by bucket at the coarser scale', () => {
    fc.assert(
      fc.property(histogram, histogram, (left, right) => {
        const sum = addExponential(left, right);
        const expected = merged(left, sum.scale);
        for (const [index, count] of Object.entries(merged(right, sum.scale))) {
          expected[Number(index)] = (expected[Number(index)] ?? 0) + count;
        }
        expect(merged(sum, sum.scale)).toEqual(expected);
        // Borders are halved towards zero, as Prometheus' conversion does: one more on either side.
        expect(sum.positive.counts.length).toBeLessThanOrEqual(162);
        return true;
      }),
    );
  });
});

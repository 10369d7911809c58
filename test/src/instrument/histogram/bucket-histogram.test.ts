import { expect, test } from 'vitest';

import { BucketHistogram, quantile, subtractSnapshot } from '@telltale/instrument';

test('BucketHistogram puts a value on a bound into the bucket below it', () => {
  const histogram = new BucketHistogram([1, 2], 0);
  for (const value of [0.5, 1, 1.5, 2, 3, Number.NaN, Infinity]) histogram.record(value);
  expect(histogram.snapshot()).toEqual({ counts: [2, 2, 1], count: 5, sum: 8, min: 0.5, max: 3 });
});

test.for([
  ['one value', [0, 4, 0], 0.5, 1.5],
  ['the lowest bucket starts at zero', [4, 0, 0], 0.25, 0.25],
  ['beyond the last bound, up to the maximum', [0, 0, 4], 1, 8],
  ['never below the minimum', [1, 0, 0], 0.01, 0.2],
] as const)('quantile(): %s', ([, counts, share, expected]) => {
  const count = counts.reduce((sum: number, one) => sum + one, 0);
  expect(quantile(share, { counts, count, min: 0.2, max: 8 }, [1, 2])).toBeCloseTo(expected, 9);
});

test('subtractSnapshot() is what was recorded between two snapshots', () => {
  const histogram = new BucketHistogram([1, 2], 0);
  histogram.record(0.5);
  const before = histogram.snapshot();
  for (const value of [1.5, 4]) histogram.record(value);
  expect(subtractSnapshot(histogram.snapshot(), before)).toEqual({
    counts: [0, 1, 1],
    count: 2,
    sum: 5.5,
  });
});

test('the newest sampled record of a bucket is its exemplar', () => {
  const histogram = new BucketHistogram([1, 2], 0);
  const span = (spanId: string) => ({ traceId: 't'.repeat(32), spanId, traceFlags: 1 });
  histogram.keepExemplar(histogram.record(0.5), span('a'), { value: 0.5, atMs: 1 });
  histogram.keepExemplar(histogram.record(0.7), span('b'), { value: 0.7, atMs: 2 });
  histogram.keepExemplar(histogram.record(Number.NaN), span('c'), { value: Number.NaN, atMs: 3 });
  expect(histogram.exemplars()).toEqual([
    { value: 0.7, atMs: 2, traceId: 't'.repeat(32), spanId: 'b' },
  ]);
});

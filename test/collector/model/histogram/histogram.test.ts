import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  addHistograms,
  subtractHistograms,
} from '../../../../collector/src/model/histogram/add.ts';
import { exponentialBound } from '../../../../collector/src/model/histogram/bounds.ts';
import {
  allBuckets,
  foldSpans,
  unfoldSpans,
} from '../../../../collector/src/model/histogram/buckets.ts';
import { compactHistogram } from '../../../../collector/src/model/histogram/compact.ts';
import { histogramsEqual } from '../../../../collector/src/model/histogram/equal.ts';
import {
  formatHistogram,
  formatHistogramNotation,
} from '../../../../collector/src/model/histogram/format.ts';
import type { NativeHistogram } from '../../../../collector/src/model/histogram/histogram.ts';
import { CUSTOM_BUCKETS_SCHEMA } from '../../../../collector/src/model/histogram/histogram.ts';
import {
  histogramFraction,
  histogramQuantile,
  histogramVariance,
} from '../../../../collector/src/model/histogram/quantile.ts';
import {
  isCounterReset,
  storedResetHint,
} from '../../../../collector/src/model/histogram/reset.ts';
import { reduceResolution } from '../../../../collector/src/model/histogram/resolution.ts';
import {
  divideHistogram,
  multiplyHistogram,
} from '../../../../collector/src/model/histogram/scale.ts';
import { trimHistogram } from '../../../../collector/src/model/histogram/trim.ts';
import { parseHistogramNotation } from '../../../../collector/src/promql/notation/histogram.ts';

function read(text: string): NativeHistogram {
  return parseHistogramNotation(text).histogram;
}

function show(histogram: NativeHistogram | undefined): string | undefined {
  return histogram === undefined ? undefined : formatHistogramNotation(histogram);
}

const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 });

/** Histograms as a client writes them: whole counts, and no bucket inside the zero bucket. */
const exponential = fc
  .record({
    schema: fc.integer({ min: -1, max: 4 }),
    offset: fc.integer({ min: 1, max: 6 }),
    positive: counts,
    negative: counts,
    zeroCount: fc.integer({ min: 0, max: 5 }),
    sum: fc.integer({ min: -100, max: 100 }),
  })
  .map(
    ({ schema, offset, positive, negative, zeroCount, sum }): NativeHistogram => ({
      schema,
      counterResetHint: 'unknown',
      zeroThreshold: 0.5,
      zeroCount,
      count: [...positive, ...negative, zeroCount].reduce((total, value) => total + value, 0),
      sum,
      positiveSpans: [{ offset, length: positive.length }],
      positiveCounts: positive,
      negativeSpans: [{ offset, length: negative.length }],
      negativeCounts: negative,
      customValues: [],
    }),
  );

const custom = counts.map(
  (values): NativeHistogram => ({
    schema: CUSTOM_BUCKETS_SCHEMA,
    counterResetHint: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count: values.reduce((total, value) => total + value, 0),
    sum: 3,
    positiveSpans: [{ offset: 0, length: values.length }],
    positiveCounts: values,
    negativeSpans: [],
    negativeCounts: [],
    customValues: values.slice(1).map((_, index) => (index + 1) * 2),
  }),
);

const histogram = fc.oneof(exponential, custom);

function isSame(left: NativeHistogram | undefined, right: NativeHistogram | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return histogramsEqual(compactHistogram(left), compactHistogram(right));
}

function add(left: NativeHistogram | undefined, right: NativeHistogram | undefined) {
  if (left === undefined || right === undefined) return undefined;
  return addHistograms(left, right)?.histogram;
}

test('addHistograms() does not depend on the order', () => {
  fc.assert(
    fc.property(histogram, histogram, (a, b) => isSame(add(a, b), add(b, a))),
    { numRuns: 500 },
  );
});

test('addHistograms() of one kind is associative', () => {
  fc.assert(
    fc.property(exponential, exponential, exponential, (a, b, c) =>
      isSame(add(add(a, b), c), add(a, add(b, c))),
    ),
    { numRuns: 500 },
  );
});

test('addHistograms() refuses to mix exponential and custom buckets', () => {
  fc.assert(fc.property(exponential, custom, (a, b) => addHistograms(a, b) === undefined));
});

test('subtractHistograms() undoes addHistograms() at the lower resolution', () => {
  fc.assert(
    fc.property(exponential, exponential, (a, b) => {
      const sum = add(a, b);
      const back = sum === undefined ? undefined : subtractHistograms(sum, b)?.histogram;
      return isSame(back, reduceResolution(a, Math.min(a.schema, b.schema)));
    }),
    { numRuns: 500 },
  );
});

test('a counter that only grows has no reset, and one that falls has', () => {
  fc.assert(
    fc.property(exponential, exponential, (a, b) => {
      const grown = add(a, b);
      if (grown === undefined || b.count === 0 || grown.schema > a.schema) return true;
      return !isCounterReset(a, grown) && isCounterReset(grown, { ...a, schema: grown.schema });
    }),
    { numRuns: 500 },
  );
});

test('histogramFraction() is the inverse of histogramQuantile()', () => {
  fc.assert(
    fc.property(exponential, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (item, quantile) => {
      if (item.count === 0) return Number.isNaN(histogramQuantile(quantile, item).value);
      const { value } = histogramQuantile(quantile, item);
      const { value: share } = histogramFraction({ lower: -Infinity, upper: value }, item);
      return Math.abs(share - quantile) < 1e-9 || value === 0;
    }),
    { numRuns: 500 },
  );
});

test('compactHistogram() keeps every observation and drops every empty bucket', () => {
  fc.assert(
    fc.property(histogram, (item) => {
      const compact = compactHistogram(item);
      const populated = allBuckets(item).filter(({ count }) => count !== 0);
      const kept = allBuckets(compact);
      return JSON.stringify(kept) === JSON.stringify(populated);
    }),
  );
});

test('foldSpans() undoes unfoldSpans()', () => {
  const indices = fc
    .uniqueArray(fc.integer({ min: -20, max: 20 }))
    .map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(indices, (list) => {
      const spans = foldSpans(list);
      const unfolded = unfoldSpans(
        spans,
        list.map(() => 1),
      );
      return JSON.stringify(unfolded.indices) === JSON.stringify(list);
    }),
  );
});

test('formatHistogramNotation() is read back as the same histogram', () => {
  fc.assert(
    fc.property(histogram, (item) => {
      const text = formatHistogramNotation(item);
      return isSame(read(text.slice(2, -2)), item);
    }),
  );
});

test.for([
  [0, 0, 1],
  [1, 0, 2],
  [1, 1, 1.414213562373095],
  [3, 8, 1.0081558981184175],
  [-1, -1, 0.25],
  [1024, 0, Number.MAX_VALUE],
  [1025, 0, Infinity],
  [-1074, 0, 5e-324],
  [512, -1, Number.MAX_VALUE],
] as const)('exponentialBound(%d, %d) is %d', ([index, schema, bound]) => {
  expect(exponentialBound(index, schema)).toBe(bound);
});

test('exponentialBound() rises with the index, and coarser schemas use the same bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -130, max: 2000 }),
      fc.integer({ min: -3, max: 7 }),
      (index, schema) =>
        (exponentialBound(index, schema) === Infinity ||
          exponentialBound(index, schema) < exponentialBound(index + 1, schema)) &&
        exponentialBound(index, schema) === exponentialBound(index * 2, schema + 1),
    ),
  );
});

test('addHistograms() keeps what both custom layouts have in common, and says so', () => {
  const left = read('schema:-53 count:6 sum:9 custom_values:[1 2 5] buckets:[1 2 2 1]');
  const right = read('schema:-53 count:3 sum:4 custom_values:[2 4] buckets:[1 1 1]');
  const combination = addHistograms(left, right);
  expect([show(combination?.histogram), combination?.isReconciled]).toEqual([
    '{{schema:-53 count:9 sum:13 custom_values:[2] buckets:[4 5]}}',
    true,
  ]);
});

test('addHistograms() widens the zero bucket past a bucket that it would cut', () => {
  const fine = read('schema:0 count:7 sum:5 z_bucket:1 z_bucket_w:0.001 buckets:[4 2]');
  const wide = read('schema:0 count:3 sum:1 z_bucket:3 z_bucket_w:0.75');
  expect(show(addHistograms(fine, wide)?.histogram)).toBe(
    '{{count:10 sum:6 z_bucket:8 z_bucket_w:1 offset:1 buckets:[2]}}',
  );
});

test.for([
  ['reset', 'not_reset', 'unknown', true],
  ['reset', 'reset', 'reset', false],
  ['gauge', 'reset', 'gauge', false],
  ['unknown', 'reset', 'unknown', false],
  ['reset', 'unknown', 'unknown', false],
] as const)('addHistograms() of hints %s and %s is %s', ([left, right, hint, hasCollision]) => {
  const base = read('count:1 sum:1 buckets:[1]');
  const combination = addHistograms(
    { ...base, counterResetHint: left },
    { ...base, counterResetHint: right },
  );
  expect([combination?.histogram.counterResetHint, combination?.hasResetCollision]).toEqual([
    hint,
    hasCollision,
  ]);
});

test('divideHistogram() by zero leaves no buckets; a negative factor makes a gauge', () => {
  const item = read('count:2 sum:3 buckets:[2]');
  expect([show(divideHistogram(item, 0)), show(multiplyHistogram(item, -1))]).toEqual([
    '{{count:+Inf sum:+Inf z_bucket:NaN}}',
    '{{count:-2 sum:-3 counter_reset_hint:gauge buckets:[-2]}}',
  ]);
});

test('formatHistogram() writes buckets from the lowest to the highest', () => {
  const item = read('count:6 sum:3 z_bucket:1 z_bucket_w:0.5 buckets:[2 0 1] n_buckets:[2]');
  expect(formatHistogram(item)).toBe(
    '{count:6, sum:3, [-1,-0.5):2, [-0.5,0.5]:1, (0.5,1]:2, (2,4]:1}',
  );
});

test('trimHistogram() divides the bucket around the value and counts again', () => {
  const item = read('schema:-53 count:8 sum:20 custom_values:[2 4] buckets:[4 4]');
  expect([
    show(trimHistogram(item, 3, 'upper')),
    show(trimHistogram(item, 3, 'lower')),
    trimHistogram(item, 9, 'upper') === item,
    show(trimHistogram(item, Number.NaN, 'upper')),
  ]).toEqual([
    '{{schema:-53 count:6 sum:9 custom_values:[2 4] buckets:[4 2]}}',
    '{{schema:-53 count:2 sum:7 custom_values:[2 4] offset:1 buckets:[2]}}',
    true,
    '{{schema:-53 custom_values:[2 4]}}',
  ]);
});

test('histogramVariance() takes the middle of each bucket', () => {
  expect(
    histogramVariance(read('schema:-53 count:2 sum:6 custom_values:[2 4] offset:1 buckets:[2]')),
  ).toBe(0);
});

test('histogramQuantile() says when NaN observations spoil the answer', () => {
  const item = read('schema:-53 count:10 sum:NaN custom_values:[2 4] buckets:[0 5]');
  expect([
    histogramQuantile(0.9, item),
    histogramQuantile(0.3, item),
    histogramFraction({ lower: 0, upper: 4 }, item),
  ]).toEqual([
    { value: Number.NaN, note: 'nan-result' },
    { value: 3.2, note: 'nan-skew' },
    { value: 0.5, note: 'nan-excluded' },
  ]);
});

test('storedResetHint() knows that a sample goes on only inside a run', () => {
  const first = read('count:2 sum:2 buckets:[2]');
  const second = read('count:3 sum:2 buckets:[3]');
  const gauge: NativeHistogram = { ...first, counterResetHint: 'gauge' };
  const written: NativeHistogram = { ...second, counterResetHint: 'reset' };
  expect([
    storedResetHint(undefined, first),
    storedResetHint(first, second),
    storedResetHint(second, first),
    storedResetHint(first, written),
    storedResetHint(gauge, second),
    storedResetHint(gauge, gauge),
  ]).toEqual([
    { hint: 'unknown', isNewRun: true },
    { hint: 'not_reset', isNewRun: false },
    { hint: 'unknown', isNewRun: true },
    { hint: 'unknown', isNewRun: true },
    { hint: 'unknown', isNewRun: true },
    { hint: 'gauge', isNewRun: false },
  ]);
});

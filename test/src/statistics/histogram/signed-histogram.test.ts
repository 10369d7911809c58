import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  aligned,
  CountEvidence,
  downscaleSigned,
  exponentialHistogramOf,
  histogramCount,
  histogramKs,
  histogramPsi,
  histogramQuantile,
  histogramWasserstein,
  ksNumerator,
  largestBucketShare,
  mergeSigned,
  rankWasserstein,
  SeededRandom,
  standardNormal,
  subtractSigned,
  wassersteinDistance,
  widenZero,
} from '@telltale/statistics';

const value = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 2, 0.5, 1e-9, -1e-9, 1e300, -1e300, 5e-324),
);
const values = fc.array(value, { maxLength: 60 });
const thresholds = fc.constantFrom(0, 1e-12, 0.3, 1, 1.1, 7);
const ascending = (list: readonly number[]): Float64Array => Float64Array.from(list).sort();

/** Kolmogorov and Smirnov's D of two samples. */
const distance = (a: readonly number[], b: readonly number[]): number =>
  ksNumerator(ascending(a), ascending(b)) / (a.length * b.length);

describe('exponentialHistogramOf()', () => {
  test('takes the highest scale whose buckets fit, for each sign', () => {
    expect(exponentialHistogramOf([1, 2, 4, -8, 0], 4)).toEqual({
      scale: 0,
      zeroCount: 1,
      zeroThreshold: 0,
      positive: { offset: -1, counts: [1, 1, 1] },
      negative: { offset: 2, counts: [1] },
    });
    expect(exponentialHistogramOf([]).scale).toBe(20);
    expect(
      exponentialHistogramOf([3, Number.NaN, Number.POSITIVE_INFINITY]).positive.counts,
    ).toEqual([1]);
  });

  test('of values over 60 octaves has at most as many buckets as asked for', () => {
    const wide = Array.from({ length: 1000 }, (_, index) => 2 ** (index / 16));
    const { scale, positive } = exponentialHistogramOf(wide);
    expect({ scale, fits: positive.counts.length <= 160 }).toEqual({ scale: 1, fits: true });
  });
});

describe('merging', () => {
  test('is the histogram of both, at the common scale', () => {
    fc.assert(
      fc.property(values, values, fc.constantFrom(4, 20, 160), (a, b, bucketsMax) => {
        const parts = [a, b].map((list) => exponentialHistogramOf(list, bucketsMax));
        const [first = exponentialHistogramOf([]), second = first] = parts;
        const merged = mergeSigned(first, second, bucketsMax);
        const all = exponentialHistogramOf([...a, ...b], bucketsMax);
        // Where only one side holds anything, the other one sets no scale.
        expect(downscaleSigned(all, merged.scale)).toEqual(merged);
        expect(mergeSigned(second, first, bucketsMax)).toEqual(merged);
        return true;
      }),
    );
  });

  test('before a downscale is merging after it', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: 0, max: 6 }), (a, b, steps) => {
        const [first, second] = [exponentialHistogramOf(a), exponentialHistogramOf(b)];
        const scale = Math.max(-10, Math.min(first.scale, second.scale) - steps);
        const later = downscaleSigned(mergeSigned(first, second), scale);
        const earlier = mergeSigned(downscaleSigned(first, scale), downscaleSigned(second, scale));
        expect(later).toEqual(downscaleSigned(earlier, later.scale));
        return true;
      }),
    );
  });

  test('keeps every observation, and as zero exactly what the larger threshold folds', () => {
    fc.assert(
      fc.property(values, values, fc.tuple(thresholds, thresholds), (a, b, [s, t]) => {
        const first = widenZero(exponentialHistogramOf(a, 20), s);
        const second = widenZero(exponentialHistogramOf(b, 20), t);
        const merged = mergeSigned(first, second);
        expect(histogramCount(merged)).toBe(a.length + b.length);
        expect(merged.zeroThreshold).toBeGreaterThanOrEqual(Math.max(s, t));
        const folded = [...a, ...b].filter((x) => Math.abs(x) <= merged.zeroThreshold);
        return merged.zeroCount === folded.length;
      }),
    );
  });

  test('raises the zero threshold to the end of the bucket that it cuts', () => {
    const one = { ...exponentialHistogramOf([1.5, 3, 5], 1), zeroThreshold: 0 };
    const coarse = downscaleSigned(one, -1);
    expect(
      widenZero({ ...coarse, scale: 0, positive: { offset: 0, counts: [1, 1, 1] } }, 1.2),
    ).toEqual({
      scale: 0,
      zeroCount: 1,
      zeroThreshold: 2,
      positive: { offset: 1, counts: [1, 1] },
      negative: { offset: 0, counts: [] },
    });
    const free = exponentialHistogramOf([4, 8], 2);
    expect(widenZero(free, 1.2)).toEqual({ ...free, zeroThreshold: 1.2 });
  });

  test('taken back by a subtraction, which refuses counts that went down', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [first, second] = [exponentialHistogramOf(a), exponentialHistogramOf(b)];
        const merged = mergeSigned(first, second);
        const rest = subtractSigned(merged, first);
        expect(rest && histogramCount(rest)).toBe(b.length);
        return b.length === 0 || subtractSigned(first, merged) === undefined;
      }),
    );
  });
});

describe('distances of histograms', () => {
  const random = new SeededRandom(11);
  const normal = (mean: number): number[] =>
    Array.from({ length: 4000 }, () => mean + standardNormal(random));
  const [a, b] = [normal(0), normal(0.3)];
  const [first, second] = [exponentialHistogramOf(a), exponentialHistogramOf(b)];

  test('hold the distance of the values in their interval', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(3, 20, 160),
        (x, y, bucketsMax) => {
          const interval = histogramKs(
            exponentialHistogramOf(x, bucketsMax),
            exponentialHistogramOf(y, bucketsMax),
          );
          const d = distance(x, y);
          return interval !== undefined && interval.low <= d + 1e-12 && d <= interval.high + 1e-12;
        },
      ),
    );
  });

  test('are those of the values but for the width of a bucket', () => {
    const ks = histogramKs(first, second);
    const d = distance(a, b);
    expect(ks?.high).toBeGreaterThanOrEqual(d);
    expect((ks?.high ?? 1) - (ks?.low ?? 0)).toBeLessThan(0.06);
    const w = wassersteinDistance(ascending(a), ascending(b)) ?? 0;
    expect(Math.abs((histogramWasserstein(first, second) ?? 0) / w - 1)).toBeLessThan(0.02);
    expect(histogramPsi(first, second)).toBeGreaterThan(0.05);
    expect(histogramPsi(first, first)).toBe(0);
    expect(largestBucketShare(first)).toBeLessThan(0.3);
    expect(largestBucketShare(exponentialHistogramOf([1, 1, 5]))).toBeCloseTo(2 / 3);
  });

  test('quantiles lie in the bucket of the value, and ascend', () => {
    const sorted = ascending(a);
    const found = [0.01, 0.25, 0.5, 0.75, 0.99].map(
      (share) => histogramQuantile(first, share) ?? 0,
    );
    expect(found).toEqual(found.toSorted((x, y) => x - y));
    for (const [index, share] of [0.01, 0.25, 0.75, 0.99].entries()) {
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      const near = [found[0], found[1], found[3], found[4]][index] ?? 0;
      expect(Math.abs(near / exact - 1)).toBeLessThan(0.2);
    }
    expect(histogramQuantile(exponentialHistogramOf([0, 0]), 0.5)).toBe(0);
    expect(histogramQuantile(exponentialHistogramOf([]), 0.5)).toBeUndefined();
  });

  test('of nothing are not known', () => {
    const none = exponentialHistogramOf([]);
    expect([
      histogramKs(none, first),
      histogramWasserstein(first, none),
      histogramPsi(none, first),
    ]).toEqual([undefined, undefined, undefined]);
    expect(aligned(none, first).a.scale).toBe(first.scale);
  });

  test('of the widest numbers are a number or nothing', () => {
    const wide = exponentialHistogramOf([-1e308, 1e308]);
    const found = histogramWasserstein(wide, exponentialHistogramOf([1e308]));
    expect(found === undefined || Number.isFinite(found)).toBe(true);
  });
});

test('rankWasserstein() counts against the weights of the baseline', () => {
  expect(rankWasserstein([5, 5], [1, 1])).toBe(0);
  expect(rankWasserstein([30, 10], [30, 10])).toBe(0);
  // All in the upper quarter: G - u falls to -3/4 and back to 0.
  expect(rankWasserstein([0, 8], [3, 1])).toBeCloseTo(0.375, 12);
});

test('CountEvidence keeps its reference once that is certain', () => {
  const evidence = new CountEvidence([50_000, 50_000]);
  for (let step = 0; step < 60; step += 1) evidence.update([5200, 4800]);
  // A reference that went on learning would have come to take the change for normal.
  expect(evidence.evidence).toBeGreaterThan(1e150);
});

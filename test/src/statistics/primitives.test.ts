import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  bucketIndex,
  chiSquareQuantile,
  chiSquareSurvival,
  downscale,
  downscaledIndex,
  type ExponentialBuckets,
  gammaP,
  gammaQ,
  kolmogorovSurvival,
  logGamma,
  mergeHistograms,
  nextDown,
  normalQuantile,
  normalSurvival,
  SeededRandom,
} from '@telltale/statistics';

import { expectClose, golden, hasGolden } from './golden.ts';

type Triple = [number, number, number];

describe.skipIf(!hasGolden)('golden numbers', () => {
  interface Special {
    chiSquareSf: Triple[];
    chiSquareQuantile: Triple[];
    gammaPQ: [number, number, number, number][];
    logGamma: [number, number][];
    normalSf: [number, number][];
    normalQuantile: [number, number][];
    kolmogorovSf: [number, number][];
  }

  test('special functions', () => {
    const special = golden<Special>('special');
    for (const [x, k, p] of special.chiSquareSf) expectClose(chiSquareSurvival(x, k), p, 1e-12);
    for (const [q, k, x] of special.chiSquareQuantile)
      expectClose(chiSquareQuantile(q, k), x, 1e-12);
    for (const [a, x, p, q] of special.gammaPQ) {
      expectClose(gammaP(a, x), p, 1e-12);
      expectClose(gammaQ(a, x), q, 1e-12);
    }
    for (const [x, y] of special.logGamma) {
      expect(Math.abs(logGamma(x) - y)).toBeLessThan(Math.max(1, Math.abs(y)) * 1e-14);
    }
    for (const [x, p] of special.normalSf) expectClose(normalSurvival(x), p, 1e-12);
    for (const [p, x] of special.normalQuantile) expectClose(normalQuantile(p), x, 1e-12);
    for (const [x, p] of special.kolmogorovSf) expectClose(kolmogorovSurvival(x), p, 1e-12);
  });

  interface Generator {
    seed: number;
    state: number[];
    u32: number[];
    double: number[];
  }

  test.for(golden<Generator[]>('generator32'))('generator, seed $seed', (row) => {
    const random = new SeededRandom(row.seed);
    expect(random.snapshot()).toEqual(row.state);
    expect(row.u32.map(() => random.nextUint32())).toEqual(row.u32);
    const again = new SeededRandom(row.seed);
    expect(row.double.map(() => again.next())).toEqual(row.double);
  });

  interface Exponential {
    index: { x: number; scale: number; index: number }[];
    downscale: { index: number; by: number; to: number }[];
    merge: Record<'a' | 'b' | 'result', ExponentialBuckets>;
  }

  test('exponential histograms', () => {
    const row = golden<Exponential>('exponentialHistogram');
    const found = row.index.map(({ x, scale }) => ({ x, scale, index: bucketIndex(x, scale) }));
    expect(found).toEqual(row.index);
    for (const { index, by, to } of row.downscale) expect(downscaledIndex(index, by)).toBe(to);
    expect(mergeHistograms(row.merge.a, row.merge.b)).toEqual(row.merge.result);
  });
});

const buckets = fc.record({
  scale: fc.integer({ min: -4, max: 8 }),
  zeroCount: fc.nat({ max: 9 }),
  offset: fc.integer({ min: -40, max: 40 }),
  counts: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 30 }),
});

const total = (histogram: ExponentialBuckets): number =>
  histogram.counts.reduce((sum, count) => sum + count, histogram.zeroCount);

describe('properties', () => {
  test('merging keeps every observation and does not depend on the order', () => {
    fc.assert(
      fc.property(buckets, buckets, (a, b) => {
        const merged = mergeHistograms(a, b);
        expect(merged).toEqual(mergeHistograms(b, a));
        return total(merged) === total(a) + total(b);
      }),
    );
  });

  test('merging is the histogram of all values at the common scale', () => {
    const value = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    const histogramOf = (values: readonly number[], scale: number): ExponentialBuckets => {
      const indexes = values.map((x) => bucketIndex(x, scale));
      const offset = Math.min(...indexes);
      const counts = Array.from({ length: Math.max(...indexes) - offset + 1 }, () => 0);
      for (const index of indexes) counts[index - offset] = (counts[index - offset] ?? 0) + 1;
      return { scale, zeroCount: 0, offset, counts };
    };
    const few = fc.array(value, { minLength: 1, maxLength: 20 });
    const scale = fc.integer({ min: -2, max: 4 });
    fc.assert(
      fc.property(fc.tuple(few, scale), fc.tuple(few, scale), ([x, of], [y, other]) => {
        const merged = mergeHistograms(histogramOf(x, of), histogramOf(y, other));
        expect(merged).toEqual(histogramOf([...x, ...y], Math.min(of, other)));
        return true;
      }),
    );
  });

  test('downscaling after a merge is merging after a downscale', () => {
    fc.assert(
      fc.property(buckets, buckets, (a, b) => {
        const scale = Math.min(a.scale, b.scale) - 2;
        const later = downscale(mergeHistograms(a, b), scale);
        const earlier = mergeHistograms(downscale(a, scale), downscale(b, scale));
        expect(later).toEqual(earlier);
        return true;
      }),
    );
  });

  test('a value lies between the borders of its bucket', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
        fc.integer({ min: -4, max: 12 }),
        (x, scale) => {
          const position = Math.log2(x) * 2 ** scale;
          const index = bucketIndex(x, scale);
          return position > index - 1e-6 && position <= index + 1 + 1e-6;
        },
      ),
    );
  });

  test('the next double below is below, with nothing in between', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        if (x === -Number.MAX_VALUE) return true;
        const below = nextDown(x);
        const middle = below / 2 + x / 2;
        return below < x && (Math.abs(x) < 1e-300 || middle === below || middle === x);
      }),
    );
  });

  test('random numbers stay inside (0, 1) and repeat from a snapshot', () => {
    const random = new SeededRandom(42);
    for (let k = 0; k < 1000; k += 1) {
      const copy = SeededRandom.restore(random.snapshot());
      const x = random.next();
      expect(copy.next()).toBe(x);
      expect(x > 0 && x < 1).toBe(true);
    }
  });
});

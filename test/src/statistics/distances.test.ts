import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  binCounts,
  chiSquaredTest,
  hellingerDistance,
  hellingerFloor95,
  jensenShannonDistance,
  jensenShannonFloor95,
  ksAsymptotic,
  ksInterval,
  ksNumerator,
  ksPValue,
  lInfinity,
  populationStabilityIndex,
  psiNoise,
  quantileEdges,
  rankWasserstein,
  totalVariation,
  wassersteinDistance,
  wassersteinIqr,
  wassersteinSigma,
} from '@telltale/statistics';

import { expectClose, golden, hasGolden, SEQUENCES } from './golden.ts';

const STATISTIC = 1e-12;
const EXACT_P = 1e-9;

interface Divergences {
  psi: number | null;
  jensenShannonDistance: number;
  hellinger: number;
  totalVariation: number;
  lInfinity: number;
}

interface Noise extends Divergences {
  psiDebiased: number;
  psiP: number;
  psiFloor95: number;
  jensenShannonFloor95: number;
  hellingerFloor95: number;
}

interface TwoSample {
  name: string;
  x: string;
  y: string;
  m: number;
  n: number;
  ks: { numerator: number; d: number; pExact: number; pStephens: number };
  wasserstein: number;
  wassersteinIqr: number;
  wassersteinSigma: number;
  bins10: Noise & { edges: number[]; x: number[]; y: number[] };
}

function expectNoise(x: readonly number[], y: readonly number[], expected: Noise): void {
  const noise = psiNoise(x, y);
  const sizes = { m: sum(x), n: sum(y), bins: x.length };
  expectClose(populationStabilityIndex(x, y), expected.psi ?? Number.NaN, STATISTIC);
  // The bias is subtracted from the index, so its error is relative to the index.
  expect(noise?.debiased).toBeCloseTo(expected.psiDebiased, 14);
  expectClose(noise?.pValue, expected.psiP, EXACT_P);
  expectClose(noise?.floor95, expected.psiFloor95, STATISTIC);
  expectClose(jensenShannonDistance(x, y), expected.jensenShannonDistance, 1e-9);
  expectClose(hellingerDistance(x, y), expected.hellinger, STATISTIC);
  expectClose(jensenShannonFloor95(sizes), expected.jensenShannonFloor95, STATISTIC);
  expectClose(hellingerFloor95(sizes), expected.hellingerFloor95, STATISTIC);
}

const sum = (counts: readonly number[]): number =>
  counts.reduce((total, count) => total + count, 0);

describe.skipIf(!hasGolden)('golden numbers', () => {
  test.for(golden<TwoSample[]>('twoSample'))('two samples: $name', (row) => {
    const x = Float64Array.from(SEQUENCES[row.x] ?? []).sort();
    const y = Float64Array.from(SEQUENCES[row.y] ?? []).sort();
    const numerator = ksNumerator(x, y);
    expect({ m: x.length, n: y.length, numerator }).toEqual({
      m: row.m,
      n: row.n,
      numerator: row.ks.numerator,
    });
    const sizes = { m: row.m, n: row.n, numerator };
    expectClose(ksPValue(sizes), row.ks.pExact, EXACT_P);
    expectClose(ksAsymptotic(sizes), row.ks.pStephens, EXACT_P);
    expectClose(wassersteinDistance(x, y), row.wasserstein, STATISTIC);
    expectClose(wassersteinIqr(x, y), row.wassersteinIqr, STATISTIC);
    expectClose(wassersteinSigma(x, y), row.wassersteinSigma, STATISTIC);
    const edges = quantileEdges(x, 10);
    expect([...edges]).toEqual(row.bins10.edges);
    expect({ x: binCounts(edges, x), y: binCounts(edges, y) }).toEqual({
      x: row.bins10.x,
      y: row.bins10.y,
    });
    expectNoise(row.bins10.x, row.bins10.y, row.bins10);
  });

  test.for(golden<{ m: number; n: number; numerator: number; pExact: number }[]>('ksExact'))(
    'exact p of D: m=$m n=$n numerator=$numerator',
    ({ m, n, numerator, pExact }) => {
      expectClose(ksPValue({ m, n, numerator }), pExact, EXACT_P);
    },
  );

  test.for(golden<{ name: string; edges: number[]; counts: number[] }[]>('edges'))(
    'edges: $name',
    ({ name, edges, counts }) => {
      const baseline = BASELINES[name] ?? [];
      const found = quantileEdges(baseline, 10);
      expect({ edges: [...found], counts: binCounts(found, baseline) }).toEqual({ edges, counts });
    },
  );

  interface CountVector {
    x: number[];
    y: number[];
    raw: Divergences;
    kt: Noise;
    'psiEpsilon1e-4': number;
    chiSquare: { statistic: number; dof: number; p: number };
  }

  test.for(golden<CountVector[]>('countVectors'))('counts $x against $y', (row) => {
    const { x, y, raw } = row;
    const psi = populationStabilityIndex(x, y, 'none');
    // No number stands for an index that an empty bin makes infinite.
    const isInfinite = raw.psi === null;
    expect(psi === Number.POSITIVE_INFINITY).toBe(isInfinite);
    expectClose(isInfinite ? 0 : psi, raw.psi ?? 0, STATISTIC);
    expectClose(jensenShannonDistance(x, y, 'none'), raw.jensenShannonDistance, 1e-9);
    expectClose(hellingerDistance(x, y, 'none'), raw.hellinger, STATISTIC);
    expectClose(totalVariation(x, y), raw.totalVariation, STATISTIC);
    expectClose(lInfinity(x, y), raw.lInfinity, STATISTIC);
    expectClose(
      populationStabilityIndex(x, y, { epsilon: 1e-4 }),
      row['psiEpsilon1e-4'],
      STATISTIC,
    );
    expectNoise(x, y, row.kt);
    const chi = chiSquaredTest(x, y);
    expectClose(chi?.statistic, row.chiSquare.statistic, STATISTIC);
    expect(chi?.degrees).toBe(row.chiSquare.dof);
    expectClose(chi?.pValue, row.chiSquare.p, EXACT_P);
  });

  test('rank histograms', () => {
    interface RankHistogram extends Noise {
      baseline: number[];
      window: number[];
      ks: { dLow: number; dHigh: number };
      trueD: number;
      rankWasserstein: number;
    }
    const row = golden<RankHistogram>('rankHistogram');
    const interval = ksInterval(row.baseline, row.window);
    expectClose(interval?.low, row.ks.dLow, STATISTIC);
    expectClose(interval?.high, row.ks.dHigh, STATISTIC);
    expectClose(rankWasserstein(row.window), row.rankWasserstein, STATISTIC);
    expectNoise(row.baseline, row.window, row);
  });

  interface NaiveRule {
    metric: string;
    m: number;
    n: number;
    threshold: number;
    rate: number;
  }

  test('the false-alarm rate of a plain threshold on D', () => {
    const rows = golden<NaiveRule[]>('naiveRuleFalseAlarmPerWindow').filter(
      (row) => row.metric === 'ks_d',
    );
    expect(rows).toHaveLength(2);
    for (const { m, n, threshold, rate } of rows) {
      // D on the lattice 1/1000 is above the threshold from the next step on.
      const numerator = Math.floor(threshold * m + 1) * n;
      expectClose(ksPValue({ m, n, numerator }), rate, EXACT_P);
    }
  });
});

const BASELINES: Readonly<Record<string, readonly number[]>> = {
  'continuous a, 10 bins': SEQUENCES['a'] ?? [],
  'ten-valued d, 10 bins': SEQUENCES['d'] ?? [],
  'a with values below 0.3 set to 0, 10 bins': (SEQUENCES['a'] ?? []).map((x) => (x < 0.3 ? 0 : x)),
  'constant 7': Array.from({ length: 100 }, () => 7),
};

const counts = fc.array(fc.nat({ max: 500 }), { minLength: 2, maxLength: 20 });
const countPair = counts.chain((x) =>
  fc.tuple(
    fc.constant(x),
    fc.array(fc.nat({ max: 500 }), { minLength: x.length, maxLength: x.length }),
  ),
);
const sample = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
  minLength: 1,
  maxLength: 60,
});

describe('properties', () => {
  test('distances of counts are symmetric, bounded and 0 only between equals', () => {
    fc.assert(
      fc.property(countPair, ([x, y]) => {
        if (sum(x) === 0 || sum(y) === 0) return populationStabilityIndex(x, y) === undefined;
        const pairs = [
          [
            populationStabilityIndex(x, y),
            populationStabilityIndex(y, x),
            Number.POSITIVE_INFINITY,
          ],
          [jensenShannonDistance(x, y), jensenShannonDistance(y, x), 1],
          [hellingerDistance(x, y), hellingerDistance(y, x), 1],
          [totalVariation(x, y), totalVariation(y, x), 1 + 1e-12],
        ] as const;
        return pairs.every(
          ([one = -1, other = -1, bound]) =>
            one >= 0 && one <= bound && Math.abs(one - other) < 1e-12,
        );
      }),
    );
  });

  test('D is symmetric and the same after a strictly monotone map', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(whole, whole, (x, y) => {
        const sorted = (values: readonly number[]): Float64Array =>
          Float64Array.from(values).sort();
        const map = (value: number): number => value ** 3 + value;
        const d = ksNumerator(sorted(x), sorted(y));
        return (
          d === ksNumerator(sorted(y), sorted(x)) &&
          d === ksNumerator(sorted(x.map(map)), sorted(y.map(map)))
        );
      }),
    );
  });

  test('p-values are between 0 and 1 and fall as D grows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (m, n) => {
        const ps = Array.from({ length: 11 }, (_, k) =>
          ksPValue({ m, n, numerator: Math.round((m * n * k) / 10) }),
        );
        return ps.every((p, k) => p >= 0 && p <= 1 && (k === 0 || p <= (ps[k - 1] ?? 1) + 1e-12));
      }),
    );
  });

  test('every bin of a baseline holds a value and all values fall into a bin', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const found = binCounts(quantileEdges(values, 10), values);
        return found.every((count) => count > 0) && sum(found) === values.length;
      }),
    );
  });

  test('a constant on both sides is no distance at all', () => {
    const sevens = Float64Array.from({ length: 1000 }, () => 7);
    expect({
      edges: quantileEdges(sevens, 10).length,
      ks: ksNumerator(sevens, sevens),
      p: ksPValue({ m: 1000, n: 1000, numerator: 0 }),
      psi: populationStabilityIndex([1000], [1000]),
      w: wassersteinIqr(sevens, sevens),
    }).toEqual({ edges: 0, ks: 0, p: 1, psi: 0, w: 0 });
  });

  test('bins of different counts are refused', () => {
    expect(() => populationStabilityIndex([1, 2], [1, 2, 3])).toThrow(
      'Cannot compare 2 bins with 3: both sides need the same bins',
    );
  });
});

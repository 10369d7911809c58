import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  Adwin,
  benjaminiHochberg,
  CountEvidence,
  Cusum,
  EDetector,
  eBenjaminiHochberg,
  equalCellIndexes,
  estimatePerformance,
  fixedBets,
  geometricCellIndexes,
  OutcomeProcess,
  PageHinkley,
  PolyaUrn,
  SeededRandom,
  SlidingKs,
  serialDependence,
  standardNormal,
  urnFromBaseline,
} from '@telltale/statistics';

import {
  expectClose,
  GOLDEN_RATIO,
  golden,
  hasGolden,
  SEQUENCES,
  sequence,
  TIE_OF_BASELINE,
  TIE_OF_STREAM,
  WITHIN_CELL,
} from './golden.ts';

const RECURSION = 1e-9;

const jittered = (values: readonly number[]) => {
  const ties = sequence(TIE_OF_BASELINE, values.length);
  return values.map((value, index) => ({ value, tie: ties[index] ?? 0 }));
};

interface UrnGolden {
  baseline: string;
  stream: string;
  indexes: number[];
  weights: number[];
  edges: number[];
  ties: number[];
  ranksFirst200: number[];
  rank1000: number;
  weightsAfter1000: number[];
  evidence: { t: number; evidence: number; chains: number[] }[];
  crossings: Record<string, { t: number; changePoint: number }>;
}

/** First record at which the evidence reached each threshold, with the change point said there. */
function crossingsOf(ranks: readonly number[], thresholds: readonly string[]) {
  const detector = new EDetector();
  const found: Record<string, { t: number; changePoint: number }> = {};
  for (const [index, rank] of ranks.entries()) {
    const evidence = detector.update(rank);
    for (const threshold of thresholds) {
      if (evidence >= Number(threshold) && !(threshold in found)) {
        found[threshold] = { t: index + 1, changePoint: detector.changePoint() };
      }
    }
  }
  return found;
}

describe.skipIf(!hasGolden)('golden numbers', () => {
  test.for(['urn', 'urnTied'])('%s', (section) => {
    const row = golden<UrnGolden>(section);
    const state = urnFromBaseline(jittered(SEQUENCES[row.baseline] ?? []));
    expect({
      indexes: equalCellIndexes(1000),
      weights: state.weights,
      edges: state.edges,
      ties: state.ties,
    }).toEqual({ indexes: row.indexes, weights: row.weights, edges: row.edges, ties: row.ties });
    const urn = new PolyaUrn(state);
    const ties = sequence(TIE_OF_STREAM);
    const within = sequence(WITHIN_CELL);
    const ranks = (SEQUENCES[row.stream] ?? []).map((value, index) => {
      const cell = urn.cell(value, ties[index] ?? 0);
      const rank = urn.rank(cell, within[index] ?? 0);
      urn.learn(cell);
      return rank;
    });
    for (const [index, rank] of row.ranksFirst200.entries()) {
      expect(Math.abs((ranks[index] ?? 0) - rank)).toBeLessThan(1e-12);
    }
    expect(Math.abs((ranks[999] ?? 0) - row.rank1000)).toBeLessThan(1e-12);
    expect(urn.weights()).toEqual(row.weightsAfter1000);
    const detector = new EDetector();
    for (const [index, rank] of ranks.entries()) {
      detector.update(rank);
      const expected = row.evidence.find(({ t }) => t === index + 1);
      if (expected !== undefined) expectClose(detector.evidence, expected.evidence, RECURSION);
    }
    expect(crossingsOf(ranks, Object.keys(row.crossings))).toEqual(row.crossings);
  });

  test('bets', () => {
    interface BetsGolden {
      after: { t: number; evidence: number; chains: number[]; cusum: number[]; start: number[] }[];
      crossings: Record<string, { t: number; changePoint: number }>;
      q100: number[];
      q600: number[];
    }
    const row = golden<BetsGolden>('bets');
    const ranks = sequence(GOLDEN_RATIO, 1200).map((u, index) => (index < 600 ? u : 0.75 * u));
    const detector = new EDetector();
    for (const [index, rank] of ranks.entries()) {
      detector.update(rank);
      const expected = row.after.find(({ t }) => t === index + 1);
      if (expected === undefined) continue;
      const state = detector.snapshot();
      expectClose(detector.evidence, expected.evidence, RECURSION);
      for (const [k, chain] of expected.chains.entries()) {
        expectClose(state.evidence[k], chain, RECURSION);
        expectClose(state.cusum[k], expected.cusum[k] ?? 0, RECURSION);
      }
      expect(state.starts).toEqual(expected.start);
    }
    const [q100 = [], q600 = []] = detector.snapshot().shares;
    for (let k = 0; k < 10; k += 1) {
      expectClose(q100[k], row.q100[k] ?? 0, RECURSION);
      expectClose(q600[k], row.q600[k] ?? 0, RECURSION);
    }
    expect(crossingsOf(ranks, Object.keys(row.crossings))).toEqual(row.crossings);
  });

  test('rare outcomes', () => {
    interface OutcomeGolden {
      indexes: number[];
      weights: number[];
      after: { t: number; evidence: number; chains: number[] }[];
      crossings: Record<string, number>;
    }
    const row = golden<OutcomeGolden>('outcome');
    const baseline = sequence(GOLDEN_RATIO).map((x) => (x < 0.02 ? 1 : 0));
    const state = urnFromBaseline(jittered(baseline), geometricCellIndexes(1000));
    expect({ indexes: geometricCellIndexes(1000), weights: state.weights }).toEqual({
      indexes: row.indexes,
      weights: row.weights,
    });
    const process = new OutcomeProcess(state);
    const ties = sequence(TIE_OF_STREAM);
    const crossings: Record<string, number> = {};
    for (const [index, x] of sequence(0.7548776662466927).entries()) {
      const evidence = process.update(x < (index < 500 ? 0.02 : 0.1) ? 1 : 0, ties[index] ?? 0);
      for (const threshold of Object.keys(row.crossings)) {
        if (evidence >= Number(threshold)) crossings[threshold] ??= index + 1;
      }
      const expected = row.after.find(({ t }) => t === index + 1);
      if (expected === undefined) continue;
      expectClose(evidence, expected.evidence, RECURSION);
      for (const [k, chain] of expected.chains.entries()) {
        expectClose(process.chains()[k], chain, RECURSION);
      }
    }
    expect(crossings).toEqual(row.crossings);
  });

  test('counts of a fleet', () => {
    interface CountGolden {
      weights: number[];
      after: { t: number; counts: number[]; evidence: number; 'evidenceDeff2.5': number }[];
      crossing1e3: { t: number };
    }
    const row = golden<CountGolden>('countEvidence');
    const plain = new CountEvidence(row.weights);
    const dependent = new CountEvidence(row.weights);
    let crossing: number | undefined;
    for (let t = 1; t <= 40; t += 1) {
      const counts = Array.from({ length: 20 }, (_, b) => {
        const x = (t * 20 + b) * GOLDEN_RATIO;
        return Math.floor(25 + 10 * (x - Math.floor(x))) + (t > 20 && b < 5 ? 8 : 0);
      });
      const evidence = plain.update(counts);
      const weaker = dependent.update(counts, 2.5);
      if (evidence >= 1e3) crossing ??= t;
      const expected = row.after.find((after) => after.t === t);
      if (expected === undefined) continue;
      expect(counts).toEqual(expected.counts);
      expectClose(evidence, expected.evidence, RECURSION);
      expectClose(weaker, expected['evidenceDeff2.5'], RECURSION);
    }
    expect(crossing).toBe(row.crossing1e3.t);
  });

  test('incremental D', () => {
    interface Incremental {
      baseline: number[];
      window: number;
      stream: number[];
      afterEachPush: { n: number; numerator: number }[];
    }
    const row = golden<Incremental>('ksIncremental');
    const sliding = new SlidingKs(row.baseline, row.window);
    const found = row.stream.map((x) => {
      sliding.push(x);
      return { n: sliding.length, numerator: sliding.numerator() };
    });
    expect(found).toEqual(row.afterEachPush);
  });

  interface AdwinRun {
    clock: number;
    detections: { t: number; width: number }[];
    finalWidth: number;
    finalMean: number;
    finalVariance: number;
  }

  test.for(golden<{ runs?: AdwinRun[] }>('adwin').runs ?? [])('ADWIN, clock $clock', (run) => {
    const adwin = new Adwin({ clock: run.clock });
    const detections: { t: number; width: number }[] = [];
    for (const [index, x] of sequence(GOLDEN_RATIO, 2000).entries()) {
      if (adwin.update(x < (index < 1000 ? 0.2 : 0.6) ? 1 : 0)) {
        detections.push({ t: index + 1, width: adwin.width });
      }
    }
    expect(detections).toEqual(run.detections);
    expect(adwin.width).toBe(run.finalWidth);
    expectClose(adwin.mean, run.finalMean, RECURSION);
    expectClose(adwin.variance, run.finalVariance, RECURSION);
  });

  const ramp = sequence(GOLDEN_RATIO, 600).map((x, index) => x + (index >= 300 ? 0.2 : 0));

  test('Page-Hinkley', () => {
    interface Golden {
      upDownAt: Record<string, [number, number]>;
      'firstAtLeast32.5': number;
    }
    const row = golden<Golden>('pageHinkley');
    const detector = new PageHinkley();
    let first: number | undefined;
    for (const [index, x] of ramp.entries()) {
      if (detector.update(x) >= 32.5 && index >= 29) first ??= index + 1;
      const [up, down] = row.upDownAt[String(index + 1)] ?? [];
      if (up !== undefined) expectClose(detector.up, up, RECURSION);
      if (down !== undefined) expectClose(detector.down, down, RECURSION);
    }
    expect(first).toBe(row['firstAtLeast32.5']);
  });

  test('CUSUM', () => {
    interface Golden {
      mu: number;
      sigma: number;
      upDownAt: Record<string, [number, number]>;
      firstAtLeast5: number;
    }
    const row = golden<Golden>('cusum');
    const detector = new Cusum({ mean: row.mu, sigma: row.sigma });
    let first: number | undefined;
    for (const [index, x] of ramp.entries()) {
      if (detector.update(x) >= 5) first ??= index + 1;
      const [up, down] = row.upDownAt[String(index + 1)] ?? [];
      if (up !== undefined) expectClose(detector.up, up, RECURSION);
      if (down !== undefined) expectClose(detector.down, down, RECURSION);
    }
    expect(first).toBe(row.firstAtLeast5);
  });

  test('thinning', () => {
    type Expected = { rho1to12: number[]; thin: number; designEffect: number };
    const { ar, iid } = golden<{ ar: Expected; iid: Expected }>('thinning');
    const random = new SeededRandom(7);
    let z = 0;
    const correlated = Array.from({ length: 1000 }, () => {
      z = 0.8 * z + (random.next() - 0.5);
      return z;
    });
    const again = new SeededRandom(7);
    const independent = Array.from({ length: 1000 }, () => again.next());
    for (const [series, expected] of [
      [correlated, ar],
      [independent, iid],
    ] as const) {
      const found = serialDependence(series);
      expect(found.thin).toBe(expected.thin);
      expectClose(found.designEffect, expected.designEffect, RECURSION);
      for (const [k, rho] of expected.rho1to12.entries()) {
        expect(Math.abs((found.correlations[k + 1] ?? 0) - rho)).toBeLessThan(1e-12);
      }
    }
  });

  test('several hypotheses at once', () => {
    interface Golden {
      p: number[];
      'bh0.05': number[];
      'bh0.1': number[];
      e: number[];
      'eBh0.05': number[];
    }
    const row = golden<Golden>('multiplicity');
    expect({
      strict: benjaminiHochberg(row.p, 0.05),
      loose: benjaminiHochberg(row.p, 0.1),
      evidence: eBenjaminiHochberg(row.e, 0.05),
    }).toEqual({ strict: row['bh0.05'], loose: row['bh0.1'], evidence: row['eBh0.05'] });
  });

  test('performance without labels', () => {
    interface Golden {
      threshold: number;
      tp: number;
      accuracy: number;
      precision: number;
      recall: number;
      specificity: number;
      f1: number;
      auc100: number;
      standardError: Record<string, number>;
    }
    const rows = golden<Golden[]>('cbpe');
    expect(rows).toHaveLength(2);
    for (const [index, row] of rows.entries()) {
      const found = estimatePerformance(SEQUENCES[index === 0 ? 'a' : 'b'] ?? [], row.threshold);
      expectClose(found?.truePositives, row.tp, 1e-12);
      expectClose(found?.auc, row.auc100, 1e-12);
      for (const name of ['accuracy', 'precision', 'recall', 'f1'] as const) {
        expectClose(found?.[name], row[name], 1e-12);
        expectClose(found?.standardError[name], row.standardError[name] ?? 0, 1e-12);
      }
      expectClose(found?.specificity, row.specificity, 1e-12);
    }
  });
});

describe('properties', () => {
  test('every bet has mean 1 over uniform ranks', () => {
    const steps = 100_000;
    const sums = new Float64Array(14);
    for (let k = 0; k < steps; k += 1) {
      for (const [bet, factor] of fixedBets((k + 0.5) / steps).entries()) {
        sums[bet] = (sums[bet] ?? 0) + factor / steps;
      }
    }
    for (const mean of sums) expect(mean).toBeCloseTo(1, 8);
  });

  /** `D * m * n` by counting at every point. */
  function directNumerator(baseline: readonly number[], window: readonly number[]): number {
    const below = (values: readonly number[], x: number): number =>
      values.filter((value) => value <= x).length;
    const leads = [...baseline, ...window].map((x) =>
      Math.abs(below(baseline, x) * window.length - below(window, x) * baseline.length),
    );
    return Math.max(0, ...leads);
  }

  test('the window of a sliding D is the last values pushed', () => {
    const value = fc.integer({ min: 0, max: 6 }).map((x) => x / 2);
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 20 }),
        fc.array(value, { minLength: 1, maxLength: 60 }),
        (baseline, stream) => {
          const sliding = new SlidingKs(baseline, 10);
          for (const x of stream) sliding.push(x);
          return sliding.numerator() === directNumerator(baseline, stream.slice(-10));
        },
      ),
    );
  });

  test('a sliding D is exact after every push, with many values, with and without ties', () => {
    const value = fc.oneof(
      fc.integer({ min: -40, max: 40 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 1e-320, -1e308, 1e308),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 120 }),
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (baseline, stream, size) => {
          const sliding = new SlidingKs(baseline, size);
          return stream.every((x, index) => {
            // Half of the values are told where to look, as watches do, and most of them wrongly.
            if (index % 2 === 0) sliding.push(x);
            else sliding.pushNear(x, index % (sliding.distinct + 1), 0);
            const window = stream.slice(Math.max(0, index + 1 - size), index + 1);
            return sliding.numerator() === directNumerator(baseline, window);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a sliding window gives its values back, and is the same again from its snapshot', () => {
    const number = fc.oneof(
      fc.integer({ min: -5, max: 5 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -6, max: 6, noNaN: true }),
    );
    // JSON knows no minus zero.
    const value = number.map((x) => x + 0);
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (baseline, stream, size) => {
          const sliding = new SlidingKs(baseline, size);
          for (const x of stream) sliding.push(x);
          const again = new SlidingKs(baseline, size);
          again.restore(JSON.parse(JSON.stringify(sliding.snapshot())));
          expect(again.window()).toEqual(sliding.window());
          expect(again.numerator()).toBe(sliding.numerator());
          const found = sliding.window();
          expect(found).toHaveLength(Math.min(size, stream.length));
          for (const [index, x] of stream.slice(-size).entries()) {
            const below = Math.max(...baseline.filter((v) => v <= x));
            const above = Math.min(...baseline.filter((v) => v >= x));
            const isInside = Number.isFinite(below) && Number.isFinite(above);
            // A byte tells the place in a gap, and the middle of such a part is given.
            const error = isInside ? (above / 2 - below / 2) / 2 ** 8 : 0;
            const rounding = isInside
              ? 4 * Number.EPSILON * Math.max(-below, above) + 4 * Number.MIN_VALUE
              : 0;
            expect(Math.abs((found[index] ?? 0) - x)).toBeLessThanOrEqual(error + rounding);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test.for([
    { codes: [-1], outside: [] },
    { codes: [0.5], outside: [] },
    { codes: [2 ** 32 - 1], outside: [] },
    { codes: [0], outside: [] },
  ])('a sliding window is not restored from $codes', (state) => {
    const sliding = new SlidingKs([1, 2], 10);
    expect(() => sliding.restore(state)).toThrow(RangeError);
  });

  test('a sliding D of long windows is exact beyond 32 bits', () => {
    const size = 70_000;
    const sliding = new SlidingKs(
      Float64Array.from({ length: 40_000 }, (_, index) => index),
      size,
    );
    for (let index = 0; index < size; index += 1) sliding.push(-1);
    expect(sliding.numerator()).toBe(40_000 * size);
  });

  test('independent data of two values need no thinning', () => {
    const random = new SeededRandom(12);
    const coin = Array.from({ length: 1000 }, () => (random.next() < 0.5 ? 0 : 1));
    expect(serialDependence(coin)).toMatchObject({ thin: 1, designEffect: 1, isUnstable: false });
    const constant = serialDependence(Array.from({ length: 100 }, () => 7));
    expect(constant).toMatchObject({ thin: 1, designEffect: 1 });
  });

  test('a detector restored from its snapshot goes on bit by bit', () => {
    const random = new SeededRandom(3);
    const detector = new EDetector();
    for (let k = 0; k < 500; k += 1) detector.update(random.next());
    const copy = new EDetector(structuredClone(detector.snapshot()));
    for (let k = 0; k < 500; k += 1) {
      const rank = random.next();
      expect(copy.update(rank)).toBe(detector.update(rank));
    }
  });

  test('an urn keeps the weight of its baseline and of what it learned', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 8, maxLength: 200 }), (values) => {
        const random = new SeededRandom(values.length);
        const urn = new PolyaUrn(
          urnFromBaseline(values.map((value) => ({ value, tie: random.next() }))),
        );
        const start = urn.total;
        for (const value of values) urn.learn(urn.cell(value, random.next()));
        const learned = urn.weights().reduce((sum, weight) => sum + weight, 0);
        return start === values.length + 1 && learned === 2 * values.length + 1;
      }),
    );
  });

  interface Stream {
    readonly name: string;
    readonly draw: (random: SeededRandom) => number;
  }

  test.for<Stream>([
    { name: 'continuous', draw: standardNormal },
    { name: 'ten-valued', draw: (random) => Math.floor(10 * random.next()) },
    { name: 'zero-inflated', draw: (random) => (random.next() < 0.3 ? 0 : random.next()) },
    { name: 'constant', draw: () => 7 },
  ])('ranks of unchanged $name data are uniform', ({ draw }) => {
    const random = new SeededRandom(11);
    const pair = () => ({ value: draw(random), tie: random.next() });
    const urn = new PolyaUrn(urnFromBaseline(Array.from({ length: 1000 }, pair)));
    const bins = new Float64Array(20);
    const records = 20_000;
    for (let k = 0; k < records; k += 1) {
      const { value, tie } = pair();
      const cell = urn.cell(value, tie);
      const bin = Math.floor(20 * urn.rank(cell, random.next()));
      bins[bin] = (bins[bin] ?? 0) + 1;
      urn.learn(cell);
    }
    let statistic = 0;
    for (const count of bins) statistic += (count - records / 20) ** 2 / (records / 20);
    expect(statistic).toBeLessThan(55); // chi-squared with 19 degrees: P > 55 is 2e-5
  });

  test('a shift raises evidence and dates the change; no shift does not', () => {
    const random = new SeededRandom(5);
    const quiet = new EDetector();
    const loud = new EDetector();
    for (let k = 0; k < 1000; k += 1) {
      quiet.update(random.next());
      loud.update(k < 500 ? random.next() : random.next() ** 0.5);
    }
    expect(quiet.evidence).toBeLessThan(1e5);
    expect(loud.evidence).toBeGreaterThan(1e6);
    expect(Math.abs(loud.changePoint() - 501)).toBeLessThan(60);
  });

  test('any finite junk gives evidence that is a number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { minLength: 70, maxLength: 150 }),
        (values) => {
          const random = new SeededRandom(1);
          const urn = new PolyaUrn(
            urnFromBaseline(values.map((value) => ({ value, tie: random.next() }))),
          );
          const detector = new EDetector();
          for (const value of values) {
            const cell = urn.cell(value, random.next());
            detector.update(urn.rank(cell, random.next()));
            urn.learn(cell);
          }
          return Number.isFinite(detector.evidence) && Number.isFinite(detector.current);
        },
      ),
    );
  });
});

import { describe, expect, test } from 'vitest';

import {
  chiSquareQuantile,
  EDetector,
  gateBlock,
  geometricCellIndexes,
  LastingBets,
  OutcomeProcess,
  PolyaUrn,
  populationStabilityIndex,
  SeededRandom,
  serialDependence,
  standardNormal,
  type UrnState,
  urnFromBaseline,
  urnOfHits,
} from '@telltale/statistics';

import {
  meanRunLength,
  STREAMS,
  uniformityOfFirstRanks,
  uniformityOfMeans,
  uniformityOfStream,
  urnRanks,
} from './promise-checks.ts';

/* Seeded, so that a run repeats; the bounds are several standard errors wide. */

const P_MIN = 1e-4;
const streams = Object.entries(STREAMS);

describe('ranks', () => {
  test.for(streams)('of unchanged %s data are uniform', ([, draw]) => {
    expect(uniformityOfStream(urnRanks, draw)).toBeGreaterThan(P_MIN);
  });

  test('are uniform from the first record on', () => {
    expect(uniformityOfFirstRanks(urnRanks)).toBeGreaterThan(P_MIN);
  });

  test('are independent', () => {
    expect(uniformityOfMeans(urnRanks)).toBeGreaterThan(P_MIN);
  });

  test('are the same after a strictly monotone map', () => {
    const map = (value: number): number => Math.expm1(value) + value;
    const ranks = (change: (value: number) => number): readonly number[] => {
      const random = new SeededRandom(31);
      const draw = (): number => change(Math.round(20 * standardNormal(random)) / 20);
      const rank = urnRanks(Array.from({ length: 300 }, draw), random);
      return Array.from({ length: 300 }, () => rank(draw(), random));
    };
    expect(ranks(map)).toEqual(ranks((value) => value));
  });
});

/** An urn of rare outcomes with the share given. */
function outcomeUrn(share: number, random: SeededRandom): UrnState {
  const pairs = Array.from({ length: 1000 }, () => ({
    value: random.next() < share ? 1 : 0,
    tie: random.next(),
  }));
  return urnFromBaseline(pairs, geometricCellIndexes(1000));
}

describe('evidence', () => {
  test('gains one a record on the average of all ranks', () => {
    const random = new SeededRandom(32);
    const detector = new EDetector();
    for (let k = 0; k < 300; k += 1) detector.update(random.next() ** 1.3);
    const before = detector.evidence;
    const state = detector.snapshot();
    const steps = 20_000;
    let after = 0;
    for (let k = 0; k < steps; k += 1) {
      after += new EDetector(state).update((k + 0.5) / steps) / steps;
    }
    expect(Math.abs(after - before - 1)).toBeLessThan(1e-6 * before);
  });

  test('on rare outcomes gains one a record on the average of all cells', () => {
    const random = new SeededRandom(33);
    const urn = outcomeUrn(0, random);
    const process = new OutcomeProcess(urn);
    for (let k = 0; k < 300; k += 1) process.update(0, random.next() ** 0.9);
    const state = process.snapshot();
    const total = state.weights.reduce((sum, weight) => sum + weight, 0);
    let after = 0;
    for (const [cell, weight] of state.weights.entries()) {
      // Right at its upper border a record is still inside a cell.
      const evidence = new OutcomeProcess(urn, state).update(0, urn.ties[cell] ?? 1);
      after += (weight / total) * evidence;
    }
    expect(Math.abs(after - process.evidence - 1)).toBeLessThan(1e-9 * process.evidence);
  });

  test('on lasting changes gains one a record on the average of all ranks', () => {
    const random = new SeededRandom(36);
    const weights = Array.from({ length: 64 }, () => 16);
    const bets = new LastingBets(weights);
    const observe = (of: LastingBets, rank: number): void =>
      of.updateRun({
        ranks: Float64Array.of(rank),
        cells: Int32Array.of(Math.floor(64 * rank)),
        odds: Float64Array.of(64),
        length: 1,
      });
    for (let k = 0; k < 300; k += 1) observe(bets, random.next() ** 1.3);
    const before = bets.evidence;
    const state = bets.snapshot();
    const steps = 6400;
    let after = 0;
    for (let k = 0; k < steps; k += 1) {
      const next = new LastingBets(weights, state);
      observe(next, (k + 0.5) / steps);
      after += next.evidence / steps;
    }
    expect(Math.abs(after - before - 1)).toBeLessThan(1e-6 * before);
  });

  test.for([0, 1, 20, 400])('an urn of %s hits is drawn as one of so many records', (hits) => {
    const records = 500;
    const drawn = urnOfHits(hits, records, new SeededRandom(7));
    const pairs = Array.from({ length: records }, (_, index) => ({
      value: index < hits ? 1 : 0,
      tie: new SeededRandom(index).next(),
    }));
    const made = urnFromBaseline(pairs, geometricCellIndexes(records));
    expect({ edges: drawn.edges, weights: drawn.weights }).toEqual({
      edges: made.edges,
      weights: made.weights,
    });
    // Ties ascend as long as the edge is the same.
    const falls = drawn.ties.findIndex(
      (tie, cell) =>
        cell > 0 &&
        drawn.edges[cell] === drawn.edges[cell - 1] &&
        tie < (drawn.ties[cell - 1] ?? 0),
    );
    expect(falls).toBe(-1);
  });

  test.for(streams)('of unchanged %s data takes as long as promised', ([, draw]) => {
    const ratio = meanRunLength(urnRanks, draw, { threshold: 1000, runs: 400 }) / 1000;
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeLessThan(1.35);
  });

  test.for([0.002, 0.02, 0.2])('of outcomes of share %s takes as long as promised', (share) => {
    const runs = 400;
    let records = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = new SeededRandom(2000 + run);
      const process = new OutcomeProcess(outcomeUrn(share, random));
      while (process.evidence < 1000) {
        process.update(random.next() < share ? 1 : 0, random.next());
        records += 1;
      }
    }
    expect(records / runs / 1000).toBeGreaterThan(1);
    expect(records / runs / 1000).toBeLessThan(1.5);
  });

  test('of dependent data takes nearly as long, thinned as the baseline says', () => {
    const runs = 300;
    let records = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = new SeededRandom(3000 + run);
      let z = standardNormal(random);
      const draw = (): number => {
        z = 0.5 * z + Math.sqrt(0.75) * standardNormal(random);
        return z;
      };
      const baseline = Array.from({ length: 1000 }, draw);
      const { thin } = serialDependence(baseline);
      const rank = urnRanks(
        baseline.filter((_, index) => index % thin === 0),
        random,
      );
      const detector = new EDetector();
      for (let record = 1; detector.evidence < 1000 / thin; record += 1) {
        const value = draw();
        if (record % thin === 0) detector.update(rank(value, random));
        records += 1;
      }
    }
    expect(records / runs / 1000).toBeGreaterThan(0.85);
  });

  test('is averaged over a fleet that shares its baseline, and keeps the promise', () => {
    const runs = 60;
    const instances = 10;
    let records = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = new SeededRandom(4000 + run);
      const pairs = Array.from({ length: 1000 }, () => ({
        value: standardNormal(random),
        tie: random.next(),
      }));
      const state = urnFromBaseline(pairs);
      const fleet = Array.from({ length: instances }, () => ({
        urn: new PolyaUrn(state),
        detector: new EDetector(),
      }));
      for (let mean = 0; mean < 1000; records += 1) {
        mean = 0;
        for (const { urn, detector } of fleet) {
          const cell = urn.cell(standardNormal(random), random.next());
          mean += detector.update(urn.rank(cell, random.next())) / instances;
          urn.learn(cell);
        }
      }
    }
    expect(records / runs / 1000).toBeGreaterThan(1);
  });

  test.for([
    { shift: 0.25, published: 308 },
    { shift: 0.5, published: 91 },
    { shift: 1, published: 37 },
  ])('finds a shift of $shift sigma as fast as published', ({ shift, published }) => {
    const delays = Array.from({ length: 200 }, (_, run) => {
      const random = new SeededRandom(5000 + run);
      const draw = (): number => standardNormal(random);
      const rank = urnRanks(Array.from({ length: 1000 }, draw), random);
      const detector = new EDetector();
      for (let k = 0; k < 2000; k += 1) detector.update(rank(draw(), random));
      let delay = 0;
      while (detector.evidence < 1e5) {
        detector.update(rank(draw() + shift, random));
        delay += 1;
      }
      return delay;
    });
    const median = delays.toSorted((a, b) => a - b)[100] ?? 0;
    expect(Math.abs(median / published - 1)).toBeLessThan(0.15);
  });
});

describe('effects without a change', () => {
  test('the stability index follows its chi-squared law', () => {
    const random = new SeededRandom(34);
    const bins = 10;
    const size = 1000;
    const counts = (): number[] => {
      const found = Array.from({ length: bins }, () => 0);
      for (let k = 0; k < size; k += 1) {
        const bin = Math.floor(bins * random.next());
        found[bin] = (found[bin] ?? 0) + 1;
      }
      return found;
    };
    const scaled = Array.from(
      { length: 2000 },
      () => ((populationStabilityIndex(counts(), counts()) ?? 0) * size) / 2,
    );
    const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
    const above = scaled.filter((value) => value > chiSquareQuantile(0.99, bins - 1)).length;
    expect(Math.abs(mean / (bins - 1) - 1)).toBeLessThan(0.05);
    expect(above / scaled.length).toBeGreaterThan(0.003);
    expect(above / scaled.length).toBeLessThan(0.02);
  });

  test('clean blocks pass the gate of baselines', () => {
    const blocks = 200;
    const passed = Array.from({ length: blocks }, (_, block) => {
      const random = new SeededRandom(6000 + block);
      const values = Array.from({ length: 1000 }, () => standardNormal(random));
      const collected = { kind: 'numeric' as const, values, outcomes: values.map(() => 0) };
      return gateBlock(collected, values, random) === undefined;
    });
    expect(passed.filter(Boolean).length / blocks).toBeGreaterThanOrEqual(0.98);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  EDetector,
  geometricCellIndexes,
  LastingBets,
  OutcomeProcess,
  type OutcomeState,
  SeededRandom,
  urnFromBaseline,
  urnOfHits,
} from '@telltale/statistics';

/** Lengths of runs, one after the other. */
const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 60 });
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

/** Each number within rounding of the other: runs multiply in another order. */
function expectClose(found: readonly number[], wanted: readonly number[]): void {
  const isClose = (number: number, index: number): boolean =>
    Math.abs(number - (wanted[index] ?? Number.NaN)) <= 1e-9 * Math.abs(number);
  expect(found.map((number, index) => (isClose(number, index) ? wanted[index] : number))).toEqual(
    wanted,
  );
}

const numbersOf = ({ weights, evidence, shares, scales }: OutcomeState): readonly number[] => [
  ...weights,
  ...evidence,
  ...shares,
  ...scales,
];

describe('a run is as its records one by one', () => {
  test('ranks of an e-detector, shifted or not', () => {
    fc.assert(
      fc.property(lengths, seeds, fc.constantFrom(1, 1.3, 3), (runs, seed, power) => {
        const random = new SeededRandom(seed);
        const [inRuns, oneByOne] = [new EDetector(), new EDetector()];
        for (const length of runs) {
          const ranks = Float64Array.from({ length }, () => random.next() ** power);
          inRuns.updateRun(ranks, length);
          for (const rank of ranks) oneByOne.update(rank);
        }
        const [found, wanted] = [inRuns.snapshot(), oneByOne.snapshot()];
        expect([found.records, found.starts]).toEqual([wanted.records, wanted.starts]);
        expectClose(found.evidence, wanted.evidence);
        expectClose(found.cusum, wanted.cusum);
        expectClose(found.shares.flat(), wanted.shares.flat());
        expectClose([inRuns.evidence, inRuns.current], [oneByOne.evidence, oneByOne.current]);
        expect(inRuns.changePoint()).toBe(oneByOne.changePoint());
      }),
      { numRuns: 100 },
    );
  });

  test('bets on lasting changes', () => {
    const weights = Array.from({ length: 64 }, () => 16);
    fc.assert(
      fc.property(lengths, seeds, fc.constantFrom(1, 1.5), (runs, seed, power) => {
        const random = new SeededRandom(seed);
        const [inRuns, oneByOne] = [new LastingBets(weights), new LastingBets(weights)];
        for (const length of runs) {
          const ranks = Float64Array.from({ length }, () => random.next() ** power);
          const cells = Int32Array.from(ranks, (rank) => Math.floor(64 * rank));
          const odds = Float64Array.from(ranks, () => 60 + 8 * random.next());
          inRuns.updateRun({ ranks, cells, odds, length });
          for (let at = 0; at < length; at += 1) {
            const end = at + 1;
            const one = {
              ranks: ranks.slice(at, end),
              cells: cells.slice(at, end),
              odds: odds.slice(at, end),
              length: 1,
            };
            oneByOne.updateRun(one);
          }
        }
        const [found, wanted] = [inRuns.snapshot(), oneByOne.snapshot()];
        expectClose(found.evidence, wanted.evidence);
        expectClose(found.shares, wanted.shares);
        expectClose([...found.scales, inRuns.evidence], [...wanted.scales, oneByOne.evidence]);
      }),
      { numRuns: 100 },
    );
  });

  test.for([0, 3, 200])('outcomes of the common case, %s hits in the baseline', (hits) => {
    const urn = urnOfHits(hits, 1000, new SeededRandom(5));
    fc.assert(
      fc.property(lengths, seeds, fc.boolean(), (runs, seed, isLearning) => {
        const [inRuns, oneByOne] = [new OutcomeProcess(urn), new OutcomeProcess(urn)];
        const [ofRuns, ofOnes] = [new SeededRandom(seed), new SeededRandom(seed)];
        for (const [index, length] of runs.entries()) {
          inRuns.updateRun(length, ofRuns, isLearning);
          for (let at = 0; at < length; at += 1) oneByOne.update(0, ofOnes.next(), isLearning);
          // Something rare in between.
          if (index % 7 !== 0) continue;
          const tie = ofRuns.next();
          ofOnes.next();
          inRuns.update(1, tie, isLearning);
          oneByOne.update(1, tie, isLearning);
        }
        expect(inRuns.records).toBe(oneByOne.records);
        expectClose(numbersOf(inRuns.snapshot()), numbersOf(oneByOne.snapshot()));
        expectClose([inRuns.evidence, inRuns.total], [oneByOne.evidence, oneByOne.total]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('evidence stays finite', () => {
  test('of ranks that lie all at one end', () => {
    const detector = new EDetector();
    const ranks = new Float64Array(20).fill(1e-9);
    for (let run = 0; run < 500; run += 1) detector.updateRun(ranks, 20);
    expect([detector.evidence, detector.current].map(Number.isFinite)).toEqual([true, true]);
    for (let run = 0; run < 5000; run += 1) detector.updateRun(new Float64Array(20).fill(0.5), 20);
    expect(Number.isFinite(detector.evidence)).toBe(true);
  });

  test('of a sensor that is stuck for long and recovers in the middle of a run', () => {
    for (let at = 0; at <= 20; at += 1) {
      const detector = new EDetector();
      const stuck = new Float64Array(20).fill(0.995);
      for (let run = 0; run < 250; run += 1) detector.updateRun(stuck, 20);
      detector.updateRun(
        stuck.map((rank, index) => (index < at ? rank : 0.5)),
        20,
      );
      expect([detector.evidence, detector.current].map(Number.isFinite)).toEqual([true, true]);
    }
  });

  test('of what an older release saved, where it could be larger', () => {
    const saved = new EDetector().snapshot();
    const most = (list: readonly number[]): number[] => list.map(() => 1e300);
    const detector = new EDetector({
      ...saved,
      evidence: most(saved.evidence),
      cusum: most(saved.cusum),
      shares: saved.shares.map((shares) => shares.map((_, bin) => (bin === 0 ? 1 : 0))),
    });
    detector.updateRun(
      Float64Array.from({ length: 20 }, (_, index) => (index < 15 ? 0.01 : 0.5)),
      20,
    );
    expect([detector.evidence, detector.current].map(Number.isFinite)).toEqual([true, true]);
  });

  test('of outcomes in the top cell', () => {
    const pairs = Array.from({ length: 1000 }, (_, index) => ({
      value: 0,
      tie: (index + 0.5) / 1000,
    }));
    const process = new OutcomeProcess(urnFromBaseline(pairs, geometricCellIndexes(1000)));
    for (let record = 0; record < 2000; record += 1) process.update(1, 0.5, false);
    const top = { next: () => 1 - 1e-12 };
    for (let run = 0; run < 200; run += 1) process.updateRun(20, top, false);
    expect(Number.isFinite(process.evidence)).toBe(true);
    expect(process.snapshot().evidence.every(Number.isFinite)).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';

import {
  CountEvidence,
  equalCellIndexes,
  SeededRandom,
  standardNormal,
  urnCell,
  urnFromBaseline,
} from '@telltale/statistics';

const BASELINE = 1000;
const BUCKETS = 20;

/** A stream that reports only rank counts against a baseline of its own, some records at a time. */
function countedStream(random: SeededRandom) {
  const draw = (): number => standardNormal(random);
  const pairs = Array.from({ length: BASELINE }, () => ({ value: draw(), tie: random.next() }));
  const borders = urnFromBaseline(pairs, equalCellIndexes(BASELINE, BUCKETS));
  const evidence = new CountEvidence(borders.weights);
  return (records: number, shift: number): number => {
    const counts = Array.from({ length: BUCKETS }, () => 0);
    for (let index = 0; index < records; index += 1) {
      const bucket = urnCell(borders, draw() + shift, random.next());
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return evidence.update(counts);
  };
}

/** Intervals until the evidence reaches a threshold, at most so many. */
function intervalsUntil(threshold: number, next: () => number, max: number): number {
  for (let interval = 1; interval <= max; interval += 1) if (next() >= threshold) return interval;
  return max;
}

const mean = (list: readonly number[]): number =>
  list.reduce((sum, value) => sum + value, 0) / list.length;

describe('CountEvidence over many streams', () => {
  const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

  test('keeps its promise without any change: a run is longer than the threshold', () => {
    const runs = seeds.map((seed) => {
      const step = countedStream(new SeededRandom(seed));
      return intervalsUntil(100, () => step(100, 0), 1000);
    });
    expect(mean(runs)).toBeGreaterThan(130);
    expect(mean(runs)).toBeLessThan(330);
  });

  test('finds a quarter of a standard deviation within a few intervals', () => {
    const runs = seeds.map((seed) => {
      const step = countedStream(new SeededRandom(seed));
      for (let interval = 0; interval < 10; interval += 1) step(500, 0);
      return intervalsUntil(1e5, () => step(500, 0.25), 100);
    });
    expect(mean(runs)).toBeLessThan(5);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  calibrationError,
  estimatePerformance,
  fitCalibration,
  isotonicFit,
  isotonicValue,
  performanceGap,
  SeededRandom,
} from '@telltale/statistics';

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(0, 1)), {
  minLength: 1,
  maxLength: 60,
});

describe('isotonicFit()', () => {
  test.for<readonly [string, number[], number[], (readonly [number, number])[]]>([
    ['nothing', [], [], []],
    ['one value', [3], [1], [[3, 1]]],
    [
      'ascending values stay',
      [1, 2],
      [0, 1],
      [
        [1, 0],
        [2, 1],
      ],
    ],
    [
      'falling values are pooled',
      [1, 2],
      [1, 0],
      [
        [1, 0.5],
        [2, 0.5],
      ],
    ],
    [
      'equal x are pooled',
      [1, 1, 2],
      [0, 1, 1],
      [
        [1, 0.5],
        [2, 1],
      ],
    ],
    [
      'a late fall pools backwards',
      [1, 2, 3, 4],
      [0, 1, 1, 0],
      [
        [1, 0],
        [2, 2 / 3],
        [4, 2 / 3],
      ],
    ],
    [
      'the order of rows means nothing',
      [4, 1, 3, 2],
      [0, 0, 1, 1],
      [
        [1, 0],
        [2, 2 / 3],
        [4, 2 / 3],
      ],
    ],
  ])('%s', ([, x, y, knots]) => {
    expect(isotonicFit(x, y)).toEqual(knots);
  });

  test('ascends, stays within the values and keeps their mean', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const x = rows.map(([at]) => at);
        const y = rows.map(([, value]) => value);
        const knots = isotonicFit(x, y);
        const fitted = x.map((at) => isotonicValue(knots, at));
        const mean = (values: readonly number[]) =>
          values.reduce((sum, value) => sum + value, 0) / values.length;
        for (const [index, knot] of knots.entries()) {
          expect(knot[0]).toBeGreaterThan(knots[index - 1]?.[0] ?? -1);
          expect(knot[1]).toBeGreaterThanOrEqual(knots[index - 1]?.[1] ?? 0);
          expect(knot[1]).toBeLessThanOrEqual(1);
        }
        expect(mean(fitted)).toBeCloseTo(mean(y), 10);
      }),
    );
  });

  test('is nearer to the values than any other ascending step', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 30 }), (rows, step) => {
        const x = rows.map(([at]) => at);
        const y = rows.map(([, value]) => value);
        const knots = isotonicFit(x, y);
        const loss = (map: (at: number) => number): number =>
          rows.reduce((sum, [at, value]) => sum + (map(at) - value) ** 2, 0);
        const best = loss((at) => isotonicValue(knots, at));
        const mean = y.reduce<number>((sum, value) => sum + value, 0) / y.length;
        expect(best).toBeLessThanOrEqual(loss((at) => (at < step ? 0 : 1)) + 1e-9);
        expect(best).toBeLessThanOrEqual(loss(() => mean) + 1e-9);
      }),
    );
  });

  test.for([
    { x: -1, y: 0.2 },
    { x: 0, y: 0.2 },
    { x: 0.5, y: 0.3 },
    { x: 1, y: 0.4 },
    { x: 9, y: 0.4 },
  ])('the map at $x is $y', ({ x, y }) => {
    expect(
      isotonicValue(
        [
          [0, 0.2],
          [1, 0.4],
        ],
        x,
      ),
    ).toBeCloseTo(y, 12);
  });

  test('no knots change nothing', () => {
    expect(isotonicValue([], 0.7)).toBe(0.7);
  });
});

/** Scores, and labels that are positive with a probability that depends on them. */
function labelled(probability: (score: number) => number, count = 4000) {
  const random = new SeededRandom(5);
  const scores = Array.from({ length: count }, () => random.next());
  const labels = scores.map((score) => (random.next() < probability(score) ? 1 : 0));
  return { scores, labels };
}

describe('fitCalibration()', () => {
  test('mends scores that say too much', () => {
    const truth = (score: number) => score ** 3;
    const { scores, labels } = labelled(truth);
    const fit = fitCalibration(scores, labels, new SeededRandom(1));
    expect(fit?.errorBefore).toBeGreaterThan(0.2);
    expect(fit?.errorAfter).toBeLessThan(0.03);
    for (const score of [0.2, 0.5, 0.8]) {
      expect(isotonicValue(fit?.knots ?? [], score)).toBeCloseTo(truth(score), 0.9);
    }
    const accuracyOf = (probabilities: readonly number[]) =>
      estimatePerformance(probabilities, 0.5)?.accuracy ?? 0;
    const realised =
      labels.filter((label, row) => label === ((scores[row] ?? 0) ** 3 >= 0.5 ? 1 : 0)).length /
      labels.length;
    const calibrated = scores.map((score) => isotonicValue(fit?.knots ?? [], score));
    expect(Math.abs(accuracyOf(calibrated) - realised)).toBeLessThan(0.02);
    expect(Math.abs(accuracyOf(scores) - realised)).toBeGreaterThan(0.05);
  });

  test('leaves calibrated scores alone', () => {
    // Scores in the middle of their bins, with labels exactly as often as they say.
    const scores = Array.from({ length: 1000 }, (_, row) => ((row % 10) + 0.5) / 10);
    const labels = scores.map((score, row) => (Math.floor(row / 10) < score * 100 ? 1 : 0));
    const fit = fitCalibration(scores, labels, new SeededRandom(1));
    expect(fit).toMatchObject({ knots: undefined });
    expect(fit?.errorBefore).toBeLessThan(0.01);
  });

  test('needs fifty labels of each class', () => {
    const scores = Array.from({ length: 500 }, (_, row) => row / 500);
    const labels = (positives: number) => scores.map((_, row) => (row < positives ? 1 : 0));
    expect(fitCalibration(scores, labels(49), new SeededRandom(1))).toBeUndefined();
    expect(fitCalibration(scores, labels(451), new SeededRandom(1))).toBeUndefined();
    expect(fitCalibration(scores, labels(50), new SeededRandom(1))).toBeDefined();
  });

  test.for<readonly [number[], number[], number | undefined]>([
    [[], [], undefined],
    [[0.25, 0.25, 0.25, 0.25], [0, 0, 0, 1], 0],
    [[1, 0], [0, 1], 1],
    [[0.05, 0.95], [1, 1], 0.5],
  ])('the error of %j against %j is %s', ([scores, labels, error]) => {
    const found = calibrationError(scores, labels);
    expect(found === undefined ? undefined : Number(found.toFixed(12))).toBe(error);
  });
});

describe('performanceGap()', () => {
  const pair = { estimated: 0.9, estimatedError: 0.01, realised: 0.7, labelled: 400 };
  test.for([
    { name: 'far below', change: {}, isConceptDrift: true },
    { name: 'far above', change: { estimated: 0.5 }, isConceptDrift: true },
    { name: 'as promised', change: { realised: 0.89 }, isConceptDrift: false },
    {
      name: 'too small to matter',
      change: { realised: 0.86, labelled: 1e6, estimatedError: 0 },
      isConceptDrift: false,
    },
    {
      name: 'too few labels to be sure',
      change: { realised: 0.82, labelled: 100 },
      isConceptDrift: false,
    },
  ])('$name', ({ change, isConceptDrift }) => {
    expect(performanceGap({ ...pair, ...change })).toMatchObject({ isConceptDrift });
  });

  test.for([
    { labelled: 99 },
    { realised: Number.NaN },
    { estimatedError: Number.POSITIVE_INFINITY },
  ])('says nothing for %j', (change) => {
    expect(performanceGap({ ...pair, ...change })).toBeUndefined();
  });

  test('a right estimate is no concept drift at any look', () => {
    const random = new SeededRandom(9);
    let alarms = 0;
    for (let run = 0; run < 2000; run += 1) {
      let right = 0;
      for (let n = 0; n < 150; n += 1) if (random.next() < 0.85) right += 1;
      const found = performanceGap({
        estimated: 0.85,
        estimatedError: 0,
        realised: right / 150,
        labelled: 150,
      });
      if (found?.isConceptDrift === true) alarms += 1;
    }
    expect(alarms).toBe(0);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { DecisionThreshold } from '../../../../src/telltale/src/record/truth/decision-threshold.ts';
import {
  readState,
  STATE_SCHEMA,
} from '../../../../src/telltale/src/record/truth/feedback-state.ts';

/** Scores of a grid, so that the lowest positive one is the threshold itself. */
function learned(decide: (score: number, row: number) => boolean, rows = 1_000) {
  const threshold = new DecisionThreshold();
  for (let row = 0; row < rows; row += 1) {
    const score = (row % 101) / 100;
    threshold.add(score, decide(score, row));
  }
  return threshold.value();
}

test.for([0.2, 0.5, 0.87, 0.01])('a model that says yes from %d on', (at) => {
  expect(learned((score) => score >= at)).toBe(at);
});

test('one decision in two hundred on the wrong side changes nothing', () => {
  expect(learned((score, row) => (row % 200 === 7 ? score < 0.3 : score >= 0.3))).toBe(0.3);
});

test.for<[string, (score: number, row: number) => boolean, number]>([
  ['decisions that follow no score', (_score, row) => row % 2 === 0, 1_000],
  ['yes for low scores', (score) => score < 0.5, 1_000],
  ['no positive at all', () => false, 1_000],
  ['four decisions', (score) => score >= 0.02, 4],
])('nothing is learned from %s', ([, decide, rows]) => {
  expect(learned(decide, rows)).toBeUndefined();
});

test('a threshold that was moved is learned again', () => {
  const threshold = new DecisionThreshold();
  const add = (at: number): void => {
    for (let row = 0; row < 1_000; row += 1) threshold.add(row / 1_000, row / 1_000 >= at);
  };
  add(0.2);
  add(0.6);
  expect(threshold.value()).toBe(0.6);
});

test('what is kept over a restart learns the same, and goes on alike', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.boolean()), { maxLength: 2_500 }),
      fc.integer({ min: 0, max: 100 }),
      (decisions, cut) => {
        const threshold = new DecisionThreshold();
        for (const [score, isOdd] of decisions) {
          threshold.add(score / 100, isOdd && score % 50 === 0 ? score < cut : score >= cut);
        }
        const line = JSON.stringify({ decisions: ['m', [...threshold.decisions()]] });
        const restored = new DecisionThreshold();
        const damaged = readState(
          `{"schema":"${STATE_SCHEMA}"}\n${line}\n{"decisions":["m",[[1]]]}`,
          {
            model: () => {},
            prediction: () => {},
            early: () => {},
            decisions: (_key, kept) => {
              for (const [score, isPositive] of kept) restored.add(score, isPositive);
            },
          },
        );
        expect(damaged).toBe(1);
        expect(restored.value()).toBe(threshold.value());
        threshold.add(0.5, true);
        restored.add(0.5, true);
        expect([...restored.decisions()]).toEqual([...threshold.decisions()]);
      },
    ),
    { numRuns: 50 },
  );
});

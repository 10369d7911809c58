import fc from 'fast-check';
import { expect, test } from 'vitest';

import { estimateLoss, fitLoss, SeededRandom } from '@telltale/statistics';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test('over the rows that it was learned from, the estimate is near the errors themselves', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 100, maxLength: 400 }), (pairs) => {
      const predicted = pairs.map(([value]) => value);
      const knots = fitLoss(
        predicted,
        pairs.map(([, target]) => target),
      );
      const ours = estimateLoss(predicted, knots ?? []);
      const worst = Math.max(...pairs.map(([value, target]) => Math.abs(value - target)));
      expect(ours?.meanAbsoluteError).toBeGreaterThanOrEqual(0);
      expect(ours?.meanAbsoluteError).toBeLessThanOrEqual(worst * (1 + 1e-9));
      expect(ours?.rootMeanSquaredError).toBeGreaterThanOrEqual(
        (ours?.meanAbsoluteError ?? 0) * (1 - 1e-9),
      );
    }),
    { seed: 14, numRuns: 200 },
  );
});

test('errors that grow with the predicted value are followed where the values move', () => {
  const random = new SeededRandom(2);
  const pairs = Array.from({ length: 4_000 }, () => {
    const value = 100 * random.next();
    return { value, target: value + value * 0.2 * (random.next() - 0.5) };
  });
  const knots =
    fitLoss(
      pairs.map(({ value }) => value),
      pairs.map(({ target }) => target),
    ) ?? [];
  // The mean distance is a twentieth of the value.
  for (const value of [20, 50, 80]) {
    const ours = estimateLoss([value, value], knots);
    expect((ours?.meanAbsoluteError ?? 0) / (value / 20)).toBeCloseTo(1, 0.9);
  }
});

test.for([0, 1, 99])('%i pairs are too few', (count) => {
  const values = Array.from({ length: count }, (_, index) => index);
  expect(fitLoss(values, values)).toBeUndefined();
});

test('nothing is estimated of nothing', () => {
  expect(estimateLoss([], [[0, 1, 1]])).toBeUndefined();
  expect(estimateLoss([1], [])).toBeUndefined();
  expect(estimateLoss([-5, 0, 5], [[0, 2, 5]])).toMatchObject({ meanAbsoluteError: 2 });
});

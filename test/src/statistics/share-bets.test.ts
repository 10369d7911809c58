import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SeededRandom, ShareBets, shareBounds } from '@telltale/statistics';

describe('bounds of a share', () => {
  // Half the quantiles .005 and .995 of chi-squared at 2h and 2h + 2, from published tables.
  test.each([
    { hits: 0, records: 1000, lower: 0, upper: 5.298 },
    { hits: 1, records: 1000, lower: 0.00501, upper: 7.43 },
    { hits: 10, records: 10_000, lower: 3.717, upper: 21.398 },
  ])('$hits of $records', ({ hits, records, lower, upper }) => {
    const bounds = shareBounds(hits, records);
    expect(bounds.lower * records).toBeCloseTo(lower, 2);
    expect(bounds.upper * records).toBeCloseTo(upper, 2);
  });

  test('never leave 0 to 1', () => {
    expect(shareBounds(1, 1).upper).toBe(1);
    expect(shareBounds(0, 1)).toEqual({ lower: 0, upper: 1 });
  });

  test('miss the true share in at most 1 % of baselines', () => {
    const random = new SeededRandom(5);
    for (const share of [0.001, 0.02, 0.3]) {
      let missed = 0;
      for (let run = 0; run < 1000; run += 1) {
        let hits = 0;
        for (let record = 0; record < 1000; record += 1) if (random.next() < share) hits += 1;
        const { lower, upper } = shareBounds(hits, 1000);
        if (share < lower || share > upper) missed += 1;
      }
      // 10 are expected at most; 22 come by chance once in a thousand.
      expect(missed).toBeLessThan(22);
    }
  });
});

describe('bets on a share', () => {
  test('lose on average at every share within the bounds', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 500 }),
        fc.integer({ min: 500, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (hits, records, place) => {
          const bounds = shareBounds(hits, records);
          const share = bounds.lower + place * (bounds.upper - bounds.lower);
          const hit = new ShareBets(bounds).update(true);
          const miss = new ShareBets(bounds).update(false);
          expect(share * hit + (1 - share) * miss).toBeLessThanOrEqual(0.99 + 1e-9);
        },
      ),
    );
  });

  test.each([
    ['six times as frequent', 0.006],
    ['gone', 0],
  ])('a class that is %s gives evidence that is not learned away', (_, share) => {
    const bets = new ShareBets(shareBounds(20, 20_000));
    const random = new SeededRandom(6);
    for (let record = 0; record < 60_000; record += 1) bets.update(random.next() < share);
    expect(bets.evidence).toBeGreaterThan(1e7);
  });

  test('evidence stays finite, and starts again at zero', () => {
    const bets = new ShareBets(shareBounds(0, 1000));
    for (let record = 0; record < 1000; record += 1) bets.update(true);
    expect(bets.evidence).toBeGreaterThan(1e200);
    expect(Number.isFinite(bets.evidence)).toBe(true);
    bets.rearm();
    expect(bets.evidence).toBe(0);
  });

  test('a class that may be all there is has nothing to bet on', () => {
    const bets = new ShareBets({ lower: 0, upper: 1 });
    expect([bets.update(true), bets.update(false)]).toEqual([0, 0]);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Aged, AgedIds } from '../../../../src/telltale/src/record/truth/aged-ids.ts';

interface Entry extends Aged {
  readonly n: number;
}

test('keeps what a plain list of the last entries keeps, also when the limit changes', () => {
  const step = fc.record({
    id: fc.integer({ min: 0, max: 8 }),
    limit: fc.option(fc.integer({ min: 1, max: 6 })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let entriesMax = 3;
      const lost: number[] = [];
      const ids = new AgedIds<Entry>({ entriesMax, ttlMs: 1e9 }, ({ n }) => lost.push(n));
      // Arrivals that may still be there, the oldest first.
      let model: (readonly [id: string, n: number])[] = [];
      for (const [n, { id, limit }] of steps.entries()) {
        if (limit !== null && limit !== entriesMax) {
          entriesMax = limit;
          ids.limit({ entriesMax, ttlMs: 1e9 });
          const last = new Map(model);
          model = model.filter(([key, at]) => last.get(key) === at).slice(-entriesMax);
        }
        ids.put(`id-${id}`, { n, atMs: 0 });
        model = [...model, [`id-${id}`, n] as const].slice(-entriesMax);
      }
      const last = new Map(model);
      expect([...ids.entries()].map(([id, { n }]) => [id, n])).toEqual(
        model.filter(([id, n]) => last.get(id) === n),
      );
      for (const [id, n] of last) expect(ids.find(id, 0)?.n).toBe(n);
      expect(ids.size + lost.length).toBeLessThanOrEqual(steps.length);
    }),
    { seed: 14, numRuns: 400 },
  );
});

test('an entry ages, and take() forgets it', () => {
  const ids = new AgedIds<Entry>({ entriesMax: 10, ttlMs: 100 });
  ids.put('a', { n: 1, atMs: 0 });
  ids.put('b', { n: 2, atMs: 0 });
  expect(ids.find('a', 100)?.n).toBe(1);
  expect(ids.find('a', 101)).toBeUndefined();
  expect(ids.take('b', -1_000)?.n).toBe(2);
  expect([...ids.entries()]).toEqual([]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { PlacedRing } from '../../../../src/telltale/src/record/truth/placed-ring.ts';

test('places stay while a ring is made of another one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 20 }),
      (capacities, added) => {
        let ring = new PlacedRing<number>(capacities[0] ?? 1);
        const places = new Map<number, number>();
        let value = 0;
        for (const capacity of capacities) {
          ring = new PlacedRing(capacity, ring.content);
          for (let n = 0; n < added; n += 1) places.set(value, ring.add(value++));
        }
        const { values } = ring.content;
        // The last ones, in order.
        expect(values).toEqual([...values].toSorted((a, b) => a - b));
        for (const [one, place] of places) ring.replace(place, (old) => (old === one ? -1 : -2));
        expect(new Set(ring.values)).toEqual(new Set(values.length === 0 ? [] : [-1]));
      },
    ),
    { seed: 14, numRuns: 500 },
  );
});

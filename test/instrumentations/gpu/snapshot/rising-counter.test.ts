import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RisingCounters } from '../../../../instrumentations/gpu/src/snapshot/rising-counter.ts';

const follow = (raws: readonly bigint[], wraps: boolean): readonly bigint[] => {
  const counters = new RisingCounters();
  return raws.map((raw) => counters.update('x', raw, wraps));
};

test.for([
  { name: 'the first value is the own value of the driver', raws: [7n], wraps: false, out: [7n] },
  { name: 'a reset goes on', raws: [10n, 3n, 5n], wraps: false, out: [10n, 13n, 15n] },
  {
    name: 'a wrap at 32 bits',
    raws: [4_294_967_000n, 704n],
    wraps: true,
    out: [4_294_967_000n, 4_294_968_000n],
  },
  { name: 'a small fall is a reset', raws: [1_000n, 10n], wraps: true, out: [1_000n, 1_010n] },
  {
    name: 'a counter above 32 bits was reset',
    raws: [9_000_000_000n, 1n],
    wraps: true,
    out: [9_000_000_000n, 9_000_000_001n],
  },
])('RisingCounters: $name', ({ raws, wraps, out }) => {
  expect(follow(raws, wraps)).toEqual(out);
});

test('RisingCounters never fall, and keys do not mix', () => {
  const raw = fc.bigInt({ min: 0n, max: 2n ** 63n });
  fc.assert(
    fc.property(fc.array(raw, { minLength: 2 }), fc.boolean(), (raws, wraps) => {
      const values = follow(raws, wraps);
      return values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0n));
    }),
  );
  const counters = new RisingCounters();
  counters.update('a', 10n);
  expect(counters.update('b', 1n)).toBe(1n);
  counters.keepOnly((key) => key === 'b');
  expect(counters.update('a', 2n)).toBe(2n);
});

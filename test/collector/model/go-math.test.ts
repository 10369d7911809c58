import fc from 'fast-check';
import { expect, test } from 'vitest';

import { log2, log10, power } from '../../../collector/src/model/go-math.ts';

// Printed by Go 1.26 on amd64.
test.for([
  [10, -3, 0.001],
  [2, 0.5, 1.4142135623730951],
  [-8, 3, -512],
  [-8, 1 / 3, Number.NaN],
  [0, -1, Infinity],
  [5e-324, 2, 0],
  [1e300, 2, Infinity],
  [2, 1074, Infinity],
  [2, -1074, 5e-324],
  [2, 1023, 8.98846567431158e307],
  [2, -1075, 0],
  [1, Number.NaN, 1],
  [-1, Infinity, 1],
  [Number.NaN, 0, 1],
] as const)('power(%d, %d) is %d', ([base, exponent, expected]) => {
  expect(power(base, exponent)).toBe(expected);
});

test('power() of a small whole exponent is the product', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e50, max: 1e50, noNaN: true }), (base) => {
      return power(base, 2) === base * base && power(base, 1) === base;
    }),
  );
});

test('log2() is exact for powers of two and close to JavaScript elsewhere', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1074, max: 1023 }),
      (exponent) => log2(2 ** exponent) === exponent,
    ),
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) =>
      [log2(value) - Math.log2(value), log10(value) - Math.log10(value)].every(
        (difference) => Math.abs(difference) <= 1e-12 * Math.max(1, Math.abs(Math.log2(value))),
      ),
    ),
  );
});

test('logarithms of what has none', () => {
  expect([log2(0), log2(-1), log2(Infinity), log10(0), log10(-1)]).toEqual([
    -Infinity,
    Number.NaN,
    Infinity,
    -Infinity,
    Number.NaN,
  ]);
});

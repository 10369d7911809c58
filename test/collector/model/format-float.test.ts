import fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatFloat, formatGeneral } from '../../../collector/src/model/format-float.ts';

// Printed by Go 1.26: %v, the JSON encoder's rule, %e and %f with precision -1, then %.4g.
test.for([
  [0, '0', '0', '0e+00', '0', '0'],
  [-0, '-0', '-0', '-0e+00', '-0', '-0'],
  [1, '1', '1', '1e+00', '1', '1'],
  [100_000, '100000', '100000', '1e+05', '100000', '1e+05'],
  [1_048_576, '1.048576e+06', '1048576', '1.048576e+06', '1048576', '1.049e+06'],
  [1e20, '1e+20', '100000000000000000000', '1e+20', '100000000000000000000', '1e+20'],
  [1.5e21, '1.5e+21', '1.5e+21', '1.5e+21', '1500000000000000000000', '1.5e+21'],
  [1e-4, '0.0001', '0.0001', '1e-04', '0.0001', '0.0001'],
  [1e-6, '1e-06', '0.000001', '1e-06', '0.000001', '1e-06'],
  [1e-7, '1e-07', '1e-07', '1e-07', '0.0000001', '1e-07'],
  [-123456.7, '-123456.7', '-123456.7', '-1.234567e+05', '-123456.7', '-1.235e+05'],
  [NaN, 'NaN', 'NaN', 'NaN', 'NaN', 'NaN'],
  [Infinity, '+Inf', '+Inf', '+Inf', '+Inf', '+Inf'],
  [-Infinity, '-Inf', '-Inf', '-Inf', '-Inf', '-Inf'],
] as const)('formatFloat() prints %s as Go does', ([value, ...expected]) => {
  expect([
    formatFloat(value, 'general'),
    formatFloat(value, 'sample'),
    formatFloat(value, 'exponent'),
    formatFloat(value, 'decimal'),
    formatGeneral(value, 4),
  ]).toEqual(expected);
});

test.for([
  [1_234_500, '1.234e+06', '1.2e+06', '1e+06'],
  [12_345, '1.234e+04', '1.2e+04', '1e+04'],
  [0.00012345, '0.0001234', '0.00012', '0.0001'],
  [2.5, '2.5', '2.5', '2'],
  [3.5, '3.5', '3.5', '4'],
  [1.25, '1.25', '1.2', '1'],
  [999_999.5, '1e+06', '1e+06', '1e+06'],
  [5e-324, '4.941e-324', '4.9e-324', '5e-324'],
  [1.7976931348623157e308, '1.798e+308', '1.8e+308', '2e+308'],
] as const)('formatGeneral() rounds %s to even', ([value, four, two, one]) => {
  expect([formatGeneral(value, 4), formatGeneral(value, 2), formatGeneral(value, 1)]).toEqual([
    four,
    two,
    one,
  ]);
});

test('formatFloat() gives the same float back in every style', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
      (['general', 'sample', 'exponent', 'decimal'] as const).every((style) =>
        Object.is(Number(formatFloat(value, style)), value),
      ),
    ),
  );
});

/** Whole digits and exponent of a positive number, rounded half to even by exact arithmetic. */
function roundExactly(value: number, digits: number): readonly [whole: bigint, exponent: number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const stored = Number(bits >> 52n);
  const mantissa = (bits & ((1n << 52n) - 1n)) | (stored === 0 ? 0n : 1n << 52n);
  const power = BigInt(Math.max(stored, 1) - 1075);
  const exact = power < 0n ? [mantissa, 1n << -power] : [mantissa << power, 1n];
  const [top = 0n, bottom = 1n] = exact;
  let exponent = Number(value.toExponential().split('e')[1]) - digits + 1;
  const [over, under] =
    exponent < 0
      ? [top * 10n ** BigInt(-exponent), bottom]
      : [top, bottom * 10n ** BigInt(exponent)];
  let whole = over / under;
  const rest = 2n * (over % under);
  if (rest > under || (rest === under && whole % 2n === 1n)) whole += 1n;
  if (whole === 10n ** BigInt(digits)) {
    whole /= 10n;
    exponent += 1;
  }
  return [whole, exponent];
}

test('formatGeneral() rounds every float as exact arithmetic does, and drops zeros', () => {
  const positive = fc.oneof(
    fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
    fc.double({ min: 1e-5, max: 1e6, noNaN: true }),
    // Ties, and what looks like one.
    fc
      .tuple(fc.integer({ min: 1, max: 1 << 24 }), fc.integer({ min: 0, max: 20 }))
      .map(([whole, halvings]) => whole / 2 ** halvings),
    fc
      .tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 9 }))
      .map(([whole, tenths]) => Number(`${whole}5e-${tenths}`)),
  );
  fc.assert(
    fc.property(positive, fc.integer({ min: 1, max: 8 }), fc.boolean(), (size, digits, isMinus) => {
      const text = formatGeneral(isMinus ? -size : size, digits);
      const [whole, exponent] = roundExactly(size, digits);
      const power = exponent + digits - 1;
      expect(text.startsWith('-')).toBe(isMinus);
      expect(text.includes('e')).toBe(power < -4 || power >= digits);
      expect(text).not.toMatch(/\.(?:\d*0)?(?:e|$)/u);
      expect(Number(text.slice(isMinus ? 1 : 0))).toBe(Number(`${whole}e${exponent}`));
    }),
    { numRuns: 2_000 },
  );
});

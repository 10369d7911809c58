import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decimalText } from '../../../../collector/src/otlp/translate/decimal.ts';

describe('decimalText()', () => {
  test.for([
    [0, '0'],
    [-0, '-0'],
    [0.005, '0.005'],
    [1e-7, '0.0000001'],
    [-2.5e-9, '-0.0000000025'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
  ] as const)('%d is %s', ([value, expected]) => {
    expect(decimalText(value)).toBe(expected);
  });

  test('reads back as the same number and has no exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = decimalText(value);
        return Object.is(Number(text), value) && !text.includes('e');
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';

import { type AnyValue, anyValueText } from '../../../collector/src/otlp/read/any-value.ts';
import { readMetrics } from '../../../collector/src/otlp/read/read-metrics.ts';
import { plainBatch } from '../../support/otlp/batch-plain.ts';
import { encodeOtlp } from '../../support/otlp/otlp-proto.ts';

describe('anyValueText()', () => {
  test.for<[string, AnyValue, string]>([
    ['text as it is', 'a "b" <c>', 'a "b" <c>'],
    ['nothing', undefined, ''],
    ['a boolean', true, 'true'],
    ['the smallest integer', -(2n ** 63n), '-9223372036854775808'],
    ['a double', 1.5, '1.5'],
    ['a double with an exponent', 1e-7, '1e-7'],
    ['-0', -0, '-0'],
    ['NaN', Number.NaN, 'NaN'],
    ['an infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['bytes', Uint8Array.of(0, 255, 62, 63), 'AP8+Pw=='],
    ['a list', ['a', 1n, 2.5, true, undefined, Uint8Array.of(1)], '["a",1,2.5,true,null,"AQ=="]'],
    [
      'a map, by key',
      new Map<string, AnyValue>([
        ['b', 1n],
        ['a', ['<&>']],
      ]),
      '{"a":["<&>"],"b":1}',
    ],
    ['a line separator in JSON', ['\u2028'], '["\\u2028"]'],
    ['NaN in JSON, which has none', [Number.NaN], ''],
  ])('prints %s', ([, value, expected]) => {
    expect(anyValueText(value)).toBe(expected);
  });
});

describe('readAnyValue()', () => {
  test('refuses values that are nested too deeply', () => {
    let value: object = { stringValue: 'x' };
    for (let depth = 0; depth < 40; depth += 1) value = { arrayValue: { values: [value] } };
    const bytes = encodeOtlp('ExportMetricsServiceRequest', {
      resourceMetrics: [{ resource: { attributes: [{ key: 'k', value }] } }],
    });
    expect(() => plainBatch(readMetrics(bytes))).toThrow('nested so deeply');
  });
});

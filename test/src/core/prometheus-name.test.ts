import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type PromNameSource,
  promLabelName,
  promName,
  promUnit,
  TRANSLATION_STRATEGIES,
} from '@telltale/core';

type NameRow = [PromNameSource['name'], string, PromNameSource['kind'], string];

const ESCAPED_WITH_SUFFIXES: NameRow[] = [
  [
    'gen_ai.client.operation.duration',
    's',
    'histogram',
    'gen_ai_client_operation_duration_seconds',
  ],
  ['gen_ai.client.token.usage', '{token}', 'histogram', 'gen_ai_client_token_usage'],
  ['requests.count', '1', 'counter', 'requests_count_total'],
  ['hw.gpu.utilization', '1', 'gauge', 'hw_gpu_utilization_ratio'],
  ['hw.gpu.memory.usage', 'By', 'updowncounter', 'hw_gpu_memory_usage_bytes'],
  ['net.io', 'By/s', 'gauge', 'net_io_bytes_per_second'],
  ['ml.prediction.value', '1', 'exponential_histogram', 'ml_prediction_value'],
  ['total.requests.total', '{request}', 'counter', 'requests_total'],
  ['ratio.of.hits', '1', 'gauge', 'of_hits_ratio'],
  ['queue.seconds.spent', 's', 'gauge', 'queue_seconds_spent'],
  ['disk.used', 'TiBy', 'gauge', 'disk_used_tibibytes'],
  ['request.rate', '{request}/s', 'gauge', 'request_rate_per_second'],
  ['speed', 'm/s', 'gauge', 'speed_meters_per_second'],
  ['odd', 'foo__bar/{x}', 'gauge', 'odd_foo_bar'],
  ['odd', 'foo_/?', 'gauge', 'odd_foo_'],
  ['odd', ' By / min ', 'gauge', 'odd_bytes_per_min'],
  ['3d.views', '', 'gauge', '_3d_views'],
  ['__a..b--c__', '', 'gauge', 'a_b_c'],
  ['keeps:colons', '', 'summary', 'keeps:colons'],
  ['größe', '', 'gauge', 'gr_e'],
];

const WITHOUT_SUFFIXES: NameRow[] = [
  ['requests.count', 's', 'counter', 'requests_count'],
  ['__a..b--c__', '', 'gauge', '__a_b_c__'],
  ['3d.views', '', 'gauge', '_3d_views'],
  ['_', '', 'gauge', '_'],
];

const UTF8_WITH_SUFFIXES: NameRow[] = [
  ['requests.count', 's', 'counter', 'requests.count_seconds_total'],
  ['requests.total', '', 'counter', 'requests_total'],
  ['hits.ratio', '1', 'gauge', 'hits_ratio'],
  ['net.io_per_second', 'By/s', 'gauge', 'net.io_bytes_per_second'],
  ['time.seconds', 's', 'gauge', 'time.seconds'],
  ['größe', 'm²', 'gauge', 'größe_m²'],
  ['total', '', 'counter', 'total_total'],
  ['many🙂total', '', 'counter', 'many_total'],
];

describe('promName()', () => {
  test.for(ESCAPED_WITH_SUFFIXES)('%s in %s (%s) is %s', ([name, unit, kind, expected]) => {
    expect(promName({ name, unit, kind })).toBe(expected);
  });

  test.for(WITHOUT_SUFFIXES)('%s in %s (%s) is %s without suffixes', ([name, unit, kind, want]) => {
    const strategy = 'UnderscoreEscapingWithoutSuffixes';
    expect(promName({ name, unit, kind, strategy })).toBe(want);
  });

  test.for(UTF8_WITH_SUFFIXES)('%s in %s (%s) is %s unescaped', ([name, unit, kind, want]) => {
    const strategy = 'NoUTF8EscapingWithSuffixes';
    expect(promName({ name, unit, kind, strategy })).toBe(want);
  });

  test('keeps the name as it is under NoTranslation', () => {
    const name = 'a.b c/ü';
    expect(promName({ name, unit: 's', kind: 'counter', strategy: 'NoTranslation' })).toBe(name);
  });

  test.for(['', '...', '___', '-'])('refuses "%s", of which nothing is left', (name) => {
    expect(() => promName({ name, kind: 'gauge' })).toThrow(
      `Cannot name metric "${name}" in Prometheus: no letter, digit or colon is left of it`,
    );
  });

  test('gives only legal Prometheus names when it escapes', () => {
    const kinds = ['counter', 'gauge', 'updowncounter', 'histogram', 'summary'] as const;
    const source = fc.record({
      name: fc.string({ unit: 'binary' }),
      unit: fc.string(),
      kind: fc.constantFrom(...kinds),
      strategy: fc.constantFrom(...TRANSLATION_STRATEGIES.slice(0, 2)),
    });
    fc.assert(
      fc.property(source, (instrument) => {
        try {
          return /^[A-Za-z_:][A-Za-z0-9_:]*$/u.test(promName(instrument));
        } catch (error) {
          return error instanceof RangeError;
        }
      }),
    );
  });
});

describe('promLabelName()', () => {
  test.for([
    ['http.method', 'http_method'],
    ['a..b', 'a__b'],
    ['2fast', 'key_2fast'],
    ['_private', 'key_private'],
    ['__reserved', '__reserved'],
    ['a:b', 'a_b'],
    ['ünï', 'key_n_'],
  ] as const)('%s is %s', ([key, expected]) => {
    expect(promLabelName(key)).toBe(expected);
  });

  test.for([
    ['a..b', 'a_b'],
    ['__a..b__', '__a_b__'],
    ['..a', '_a'],
  ] as const)('%s is %s with both compatibility options off', ([key, expected]) => {
    const options = { preserveMultipleUnderscores: false, underscoreSanitization: false };
    expect(promLabelName(key, options)).toBe(expected);
  });

  test('keeps the key without escaping', () => {
    expect(promLabelName('a.b ü', { strategy: 'NoTranslation' })).toBe('a.b ü');
  });

  test.for(['', '..', '__'])('refuses "%s"', (key) => {
    expect(() => promLabelName(key)).toThrow(
      `Cannot use attribute "${key}" as a Prometheus label: no letter or digit is left of it`,
    );
  });
});

describe('promUnit()', () => {
  test.for([
    ['s', 'seconds'],
    ['By/s', 'bytes_per_second'],
    ['1', ''],
    ['{token}', ''],
    ['/s', 'per_second'],
    ['m²', 'm'],
    ['', ''],
  ] as const)('%s is "%s"', ([unit, expected]) => {
    expect(promUnit(unit)).toBe(expected);
  });

  test('keeps characters without escaping', () => {
    expect(promUnit('m²', 'NoTranslation')).toBe('m²');
  });
});

import { expect, test } from 'vitest';

import { FUNCTION_SIGNATURES } from '../../../collector/src/promql/signatures.ts';

test('FUNCTION_SIGNATURES holds 73 stable and 17 experimental functions', () => {
  const all = [...FUNCTION_SIGNATURES.values()];
  const experimental = all.filter((signature) => signature.isExperimental);
  expect([all.length - experimental.length, experimental.length]).toEqual([73, 17]);
});

test.for<[string, object]>([
  ['time', { args: [], variadic: 0, returns: 'scalar' }],
  ['round', { args: ['vector', 'scalar'], variadic: 1, returns: 'vector' }],
  ['label_join', { args: ['vector', 'string', 'string', 'string'], variadic: -1 }],
  ['quantile_over_time', { args: ['scalar', 'matrix'], returns: 'vector' }],
  ['histogram_quantiles', { variadic: 9, isExperimental: true }],
])('FUNCTION_SIGNATURES describes %s', ([name, signature]) => {
  expect(FUNCTION_SIGNATURES.get(name)).toMatchObject(signature);
});

test('FUNCTION_SIGNATURES knows no names of object members', () => {
  expect(FUNCTION_SIGNATURES.get('constructor')).toBeUndefined();
});

import { expect, test } from 'vitest';

import { Labels } from '../../../collector/src/model/labels.ts';
import { MemorySource } from '../../../collector/src/promql/memory-source.ts';
import { parseHistogramNotation } from '../../../collector/src/promql/notation/histogram.ts';
import { FLAG_HISTOGRAM, FLAG_STALE } from '../../../collector/src/promql/series-source.ts';

const { histogram } = parseHistogramNotation('count:1 sum:1 buckets:[1]');

function createSource(): MemorySource {
  const source = new MemorySource();
  source.append(Labels.of({ __name__: 'a', l: '1' }), [
    { timeMs: 0, value: 1 },
    { timeMs: 20, value: 3 },
    { timeMs: 10, value: 2 },
    { timeMs: 10, value: 99 },
    { timeMs: 30, isStale: true },
  ]);
  source.append(Labels.of({ __name__: 'b' }), [
    { timeMs: 100, histogram, startTimeMs: 50 },
    { timeMs: 110, histogram },
  ]);
  return source;
}

test('MemorySource keeps samples in order of time, the first of two at one time', () => {
  const [series] = createSource().select([{ name: 'l', operator: '=', value: '1' }], 0, 100);
  const columns = series?.columns(5, 30);
  expect({
    times: [...(columns?.times.slice(columns.from, columns.to) ?? [])],
    values: [...(columns?.values.slice(columns.from, columns.to) ?? [])],
    flags: [...(columns?.flags.slice(columns.from, columns.to) ?? [])],
  }).toEqual({ times: [10, 20, 30], values: [2, 3, 0], flags: [0, 0, FLAG_STALE] });
});

test('MemorySource hands out histograms with what it knows of counter resets', () => {
  const [series] = createSource().select([{ name: '__name__', operator: '=', value: 'b' }], 0, 200);
  const columns = series?.columns(0, 200);
  expect({
    flags: [...(columns?.flags ?? [])],
    startTimes: [...(columns?.startTimes ?? [])],
    hints: columns?.histograms?.map((item) => item?.counterResetHint),
  }).toEqual({
    flags: [FLAG_HISTOGRAM, FLAG_HISTOGRAM],
    startTimes: [50, 0],
    hints: ['unknown', 'not_reset'],
  });
});

test.for([
  [[{ name: 'l', operator: '!=', value: '1' }], 0, 200, ['b']],
  [[{ name: 'l', operator: '=~', value: '.+' }], 0, 200, ['a']],
  [[{ name: '__name__', operator: '!~', value: 'a|c' }], 0, 200, ['b']],
  [[], 0, 50, ['a']],
  [[], 31, 99, []],
] as const)('MemorySource selects by %o between %d and %d', ([matchers, from, to, expected]) => {
  const names = createSource()
    .select(matchers, from, to)
    .map(({ labels }) => labels.metricName);
  expect(names).toEqual(expected);
});

test('MemorySource is empty after clear()', () => {
  const source = createSource();
  source.clear();
  expect(source.select([], -Infinity, Infinity)).toEqual([]);
});

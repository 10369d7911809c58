import { expect, test } from 'vitest';

import { Labels } from '../../../collector/src/model/labels.ts';
import {
  areAlertsEqual,
  areSamplesEqual,
  sortAlerts,
  sortSamples,
} from '../../../collector/src/rules/unit-test/compare.ts';

function sample(value: number, name = 'a'): { labels: Labels; value: number } {
  return { labels: Labels.of({ name }), value };
}

// Two values, then: equal, and equal when compared fuzzily.
test.for<[number, number, boolean, boolean]>([
  [1, 1, true, true],
  [0.3, 0.1 + 0.2, false, true],
  [0.1 + 0.2, 0.3, false, true],
  [1, 1 + 2 * Number.EPSILON, false, false],
  [0, -0, true, true],
  [0, Number.MIN_VALUE, false, true],
  [-0, -Number.MIN_VALUE, false, true],
  [-Number.MIN_VALUE, Number.MIN_VALUE, false, false],
  [Number.NaN, Number.NaN, false, false],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true, true],
  [Number.MAX_VALUE, Number.POSITIVE_INFINITY, false, true],
])('areSamplesEqual() of %d and %d', ([left, right, isEqual, isFuzzilyEqual]) => {
  expect(areSamplesEqual([sample(left)], [sample(right)], false)).toBe(isEqual);
  expect(areSamplesEqual([sample(left)], [sample(right)], true)).toBe(isFuzzilyEqual);
});

test('areSamplesEqual() compares labels and counts', () => {
  expect(areSamplesEqual([sample(1, 'a')], [sample(1, 'b')], false)).toBe(false);
  expect(areSamplesEqual([sample(1)], [], false)).toBe(false);
  const [first] = sortSamples([sample(2, 'b'), sample(1, 'a')]);
  expect(first?.value).toBe(1);
});

test('areAlertsEqual() does not mind the order of labels, and minds annotations', () => {
  const left = [{ labels: { a: '1', b: '2' }, annotations: { x: 'y' } }];
  const right = [{ labels: { b: '2', a: '1' }, annotations: { x: 'y' } }];
  expect(areAlertsEqual(left, right)).toBe(true);
  expect(areAlertsEqual(left, [{ labels: { a: '1', b: '2' }, annotations: {} }])).toBe(false);
  const sorted = sortAlerts([
    { labels: { a: '2' }, annotations: {} },
    { labels: { a: '1' }, annotations: { x: '2' } },
    { labels: { a: '1' }, annotations: { x: '1' } },
  ]);
  expect(sorted.map(({ labels, annotations }) => [labels['a'], annotations['x']])).toEqual([
    ['1', '1'],
    ['1', '2'],
    ['2', undefined],
  ]);
});

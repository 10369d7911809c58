import { expect, test } from 'vitest';

import { NO_SHIFT, type Shift, shiftedRows } from '../../../examples/phishing/shift.ts';
import { FEATURES, type Row } from '../../../examples/phishing/training/dataset.ts';

/** Rows whose features are all 0, 0.5, 1, 0 and so on. */
function* rows(): Generator<Row, never> {
  for (let index = 0; ; index += 1) {
    yield { features: FEATURES.map(() => (index % 3) / 2), label: 0 };
  }
}

const firstColumn = (shift: Shift, count: number): (number | undefined)[] => {
  const shifted = shiftedRows(rows(), () => shift);
  return Array.from({ length: count }, () => shifted.next().value.features[0]);
};

const [feature] = FEATURES;

test.for<readonly [string, Shift, readonly number[]]>([
  ['nothing', NO_SHIFT, [0, 0.5, 1, 0]],
  ['a filter', { kind: 'filtered', feature, value: 0.5 }, [0.5, 0.5, 0.5, 0.5]],
  ['a broken source', { kind: 'broken', feature, value: 1 }, [1, 1, 1, 1]],
])('%s', ([, shift, expected]) => {
  expect(firstColumn(shift, 4)).toEqual(expected);
});

test('a broken source leaves the other answers as they are', () => {
  const shifted = shiftedRows(rows(), () => ({ kind: 'broken', feature, value: 1 }));
  expect(shifted.next().value.features).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('the shift is asked for again at each row', () => {
  let shift: Shift = NO_SHIFT;
  const shifted = shiftedRows(rows(), () => shift);
  expect(shifted.next().value.features[0]).toBe(0);
  shift = { kind: 'filtered', feature, value: 0 };
  expect(shifted.next().value.features[0]).toBe(0);
});

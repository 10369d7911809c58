import { expect, test } from 'vitest';

import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import { readsAbsence } from '../../../collector/src/rules/alert/absence.ts';

test.for<[string, boolean]>([
  ['absent(up)', true],
  ['absent_over_time(up[5m]) == 1', true],
  ['up unless on (job) heartbeat', true],
  ['count(up) < 3', true],
  ['sum(rate(x[5m])) > 1 and absent(y)', true],
  ['sum(up) < 3', false],
  ['rate(x[5m]) > 1 or vector(0)', false],
  ['count_over_time(x[5m]) < 1', false],
])('readsAbsence(%s)', ([text, expected]) => {
  expect(readsAbsence(parseExpr(text))).toBe(expected);
});

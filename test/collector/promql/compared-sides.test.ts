import { expect, test } from 'vitest';

import { comparedSides } from '../../../collector/src/promql/compared-sides.ts';
import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import { printExpr } from '../../../collector/src/promql/printer.ts';

test.for([
  ['x > 0.2', 'x > 0.2'],
  ['rate(x[5m]) / rate(y[5m]) >= 0.05', 'rate(x[5m]) / rate(y[5m]) >= 0.05'],
  ['0.9 > x', 'x < 0.9'],
  ['-5 <= x', 'x >= -5'],
  ['(x > 5) and on (a) y', 'x > 5'],
  ['x != 0 unless y > 3', 'x != 0'],
  ['a >= on (model) b', 'a >= b'],
  ['x > bool 5', undefined],
  ['absent(x)', undefined],
  ['x or y', undefined],
  ['topk(1, x > 3)', undefined],
] as const)('comparedSides() of %s', ([text, wanted]) => {
  const sides = comparedSides(parseExpr(text));
  const found =
    sides && `${printExpr(sides.measured)} ${sides.comparison} ${printExpr(sides.threshold)}`;
  expect(found).toBe(wanted);
});

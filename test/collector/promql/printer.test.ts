import { expect, test } from 'vitest';

import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import { printExpr } from '../../../collector/src/promql/printer.ts';
import { ALL_FEATURES } from '../../support/promql/all-features.ts';

/** Texts of Prometheus' own printer for the same input. */
test.for<[string, string]>([
  ['sum(x{b="2",a="1"})by(job)', 'sum by (job) (x{a="1",b="2"})'],
  ['sum without()(x)', 'sum without () (x)'],
  ['topk(5,x)', 'topk(5, x)'],
  ['COUNT_VALUES("v",x)', 'count_values("v", x)'],
  ['a+ignoring(b)group_right c', 'a + ignoring (b) group_right () c'],
  ['a==bool on()b', 'a == bool on () b'],
  ['a and on("x.y")b', 'a and on ("x.y") b'],
  ['a+fill(1)b', 'a + fill (1) b'],
  ['a+fill_right(-1)b', 'a + fill_right (-1) b'],
  ['a+fill_left(1e6)fill_right(2)b', 'a + fill_left (1e+06) fill_right (2) b'],
  ['{"x"}', '{__name__="x"}'],
  ['{"x.y"="z",a=~"b"}', '{"x.y"="z",a=~"b"}'],
  ['{__name__!="y",a="b"}', '{__name__!="y",a="b"}'],
  ['264491040ms', '3d1h28m11s40ms'],
  ['x[90m]offset-1w', 'x[1h30m] offset -1w'],
  ['x[5m]@1.5', 'x[5m] @ 1.500'],
  ['x offset 5m @ start()', 'x @ start() offset 5m'],
  ['x[5m:]offset 1d', 'x[5m:] offset 1d'],
  ['(x)[5m:30s]@end()', '(x)[5m:30s] @ end()'],
  ['x[step()*2]', 'x[step() * 2]'],
  ['x[(1m+2m)*3]', 'x[(1m + 2m) * 3]'],
  ['x offset -(1m+step())', 'x offset -(1m + step())'],
  ['x[MAX_OF(1m,step())]', 'x[max_of(1m, step())]'],
  ['x[5m]anchored@5', 'x[5m] anchored @ 5.000'],
  ['x smoothed offset 1m', 'x smoothed offset 1m'],
  ['-x^-2', '-x ^ -2'],
  ['1e21', '1000000000000000000000'],
  ['0x10', '16'],
  ['1.50', '1.5'],
  ['INF', '+Inf'],
  ['-5m', '-5m'],
  ['400d', '400d'],
  ["'a\"\\n\\xff'", '"a\\"\\n\\xff"'],
])('printExpr() prints %s as %s', ([expression, printed]) => {
  expect(printExpr(parseExpr(expression, ALL_FEATURES))).toBe(printed);
});

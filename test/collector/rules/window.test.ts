import { expect, test } from 'vitest';

import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import { historyMs } from '../../../collector/src/rules/window.ts';

const MINUTE = 60_000;

// Minutes of history with a lookback of five minutes.
test.for<[string, number]>([
  ['up', 5],
  ['up offset 10m', 15],
  ['up offset -10m', 5],
  ['rate(up[30m])', 30],
  ['rate(up[30m] offset 1h)', 90],
  ['max_over_time(rate(up[5m])[1h:1m])', 65],
  ['max_over_time(up[1h:1m] offset 10m)', 75],
  ['sum by (job) (rate(a[5m])) / ignoring (x) b offset 20m', 25],
  ['-(1 + a)', 5],
  ['topk(3, rate(a[7m]))', 7],
  ['vector(1)', 0],
  ['"text"', 0],
])('historyMs(%s) is %i minutes', ([text, minutes]) => {
  expect(historyMs(parseExpr(text), 5 * MINUTE)).toBe(minutes * MINUTE);
});

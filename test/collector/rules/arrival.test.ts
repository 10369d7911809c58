import { expect, test } from 'vitest';

import { arrivalInputs, arrivalMode } from '../../../collector/src/rules/arrival.ts';
import type { Rule } from '../../../collector/src/rules/rule.ts';
import { groupsOf } from './timeline.ts';

function ruleOf(expr: string, extra = ''): Rule {
  const [group] = groupsOf(`groups:
- name: g
  rules:
  - alert: A
    expr: ${JSON.stringify(expr)}
${extra}`);
  const [rule] = group?.rules ?? [];
  if (rule === undefined) throw new Error('Expected one rule');
  return rule;
}

const WRITTEN = new Set(['job:errors:rate5m']);

test.for([
  ['alone', 'queue > 10'],
  ['alone', '10 < queue'],
  ['alone', 'abs(queue - 5) * 2 > (3 + 4)'],
  ['alone', '-queue{a="b"} < bool 4'],
  ['alone', 'rate(errors_total[1m]) > 1'],
  ['alone', 'round(quantile_over_time(0.9, latency[1m]), 5) > 1'],
  ['alone', '{__name__="queue"} > 10'],
  ['together', 'a - b > 10'],
  ['together', 'a - a > 10'],
  ['together', 'sum(queue) > 10'],
  ['together', 'histogram_quantile(0.9, rate(latency_bucket[1m])) > 1'],
  ['together', 'a unless on () b'],
  ['together', 'b > scalar(a) or c'],
  ['never', 'absent(queue)'],
  ['never', 'absent_over_time(queue[1m])'],
  ['never', 'time() - queue > 10'],
  ['never', 'timestamp(queue) > 10'],
  ['never', 'queue > 10 and on () hour() > 8'],
  ['never', 'queue offset 1m > 10'],
  ['never', 'rate(errors_total[1m] offset 5s) > 10'],
  ['never', 'queue @ 100 > 10'],
  ['never', 'max_over_time(queue[1m:10s]) > 10'],
  ['never', 'job:errors:rate5m > 10'],
  ['never', 'errors - job:errors:rate5m > 10'],
  ['never', 'ALERTS{alertstate="firing"}'],
  ['never', 'count(ALERTS_FOR_STATE) > 3'],
  ['never', '{job="api"} > 10'],
  ['never', '{__name__=~"job:.*"} > 10'],
  ['never', 'vector(1) > 0'],
] as const)('is evaluated %s on arrival: %s', ([mode, expr]) => {
  expect(arrivalMode(ruleOf(expr), WRITTEN)).toBe(mode);
});

test('a rule with `for` is evaluated at slots only', () => {
  expect(arrivalMode(ruleOf('queue > 10', '    for: 1s\n'), WRITTEN)).toBe('never');
  expect(arrivalMode(ruleOf('queue > 10', '    keep_firing_for: 1m\n'), WRITTEN)).toBe('alone');
});

test('arrivalInputs() lists each selector once, with how far back it reads', () => {
  const name = (value: string) => [{ name: '__name__', operator: '=', value }];
  expect(arrivalInputs(ruleOf('sum(rate(a[2m])) / b > 1'), 300_000)).toEqual([
    { matchers: name('a'), windowMs: 120_000, isRange: true },
    { matchers: name('b'), windowMs: 300_000, isRange: false },
  ]);
});

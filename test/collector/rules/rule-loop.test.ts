import { expect, test } from 'vitest';

import { findRuleLoops } from '../../../collector/src/rules/rule-loop.ts';
import { group, groupsOf } from './timeline.ts';

function loopsOf(...rules: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return findRuleLoops(groupsOf(group(...rules)).flatMap((definition) => definition.rules));
}

test('findRuleLoops() finds nothing where rules only follow each other', () => {
  expect(
    loopsOf(['record: a', 'expr: up'], ['record: b', 'expr: a + a'], ['alert: C', 'expr: b > 1']),
  ).toEqual([]);
});

test('findRuleLoops() finds a rule that reads itself', () => {
  expect(loopsOf(['record: a', 'expr: a offset 1m or up'])).toEqual([['a']]);
});

test('findRuleLoops() finds rules that read each other, wherever the name stands', () => {
  const loops = loopsOf(
    ['record: a', 'expr: sum by (x) (rate(c[5m]))'],
    ['record: b', 'expr: \'{__name__="a"}\''],
    ['record: c', 'expr: topk(scalar(b), up)'],
  );
  expect(loops).toEqual([['a', 'c', 'b']]);
});

test('findRuleLoops() finds an alert on alerts', () => {
  const [first] = loopsOf(['alert: A', 'expr: ALERTS{alertstate="firing"}']);
  expect(first).toEqual(['ALERTS']);
});

test('findRuleLoops() walks a chain of 10,000 rules', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) => {
    return [`record: r${index}`, `expr: r${(index + 1) % 10_000}`];
  });
  expect(loopsOf(...rules).map((loop) => loop.length)).toEqual([10_000]);
});

import { expect, test } from 'vitest';

import type { Expr, VectorSelector } from '../../../collector/src/promql/ast.ts';
import { selectorHistories } from '../../../collector/src/storage/selector-needs.ts';

const position = { start: 0, end: 0 };
const MINUTE = 60_000;

function selector(name: string, offset = 0): VectorSelector {
  const matchers = [{ name: '__name__', operator: '=', value: name } as const];
  return { kind: 'vectorSelector', name, matchers, offset, position };
}

function call(...args: Expr[]): Expr {
  return { kind: 'call', function: 'f', args, position };
}

const cases: readonly { name: string; expr: Expr; expected: [string, number][] }[] = [
  { name: 'an instant selector', expr: selector('a'), expected: [['a', 5]] },
  { name: 'an offset', expr: selector('a', 10 * MINUTE), expected: [['a', 15]] },
  { name: 'an offset into the future', expr: selector('a', -10 * MINUTE), expected: [['a', 0]] },
  {
    name: 'a range inside a call',
    expr: call({
      kind: 'matrixSelector',
      selector: selector('a', MINUTE),
      range: MINUTE,
      position,
    }),
    expected: [['a', 7]],
  },
  {
    name: 'a subquery with an offset',
    expr: call({
      kind: 'subquery',
      expr: call({ kind: 'matrixSelector', selector: selector('a'), range: MINUTE, position }),
      range: 30 * MINUTE,
      offset: 2 * MINUTE,
      position,
    }),
    expected: [['a', 38]],
  },
  {
    name: 'both sides of an operator, and the parameter of an aggregation',
    expr: {
      kind: 'binary',
      operator: '+',
      left: { kind: 'paren', expr: selector('a'), position },
      right: {
        kind: 'aggregation',
        operator: 'topk',
        expr: { kind: 'unary', operator: '-', expr: selector('b'), position },
        parameter: call(selector('c')),
        grouping: [],
        isWithout: false,
        position,
      },
      returnBool: false,
      position,
    },
    expected: [
      ['a', 5],
      ['b', 5],
      ['c', 5],
    ],
  },
  {
    name: 'a fixed time, whose age is unknown',
    expr: { ...selector('a'), at: { kind: 'timestamp', timestampMs: 1 } },
    expected: [['a', 65]],
  },
];

test.for(cases)('selectorHistories() sees $name', ({ expr, expected }) => {
  const found = selectorHistories(expr, { lookbackMs: 5 * MINUTE, unknownMs: 60 * MINUTE });
  expect(found.map(({ matchers, historyMs }) => [matchers[0]?.value, historyMs / MINUTE])).toEqual(
    expected,
  );
});

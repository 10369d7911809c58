import { describe, expect, test } from 'vitest';

import type { Expr } from '../../../../collector/src/promql/ast.ts';
import { PromqlError } from '../../../../collector/src/promql/error.ts';
import { DEFAULT_FEATURES, FEATURE_NAMES } from '../../../../collector/src/promql/features.ts';
import { parseExpr, parseMetricSelector } from '../../../../collector/src/promql/parser/parse.ts';
import { ALL_FEATURES } from '../../../support/promql/all-features.ts';
import { PARSE_ERRORS } from './parse-errors.ts';

function errorOf(parse: () => unknown): PromqlError {
  try {
    parse();
  } catch (error) {
    if (PromqlError.is(error)) return error;
    throw error;
  }
  throw new Error('the expression parses');
}

function up(start: number, more: object = {}): object {
  const matchers = [{ name: '__name__', operator: '=', value: 'up' }];
  const position = { start, end: start + 2 };
  return { kind: 'vectorSelector', name: 'up', matchers, offset: 0, position, ...more };
}

function number(value: number, start: number, end: number): object {
  return { kind: 'number', value, position: { start, end } };
}

describe('parseExpr()', () => {
  test.for(PARSE_ERRORS)('refuses %j as upstream: %s', ([expression, text]) => {
    const { message } = errorOf(() => parseExpr(expression, ALL_FEATURES));
    expect(message.replace('parse error: ', '')).toBe(text);
  });

  test.for<[string, object]>([
    ['up', up(0)],
    ['up offset -1.5', up(0, { offset: -1500, position: { start: 0, end: 14 } })],
    [
      'up @ 1.5',
      up(0, { at: { kind: 'timestamp', timestampMs: 1500 }, position: { start: 0, end: 8 } }),
    ],
    ['up @ END()', up(0, { at: { kind: 'end' }, position: { start: 0, end: 10 } })],
    [
      'up[1h30m] offset 5m',
      {
        kind: 'matrixSelector',
        selector: up(0, { offset: 300_000 }),
        range: 5_400_000,
        position: { start: 0, end: 19 },
      },
    ],
    [
      'up[5m:]',
      { kind: 'subquery', expr: up(0), range: 300_000, offset: 0, position: { start: 0, end: 7 } },
    ],
    [
      'up[5m:10]',
      {
        kind: 'subquery',
        expr: up(0),
        range: 300_000,
        step: 10_000,
        offset: 0,
        position: { start: 0, end: 9 },
      },
    ],
    [
      'up[2 * step()]',
      {
        kind: 'matrixSelector',
        selector: up(0),
        range: {
          kind: 'binary',
          operator: '*',
          left: number(2, 3, 4),
          right: { kind: 'durationOperand', name: 'step', position: { start: 7, end: 13 } },
          returnBool: false,
          position: { start: 3, end: 13 },
        },
        position: { start: 0, end: 14 },
      },
    ],
    [
      'Sum(up) BY (job, bool,)',
      {
        kind: 'aggregation',
        operator: 'sum',
        expr: up(4),
        grouping: ['job', 'bool'],
        isWithout: false,
        position: { start: 0, end: 23 },
      },
    ],
    [
      'topk without () (2, up)',
      {
        kind: 'aggregation',
        operator: 'topk',
        expr: up(20),
        parameter: number(2, 17, 18),
        grouping: [],
        isWithout: true,
        position: { start: 0, end: 23 },
      },
    ],
    [
      '-2 ^ 3',
      {
        kind: 'unary',
        operator: '-',
        expr: {
          kind: 'binary',
          operator: '^',
          left: number(2, 1, 2),
          right: number(3, 5, 6),
          returnBool: false,
          position: { start: 1, end: 6 },
        },
        position: { start: 0, end: 6 },
      },
    ],
    [
      'up > bool on ("a.b") group_left (c) up',
      {
        kind: 'binary',
        operator: '>',
        left: up(0),
        right: up(36),
        returnBool: true,
        position: { start: 0, end: 38 },
        matching: { cardinality: 'many-to-one', labels: ['a.b'], isOn: true, include: ['c'] },
      },
    ],
    [
      'up unless up',
      {
        kind: 'binary',
        operator: 'unless',
        left: up(0),
        right: up(10),
        returnBool: false,
        position: { start: 0, end: 12 },
        matching: { cardinality: 'many-to-many', labels: [], isOn: false, include: [] },
      },
    ],
    [
      '{"a.b", "l.x"=~"y", z!=`\\`}',
      {
        kind: 'vectorSelector',
        name: '',
        matchers: [
          { name: '__name__', operator: '=', value: 'a.b' },
          { name: 'l.x', operator: '=~', value: 'y' },
          { name: 'z', operator: '!=', value: '\\' },
        ],
        offset: 0,
        position: { start: 0, end: 27 },
      },
    ],
    ['"é" # a comment', { kind: 'string', value: 'é', position: { start: 0, end: 4 } }],
  ])('reads %s', ([expression, tree]) => {
    expect(parseExpr(expression, ALL_FEATURES)).toEqual(tree as Expr);
  });

  test.for<[string, number]>([
    ['0x1F', 31],
    ['0755', 493],
    ['089', 89],
    ['1_000.5', 1000.5],
    ['5.', 5],
    ['.5e-1', 0.05],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-nan', Number.NaN],
    ['1h30m', 5400],
    ['-1ms', -0.001],
    ['9223372036854775807', 2 ** 63],
    ['1y2w3d4h5m6s7ms', 31_536_000 + 14 * 86_400 + 3 * 86_400 + 4 * 3600 + 306 + 0.007],
  ])('reads the number %s', ([expression, value]) => {
    expect(parseExpr(expression)).toMatchObject({ kind: 'number', value });
  });

  test.for<[string, string]>([
    ['"\\a\\n\\"\\\\"', '\u0007\n"\\'],
    ["'\\'\"'", '\'"'],
    ['`\\n`', '\\n'],
    ['"\\xc3\\xa9\\303\\251\\u00e9\\U0001F600"', 'ééé😀'],
    ['"a\\xc5z\\xff"', 'a\udcc5z\udcff'],
    ['"\\xed\\xa0\\x80"', '\udced\udca0\udc80'],
  ])('reads the string %s', ([expression, value]) => {
    expect(parseExpr(expression)).toMatchObject({ kind: 'string', value });
  });

  test('takes keywords as names of metrics and labels', () => {
    const names =
      'sum avg by without and or unless offset start end step range fill anchored max_of';
    const read = names.split(' ').map((name) => {
      const expr = parseExpr(`${name}{${name}="x"} + on (${name === 'without' ? 'by' : name}) up`);
      return expr.kind === 'binary' && expr.left.kind === 'vectorSelector' && expr.left.name;
    });
    expect(read).toEqual(names.split(' '));
  });

  test.for<[string, keyof typeof FEATURE_NAMES, number, number]>([
    ['info(up)', 'experimentalFunctions', 0, 4],
    ['1 + limitk(1, up)', 'experimentalFunctions', 4, 17],
    ['up[5m] smoothed', 'extendedRangeSelectors', 0, 6],
    ['up + fill (0) up', 'fillModifiers', 0, 16],
    ['up[1m + 1m]', 'durationExpressions', 3, 5],
    ['up offset -step()', 'durationExpressions', 10, 17],
  ])('refuses %s without %s and names the switch', ([expression, feature, start, end]) => {
    const features = { ...ALL_FEATURES, [feature]: false };
    const error = errorOf(() => parseExpr(expression, features));
    const { code, message } = error;
    expect({ code, start: error.start, end: error.end }).toEqual({
      code: 'PROMQL_FEATURE_OFF',
      start,
      end,
    });
    expect(message).toContain(`the feature ${FEATURE_NAMES[feature]} switches it on`);
  });

  test.for(['up offset NaN', 'up offset -nan', 'up offset Inf'])('refuses %s', (text) => {
    expect(errorOf(() => parseExpr(text)).reason).toBe('duration out of range');
  });

  test('needs no switch for duration expressions, as Prometheus 3.14', () => {
    expect(DEFAULT_FEATURES.durationExpressions).toBe(true);
    expect(parseExpr('up[1m * 2]').kind).toBe('matrixSelector');
  });

  test.for<[string, string]>([
    ['parentheses', `${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
    ['signs', `${'-'.repeat(10_000)}1`],
    ['operators', Array(10_000).fill('1').join(' + ')],
    ['subqueries', `up${'[5m:1m]'.repeat(10_000)}`],
    ['durations', `up[${'('.repeat(10_000)}`],
    ['arguments', 'abs('.repeat(10_000)],
  ])('refuses 10,000 nested %s with a clear error', ([, expression]) => {
    const { code, reason } = errorOf(() => parseExpr(expression));
    expect({ code, reason }).toEqual({
      code: 'PROMQL_LIMIT',
      reason:
        'expression nests too deeply: at most 150 nested brackets or 600 operators in a chain',
    });
  });

  test('takes 140 nested brackets and 590 chained operators', () => {
    expect(parseExpr(`${'abs('.repeat(140)}up${')'.repeat(140)}`).kind).toBe('call');
    expect(parseExpr(Array(590).fill('up').join(' or ')).kind).toBe('binary');
  });

  test.for<[string, string]>([
    ['a string', `"${'é'.repeat(500_000)}"`],
    ['matchers', `up{${'a="b",'.repeat(160_000)}}`],
    ['an alternation', `up{a=~"${'x|'.repeat(500_000)}"}`],
    ['comments', `${'# a\n'.repeat(250_000)}1`],
    ['labels', `sum by (${'a,'.repeat(500_000)}) (up)`],
  ])('reads a megabyte of %s in bounded time', ([, expression]) => {
    const start = performance.now();
    parseExpr(expression);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('parseMetricSelector()', () => {
  test('gives the matchers of a selector, also of one that matches everything', () => {
    expect(parseMetricSelector('up{a!="b"}')).toEqual([
      { name: 'a', operator: '!=', value: 'b' },
      { name: '__name__', operator: '=', value: 'up' },
    ]);
    expect(parseMetricSelector('{}')).toEqual([]);
  });

  test.for<[string, string]>([
    ['up[5m]', '1:3: parse error: unexpected "["'],
    ['up + up', '1:4: parse error: unexpected <op:+>'],
    ['', 'unknown position: parse error: unexpected end of input'],
  ])('refuses %j', ([selector, message]) => {
    expect(errorOf(() => parseMetricSelector(selector)).message).toBe(message);
  });
});

import fc from 'fast-check';

import type {
  AtModifier,
  BinaryOperator,
  Expr,
  LabelMatcher,
  Position,
  VectorMatching,
  VectorSelector,
} from '../../../../collector/src/promql/ast.ts';

const position: Position = { start: 0, end: 0 };

const name = fc.constantFrom('up', 'a:b', 'sum', 'offset', 'fill', 'start', 'x_1');
const label = fc.constantFrom('job', 'by', 'le', 'a.b', 'ünit', '__name__x');
const text = fc.oneof(
  fc
    .string({ unit: 'binary', maxLength: 6 })
    .filter((value) => !/\p{Surrogate}/u.test(value) && !value.includes('\ufffd')),
  fc.constantFrom('"\\\n', "'", '`', '\udcff', 'a\udc80é', '\u0000'),
);
const durationMs = fc.integer({ min: 1, max: 1e9 });

const matcher: fc.Arbitrary<LabelMatcher> = fc.oneof(
  fc.record({ name: label, operator: fc.constantFrom('=', '!='), value: text }),
  fc.record({
    name: label,
    operator: fc.constantFrom('=~', '!~'),
    value: fc.constantFrom('a.*', '(b|c)+', ''),
  }),
);

const at: fc.Arbitrary<AtModifier> = fc.oneof(
  fc.record({
    kind: fc.constant('timestamp' as const),
    timestampMs: fc.integer({ min: -1e12, max: 1e12 }),
  }),
  fc.record({ kind: fc.constantFrom('start' as const, 'end' as const) }),
);

function time(): fc.Arbitrary<{ offset: number; at?: AtModifier }> {
  return fc
    .tuple(fc.oneof(fc.constant(0), fc.integer({ min: -1e8, max: 1e8 })), fc.option(at))
    .map(([offset, pinned]) => (pinned === null ? { offset } : { offset, at: pinned }));
}

function vectorSelector(): fc.Arbitrary<VectorSelector> {
  return fc
    .tuple(name, fc.array(matcher, { maxLength: 3 }), time())
    .map(([metric, others, modifiers]) => ({
      kind: 'vectorSelector',
      name: metric,
      matchers: [...others, { name: '__name__', operator: '=', value: metric }],
      ...modifiers,
      position,
    }));
}

const matching: fc.Arbitrary<VectorMatching> = fc.record({
  cardinality: fc.constant('one-to-one'),
  labels: fc.uniqueArray(label, { maxLength: 2 }),
  isOn: fc.boolean(),
  include: fc.constant([]),
});

const operator: fc.Arbitrary<BinaryOperator> = fc.constantFrom(
  ...([
    '+',
    '-',
    '*',
    '/',
    '%',
    '^',
    'atan2',
    '==',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    '</',
    '>/',
  ] as const),
);

/** A well-typed instant-vector expression whose operands stand in parentheses. */
export const vectorExpr: fc.Arbitrary<Expr> = fc.letrec<{
  vector: Expr;
  scalar: Expr;
  matrix: Expr;
}>((tie) => ({
  vector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    vectorSelector(),
    fc.record({ kind: fc.constant('paren'), expr: tie('vector'), position: fc.constant(position) }),
    fc.record({
      kind: fc.constant('aggregation'),
      operator: fc.constantFrom('sum', 'group', 'stdvar'),
      expr: tie('vector'),
      grouping: fc.uniqueArray(label, { maxLength: 2 }),
      isWithout: fc.boolean(),
      position: fc.constant(position),
    }),
    fc.record({
      kind: fc.constant('aggregation'),
      operator: fc.constantFrom('topk', 'quantile'),
      expr: tie('vector'),
      parameter: tie('scalar'),
      grouping: fc.constant([]),
      isWithout: fc.boolean(),
      position: fc.constant(position),
    }),
    call('rate', tie('matrix')),
    call('abs', tie('vector')),
    call('clamp_min', tie('vector'), tie('scalar')),
    fc
      .record({
        kind: fc.constant('binary'),
        operator,
        left: parenthesized(tie('vector')),
        right: parenthesized(tie('vector')),
        returnBool: fc.boolean(),
        position: fc.constant(position),
        matching,
      })
      .map((expr) => ({
        ...expr,
        returnBool: expr.returnBool && /[=<>]$/u.test(expr.operator) && expr.operator !== '>/',
      })),
    fc.record({
      kind: fc.constant('unary'),
      operator: fc.constantFrom('+', '-'),
      expr: parenthesized(tie('vector')),
      position: fc.constant(position),
    }),
  ) as fc.Arbitrary<Expr>,
  scalar: fc.oneof(
    { depthSize: 'small' },
    fc.double().map((value): Expr => ({ kind: 'number', value, position })),
    durationMs.map(
      (ms): Expr => ({ kind: 'number', value: seconds(ms), isDuration: true, position }),
    ),
    call('scalar', tie('vector')),
  ),
  matrix: fc.oneof(
    fc
      .tuple(vectorSelector(), durationMs)
      .map(([selector, range]): Expr => ({ kind: 'matrixSelector', selector, range, position })),
    fc.tuple(parenthesized(tie('vector')), durationMs, fc.option(durationMs), time()).map(
      ([expr, range, step, modifiers]): Expr => ({
        kind: 'subquery',
        expr,
        range,
        ...(step === null ? {} : { step }),
        ...modifiers,
        position,
      }),
    ),
  ),
})).vector;

function seconds(ms: number): number {
  return Math.trunc(ms / 1000) + ((ms % 1000) * 1e6) / 1e9;
}

function parenthesized(inner: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  return inner.map((expr): Expr => ({ kind: 'paren', expr, position }));
}

function call(functionName: string, ...args: fc.Arbitrary<Expr>[]): fc.Arbitrary<Expr> {
  return fc
    .tuple(...args)
    .map((values): Expr => ({ kind: 'call', function: functionName, args: values, position }));
}

/** The tree without positions, which printing does not keep, and with matchers in one order. */
export function withoutPositions(expr: unknown): unknown {
  return JSON.parse(
    JSON.stringify(expr, (key, value: unknown) => {
      if (key === 'position') return undefined;
      if (key === 'matchers' && Array.isArray(value)) {
        return value.map((entry) => JSON.stringify(entry)).sort();
      }
      return typeof value === 'number' && !(Number.isFinite(value) && value !== 0)
        ? `number ${Object.is(value, -0) ? '-0' : value}`
        : value;
    }),
  );
}

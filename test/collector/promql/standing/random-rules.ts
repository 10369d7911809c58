import fc from 'fast-check';

const selector = fc.constantFrom(
  'c_total',
  'c_total{a="1"}',
  'g',
  'g{b!="2"}',
  'g{a=~"1|2"}',
  'b_bucket',
  'nothing',
  '{__name__=~"c_total|g"}',
  'g offset 20s',
  'c_total @ end()',
);

const rangeFunction = fc.constantFrom(
  ...(
    'rate increase delta irate idelta deriv resets changes avg_over_time count_over_time ' +
    'max_over_time min_over_time sum_over_time last_over_time first_over_time present_over_time ' +
    'absent_over_time stddev_over_time stdvar_over_time'
  ).split(' '),
);

const range = fc.constantFrom('15s', '40s', '1m', '2m');
const grouping = fc.constantFrom('', ' by (a)', ' by (a, b)', ' without (b)', ' by (__name__)');
const matching = fc.constantFrom('', 'on (a) ', 'on (a, b) ', 'ignoring (b) ', 'ignoring (le) ');
const grouped = fc.constantFrom(
  'on (a) group_left () ',
  'on (a) group_left (b) ',
  'on (a) group_right () ',
  'ignoring (b) group_right (c) ',
);
const aggregator = fc.constantFrom(...'sum avg count min max group stddev stdvar'.split(' '));
const arithmetic = fc.constantFrom('+', '-', '*', '/', '%', '^', 'atan2');
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '> bool', '== bool');
const setOperator = fc.constantFrom('and', 'or', 'unless');
const floatFunction = fc.constantFrom('abs', 'ceil', 'exp', 'sgn', 'sqrt', 'round', 'hour', '-');

/** Expressions of the kinds that rules are made of; nearly all of them have a standing form. */
export const ruleExpression: fc.Arbitrary<string> = fc.letrec<{ vector: string; scalar: string }>(
  (tie) => ({
    scalar: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('0', '1', '0.5', '3', 'time() / 1e9', 'NaN'),
      tie('vector').map((vector) => `scalar(${vector})`),
    ),
    vector: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      selector,
      fc.tuple(rangeFunction, selector, range).map(([name, text, length]) => {
        const [metric = '', ...modifiers] = text.split(/(?= offset| @)/u);
        return `${name}(${metric}[${length}]${modifiers.join('')})`;
      }),
      fc
        .tuple(fc.constantFrom('0.5', '0.9', '1'), grouping, range)
        .map(
          ([quantile, , length]) =>
            `histogram_quantile(${quantile}, sum by (le, a) (rate(b_bucket[${length}])))`,
        ),
      fc
        .tuple(aggregator, grouping, tie('vector'))
        .map(([name, clause, vector]) => `${name}${clause} (${vector})`),
      fc
        .tuple(tie('vector'), fc.oneof(arithmetic, comparison), tie('scalar'))
        .map(([vector, operator, scalar]) => `(${vector}) ${operator} ${scalar}`),
      fc
        .tuple(tie('scalar'), comparison, tie('vector'))
        .map(([scalar, operator, vector]) => `${scalar} ${operator} (${vector})`),
      fc
        .tuple(tie('vector'), fc.oneof(arithmetic, comparison), matching, tie('vector'))
        .map(([left, operator, clause, right]) => `(${left}) ${operator} ${clause}(${right})`),
      fc
        .tuple(tie('vector'), arithmetic, grouped, tie('vector'))
        .map(([left, operator, clause, right]) => `(${left}) ${operator} ${clause}(${right})`),
      fc
        .tuple(tie('vector'), setOperator, matching, tie('vector'))
        .map(([left, operator, clause, right]) => `(${left}) ${operator} ${clause}(${right})`),
      fc.tuple(floatFunction, tie('vector')).map(([name, vector]) => `${name}(${vector})`),
      tie('vector').map((vector) => `absent(${vector})`),
      tie('vector').map((vector) => `histogram_quantile(0.9, ${vector})`),
      tie('vector').map((vector) => `clamp((${vector}), 0, 5)`),
      // Made small: a variance of seconds since 1970 depends on the order of the series.
      fc.oneof(selector, tie('vector')).map((vector) => `(timestamp(${vector}) - 1.7e9)`),
      fc
        .tuple(
          tie('vector'),
          fc.constantFrom('a', 'd', '__name__'),
          fc.constantFrom('"x$1", "b", "(.*)"', '"y", "a", "1|2"', '"", "c", ".*"'),
        )
        .map(([vector, target, rest]) => `label_replace((${vector}), "${target}", ${rest})`),
      tie('vector').map((vector) => `label_join((${vector}), "d", "-", "a", "b")`),
    ),
  }),
).vector;

/** What may happen to the store between two evaluations. */
export type Happening =
  | {
      readonly kind: 'sample';
      readonly series: number;
      readonly value: number;
      readonly lagMs: number;
    }
  | { readonly kind: 'started'; readonly series: number; readonly value: number }
  | { readonly kind: 'histogram'; readonly series: number; readonly value: number }
  | { readonly kind: 'stale'; readonly series: number }
  | { readonly kind: 'advance'; readonly stepMs: number }
  | { readonly kind: 'silence'; readonly stepMs: number };

const value = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 50 }) },
  { weight: 3, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e300, -0) },
);

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('sample'),
      series: fc.nat(23),
      value,
      // Most samples are new; some arrive behind others.
      lagMs: fc.oneof(
        { weight: 8, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stale'), series: fc.nat(23) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('started'), series: fc.nat(3), value }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('histogram'), series: fc.nat(23), value }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('advance'),
      stepMs: fc.integer({ min: 1, max: 20_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('silence'),
      stepMs: fc.integer({ min: 60_000, max: 400_000 }),
    }),
  },
);

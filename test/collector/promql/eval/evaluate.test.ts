import fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatFloat } from '../../../../collector/src/model/format-float.ts';
import { formatHistogramNotation } from '../../../../collector/src/model/histogram/format.ts';
import { formatLabels } from '../../../../collector/src/model/labels-format.ts';
import { formatAnnotation } from '../../../../collector/src/promql/annotations.ts';
import { evaluateInstant } from '../../../../collector/src/promql/eval/evaluate.ts';
import type { EvaluationOptions } from '../../../../collector/src/promql/eval/options.ts';
import type { EvaluationResult, Point } from '../../../../collector/src/promql/eval/values.ts';
import type { PromqlFeatures } from '../../../../collector/src/promql/features.ts';
import { DEFAULT_FEATURES } from '../../../../collector/src/promql/features.ts';
import { MemorySource } from '../../../../collector/src/promql/memory-source.ts';
import { parseExpr } from '../../../../collector/src/promql/parser/parse.ts';
import { ALL_FEATURES } from '../../../support/promql/all-features.ts';
import { evaluateRange } from '../../../support/promql/evaluate-range.ts';
import { parseScript } from '../../../support/promqltest/script.ts';
import { load } from '../../../support/promqltest/storage.ts';

function createSource(...lines: readonly string[]): MemorySource {
  const source = new MemorySource();
  for (const command of parseScript(['load 30s', ...lines].join('\n'))) {
    if (command.kind === 'load') load(source, command);
  }
  return source;
}

const MINUTE_MS = 60_000;

const SOURCE = createSource(
  'c_total{a="1", b="x"} 0 4 8 8 _ 2 5 9 12 stale 1 3 6 6 6 10',
  'c_total{a="1", b="y"} 5 5 7 9 11 13 15 _ _ 21 22 0 1 2 3 4',
  'c_total{a="2", b="x"} 0+3x15',
  'g{a="1", b="x"} 1 NaN -3 4.5 Inf 2 0 -1 8 9 -Inf 3 3 3 _ 5',
  'g{a="2", b="x"} 10-1.5x15',
  'g{a="3", b="y"} _x6 1 2 3 stale _x2 4 5 6 7',
  'k_bucket{a="1", le="1"} 0+1x15',
  'k_bucket{a="1", le="5"} 0+3x15',
  'k_bucket{a="1", le="+Inf"} 0+4x15',
  'h{a="1"} {{schema:0 count:5 sum:7 z_bucket:1 z_bucket_w:0.001 buckets:[1 2 1]}}+{{count:4 sum:5 z_bucket:1 buckets:[1 1 1]}}x15',
  'h{a="2"} {{schema:1 count:5 sum:7 z_bucket:1 z_bucket_w:0.001 buckets:[1 2 1]}}x5 {{schema:1 count:2 sum:1 buckets:[2]}}x8',
  'n{a="1"} {{schema:-53 count:5 sum:7 custom_values:[1 5] buckets:[1 2 2]}}+{{schema:-53 count:1 sum:2 custom_values:[1 5] buckets:[0 1]}}x15',
);

interface Setting extends Partial<EvaluationOptions> {
  readonly source?: MemorySource;
}

function evaluate(text: string, timeMs: number, setting: Setting = {}): EvaluationResult {
  const { source = SOURCE, ...options } = setting;
  const expr = parseExpr(text, { ...ALL_FEATURES, ...options.features });
  return evaluateInstant(expr, { source, timeMs, options });
}

function showPoint({ value, histogram }: Point): string {
  return histogram === undefined
    ? formatFloat(value ?? Number.NaN, 'general')
    : formatHistogramNotation(histogram);
}

/** The elements of a vector by their labels; a scalar under the name `scalar`. */
function show(result: EvaluationResult): Record<string, string> {
  const { value } = result;
  if (value.kind === 'scalar') return { scalar: String(value.value) };
  if (value.kind === 'string') return { string: value.value };
  if (value.kind === 'matrix') {
    return Object.fromEntries(
      value.series.map(({ labels, points }) => [
        formatLabels(labels),
        points.map((point) => `${showPoint(point)}@${point.timeMs / 1000}`).join(' '),
      ]),
    );
  }
  return Object.fromEntries(
    value.elements.map((element) => [formatLabels(element.labels), showPoint(element)]),
  );
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
  return 'no error';
}

const EXPRESSIONS = [
  'c_total',
  'c_total offset 1m',
  'g offset -30s',
  'rate(c_total[2m])',
  'increase(c_total[90s])',
  'delta(g[3m])',
  'irate(c_total[2m])',
  'sum by (a) (rate(c_total[2m]))',
  'avg without (b) (g)',
  'quantile(0.7, g)',
  'stddev by (b) (g)',
  'count_values("v", c_total)',
  'topk(2, g)',
  'bottomk by (b) (1, c_total)',
  'c_total + on (a, b) g',
  'c_total / ignoring (b) group_left sum by (a) (c_total)',
  'c_total > bool 5',
  '5 < g',
  'g == g',
  'c_total and on (a) (g > 2)',
  'g or c_total',
  'c_total unless on (a) g',
  '-g ^ 2',
  'abs(g) + time()',
  'scalar(g{a="2"}) * c_total',
  'max_over_time(g[2m])',
  'quantile_over_time(0.4, g[2m])',
  'stddev_over_time(c_total[3m])',
  'deriv(g[3m])',
  'predict_linear(c_total[3m], 60)',
  'changes(g[3m]) + resets(c_total[3m])',
  'max_over_time(rate(c_total[1m])[3m:30s])',
  'sum_over_time(g[2m:45s] offset 30s)',
  'histogram_quantile(0.8, sum by (le) (rate(k_bucket[2m])))',
  'histogram_quantile(0.8, rate(h[2m]))',
  'histogram_fraction(0, 2, h)',
  'histogram_avg(n)',
  'sum(h)',
  'avg_over_time(n[2m])',
  'label_replace(g, "c", "$1", "a", "(.*)")',
  'label_join(g, "c", "-", "a", "b")',
  'absent(g{a="3"})',
  'absent_over_time(g{a="3"}[1m])',
  'timestamp(g)',
  'minute() + hour(c_total)',
  'c_total @ 120',
  'rate(c_total[1m] @ 300) * 2',
  'vector(time()) > 200',
] as const;

test.for(EXPRESSIONS)('evaluateRange() of %s is evaluateInstant() at every step', (text) => {
  const expr = parseExpr(text, ALL_FEATURES);
  const times = { startMs: 0, endMs: 8 * MINUTE_MS, stepMs: 25_000 };
  const range = evaluateRange(expr, { source: SOURCE, ...times });
  const bySteps: Record<string, Record<string, string>> = {};
  if (range.value.kind === 'matrix') {
    for (const { labels, points } of range.value.series) {
      for (const point of points) {
        const step = (bySteps[point.timeMs] ??= {});
        step[formatLabels(labels)] = showPoint(point);
      }
    }
  }
  const byInstants: Record<string, Record<string, string>> = {};
  for (let timeMs = times.startMs; timeMs <= times.endMs; timeMs += times.stepMs) {
    const shown = show(evaluateInstant(expr, { source: SOURCE, timeMs }));
    if (Object.keys(shown).length > 0) byInstants[timeMs] = shown;
  }
  expect(bySteps).toEqual(byInstants);
});

test.for(EXPRESSIONS.filter((text) => text !== 'g or c_total'))(
  'delayed removal of names gives %s the same elements',
  (text) => {
    const delayed = { ...DEFAULT_FEATURES, delayedNameRemoval: true };
    const at = (features: PromqlFeatures): Record<string, string> =>
      show(evaluate(text, 6 * MINUTE_MS, { features }));
    expect(at(delayed)).toEqual(at(DEFAULT_FEATURES));
  },
);

/** Gauges that differ in one label, at one time. */
const gauges = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 });

test.for(['sum', 'count', 'min', 'max', 'group'] as const)(
  '%s of the parts of a partition is the whole',
  (operator) => {
    const outer = operator === 'count' ? 'sum' : operator;
    fc.assert(
      fc.property(gauges, (values) => {
        const lines = values.map((value, index) => `m{i="${index}", part="${index % 3}"} ${value}`);
        const source = createSource(...lines);
        const whole = show(evaluate(`${operator}(m)`, 0, { source }));
        const parts = show(evaluate(`${outer}(${operator} by (part) (m))`, 0, { source }));
        return JSON.stringify(whole) === JSON.stringify(parts);
      }),
    );
  },
);

/** A counter as differences; 0 starts a new run from a lower value. */
const counter = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 12 });

test('increase() over whole intervals is what the counter gained, resets or not', () => {
  fc.assert(
    fc.property(counter, fc.nat({ max: 11 }), (steps, resetAt) => {
      let value = 0;
      const values = steps.map((step, index) => {
        value = index === resetAt ? step : value + step;
        return value;
      });
      // A reset shows only when the value falls.
      const gained = pairs(values).reduce((sum, [a, b]) => sum + (b < a ? b : b - a), 0);
      const source = createSource(`m_total ${values.join(' ')}`);
      // A window whose ends are samples is not extrapolated: the first sample stands at its start.
      const lastMs = (steps.length - 1) * 30_000;
      const text = `increase(m_total[${lastMs / 1000}s] anchored)`;
      const shown = show(evaluate(text, lastMs, { source }));
      return shown['{}'] === formatFloat(gained, 'general');
    }),
  );
});

test('rate() is the naive formula with extrapolation to both ends', () => {
  fc.assert(
    fc.property(counter, fc.integer({ min: 0, max: 29 }), (steps, lateSeconds) => {
      let value = 100;
      const values = steps.map((step) => (value += step));
      const source = createSource(`m_total ${values.join(' ')}`);
      const spanSeconds = (steps.length - 1) * 30;
      const endSeconds = spanSeconds + lateSeconds;
      const rangeSeconds = spanSeconds + lateSeconds + 10;
      const gained = (values.at(-1) ?? 0) - (values[0] ?? 0);
      // Ten seconds are free before the first sample, `lateSeconds` after the last; both are less
      // than the 33 seconds that count as close, and the counter is far above zero.
      const expected = (gained * (spanSeconds + 10 + lateSeconds)) / spanSeconds / rangeSeconds;
      const toZero = gained === 0 ? Infinity : (spanSeconds * (values[0] ?? 0)) / gained;
      if (toZero < 10) return true;
      const shown = show(
        evaluate(`rate(m_total[${rangeSeconds}s])`, endSeconds * 1000, { source }),
      );
      return Math.abs(Number(shown['{}']) - expected) <= 1e-12 * Math.max(1, expected);
    }),
  );
});

test.for([
  ['sum_over_time', (values: readonly number[]) => values.reduce((a, b) => a + b, 0)],
  ['count_over_time', (values: readonly number[]) => values.length],
  ['max_over_time', (values: readonly number[]) => Math.max(...values)],
  ['min_over_time', (values: readonly number[]) => Math.min(...values)],
  ['last_over_time', (values: readonly number[]) => values.at(-1) ?? 0],
  ['first_over_time', (values: readonly number[]) => values[0] ?? 0],
  ['resets', (values: readonly number[]) => pairs(values).filter(([a, b]) => b < a).length],
  ['changes', (values: readonly number[]) => pairs(values).filter(([a, b]) => b !== a).length],
] as const)('%s() is what it is over the samples of the window', ([name, naive]) => {
  fc.assert(
    fc.property(gauges, fc.integer({ min: 1, max: 12 }), (values, size) => {
      const source = createSource(`m ${values.join(' ')}`);
      const timeMs = (values.length - 1) * 30_000;
      const { value } = evaluate(`${name}(m[${size * 30}s])`, timeMs, { source });
      return value.kind === 'vector' && value.elements[0]?.value === naive(values.slice(-size));
    }),
  );
});

function pairs(values: readonly number[]): [number, number][] {
  return values.slice(1).map((value, index) => [values[index] ?? 0, value]);
}

test.for([
  ['1 + 2 * 3', { scalar: '7' }],
  ['"text"', { string: 'text' }],
  ['1 / 0 - 1 / 0', { scalar: 'NaN' }],
  ['1 ^ NaN', { scalar: '1' }],
  ['(-1) ^ Inf', { scalar: '1' }],
  ['-7 % 3', { scalar: '-1' }],
  ['clamp_min(vector(NaN), 3)', { '{}': 'NaN' }],
  ['clamp_max(vector(NaN), 3)', { '{}': 'NaN' }],
  ['clamp(vector(NaN), Inf, Inf)', { '{}': '+Inf' }],
  ['clamp(vector(1), 5, 3)', {}],
  ['log2(vector(8)) + log10(vector(100))', { '{}': '5' }],
  ['round(vector(2.5)) + round(vector(-2.5))', { '{}': '1' }],
  ['year(vector(NaN))', { '{}': '2.92277026596e+11' }],
  ['days_in_month(vector(1709164800))', { '{}': '29' }],
  [
    'g[1m]',
    {
      '{__name__="g", a="1", b="x"}': '8@240 9@270',
      '{__name__="g", a="2", b="x"}': '-2@240 -3.5@270',
      '{__name__="g", a="3", b="y"}': '3@240',
    },
  ],
  ['g{a="2"}[1m:20s]', { '{__name__="g", a="2", b="x"}': '-2@240 -2@260 -3.5@280' }],
] as const)('evaluateInstant() of %s', ([text, expected]) => {
  expect(show(evaluate(text, 285_000))).toEqual(expected);
});

test.for([
  ['c_total + on (b) c_total', /^found duplicate series for the match group \{b="x"\}/u],
  [
    'c_total + ignoring (b) sum by (a) (c_total)',
    'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
  ],
  [
    'c_total * on (a) group_left (b) label_replace(sum by (a) (g), "b", "z", "", "")',
    'multiple matches for labels: grouping labels must ensure unique matches',
  ],
  ['rate({__name__=~"c_total|g"}[2m])', 'vector cannot contain metrics with the same labelset'],
  [
    'label_replace(c_total, "b", "z", "", "")',
    'vector cannot contain metrics with the same labelset',
  ],
  ['label_replace(g, "c", "", "a", "(")', 'invalid regular expression in label_replace(): ('],
  ['label_replace(g, "", "", "a", "")', 'invalid destination label name in label_replace(): '],
  ['topk(NaN, g)', 'Parameter value is NaN'],
  ['topk(1e30, g)', 'Scalar value 1e+30 overflows int64'],
  ['limit_ratio(NaN, g)', 'Ratio value is NaN'],
  [
    'double_exponential_smoothing(g[2m], 0, 0.5)',
    'invalid smoothing factor. Expected: 0 < sf < 1, got: 0.000000',
  ],
  ['g[step()]', '2:8: duration must be greater than 0'],
  ['count_values("", g)', 'invalid label name ""'],
  [
    'avg_over_time(g[1m] smoothed)',
    'smoothed modifier can only be used with: delta, increase, rate - not with avg_over_time',
  ],
] as const)('evaluateInstant() of %s fails', ([text, message]) => {
  expect(messageOf(() => evaluate(text, 6 * MINUTE_MS))).toMatch(message);
});

test('evaluateRange() refuses what has no value at a step', () => {
  const times = { startMs: 0, endMs: 1000, stepMs: 1000 };
  const run = (text: string): string =>
    messageOf(() => evaluateRange(parseExpr(text), { source: SOURCE, ...times }));
  expect([run('g[1m]'), run('"a"'), run('g')]).toEqual([
    'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    'invalid expression type "string" for range query, must be Scalar or instant Vector',
    'no error',
  ]);
});

test('a query that would hold too many samples fails', () => {
  const samplesMax = 20;
  const run = (text: string): string =>
    messageOf(() => evaluate(text, 5 * MINUTE_MS, { samplesMax }));
  const tooMany = 'query processing would load too many samples into memory in query execution';
  expect([run('c_total'), run('rate(c_total[30m])'), run('c_total[30m]')]).toEqual([
    'no error',
    'no error',
    tooMany,
  ]);
  const range = { startMs: 0, endMs: 60 * MINUTE_MS, stepMs: MINUTE_MS };
  const options = { samplesMax };
  expect(
    messageOf(() => evaluateRange(parseExpr('c_total'), { source: SOURCE, ...range, options })),
  ).toBe(tooMany);
});

test('a query with too many steps fails before it takes memory for them', () => {
  const tooMany = 'query processing would load too many samples into memory in query execution';
  expect([
    messageOf(() => evaluate('max_over_time(vector(1)[10y:1s])', 0)),
    messageOf(() =>
      evaluateRange(parseExpr('1'), { source: SOURCE, startMs: 0, endMs: 1e15, stepMs: 1 }),
    ),
  ]).toEqual([tooMany, tooMany]);
});

test('a query stops when it is cancelled', () => {
  let asked = 0;
  const isCancelled = (): boolean => {
    asked += 1;
    return asked > 3;
  };
  expect(messageOf(() => evaluate('sum(rate(c_total[2m]))', 0, { isCancelled }))).toBe(
    'query timed out in expression evaluation',
  );
});

test('the lookback time decides how long a sample is seen', () => {
  const source = createSource('m 1');
  const seen = [0, 29_999, 30_000].map(
    (timeMs) => Object.keys(show(evaluate('m', timeMs, { lookbackMs: 30_000, source }))).length,
  );
  expect(seen).toEqual([1, 1, 0]);
});

test('start timestamps are read only when they are switched on', () => {
  const source = createSource('m_total@st _ -10s _x2', 'm_total 5 3 6 9');
  const at = (startTimestamps: boolean): Record<string, string> =>
    show(
      evaluate('resets(m_total[2m])', 90_000, {
        features: { ...ALL_FEATURES, startTimestamps },
        source,
      }),
    );
  const rising = createSource('m_total@st _ -10s _x2', 'm_total 1 3 6 9');
  const risingAt = (startTimestamps: boolean): Record<string, string> =>
    show(
      evaluate('resets(m_total[2m])', 90_000, {
        features: { ...ALL_FEATURES, startTimestamps },
        source: rising,
      }),
    );
  expect([at(true), at(false), risingAt(true), risingAt(false)]).toEqual([
    { '{}': '1' },
    { '{}': '1' },
    { '{}': '1' },
    { '{}': '0' },
  ]);
});

test('with type and unit labels, the type says whether rate() fits', () => {
  const source = createSource(
    'm{__type__="gauge", __unit__="s"} 1 2 3',
    'n{__type__="counter"} 1 2 3',
  );
  const features = { ...DEFAULT_FEATURES, typeAndUnitLabels: true };
  const text = 'rate({__name__=~"m|n"}[2m]) or abs(m)';
  const result = evaluate(text.replace('|n', ''), 60_000, { features, source });
  expect([show(result), result.annotations.map((item) => formatAnnotation(item, text))]).toEqual([
    { '{}': '0.020833333333333332' },
    [
      'PromQL info: metric might not be a counter, __type__ label is not set to "counter" or "histogram", got "gauge": "m" (1:6)',
    ],
  ]);
  expect(evaluate('rate(n[2m])', 60_000, { features, source }).annotations).toEqual([]);
});

test('an annotation is listed once, with the place it is about', () => {
  const text = 'rate(g[2m])\n  + rate(g[2m])';
  const { annotations } = evaluate(text, 3 * MINUTE_MS);
  expect(annotations.map((item) => formatAnnotation(item, text))).toEqual([
    'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "g" (2:10)',
  ]);
});

test('buckets that had to be mended are counted over steps and series', () => {
  const source = createSource(
    'b_bucket{le="1"} 5x4',
    'b_bucket{le="2"} 3x4',
    'b_bucket{le="+Inf"} 6x4',
  );
  const text = 'histogram_quantile(0.5, b_bucket)';
  const times = { startMs: 0, endMs: MINUTE_MS, stepMs: 30_000 };
  const { annotations } = evaluateRange(parseExpr(text), { source, ...times });
  expect(annotations.map((item) => formatAnnotation(item, text))).toEqual([
    'PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), from buckets 2 to 2, with a max diff of 2, over 3 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z (1:25)',
  ]);
});

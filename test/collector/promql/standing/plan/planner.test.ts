import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { NativeHistogram } from '../../../../../collector/src/model/histogram/histogram.ts';
import { Labels } from '../../../../../collector/src/model/labels.ts';
import type { Expr } from '../../../../../collector/src/promql/ast.ts';
import { PromqlError } from '../../../../../collector/src/promql/error.ts';
import { evaluateInstant } from '../../../../../collector/src/promql/eval/evaluate.ts';
import type { EvaluationResult } from '../../../../../collector/src/promql/eval/values.ts';
import { DEFAULT_FEATURES } from '../../../../../collector/src/promql/features.ts';
import { parseExpr } from '../../../../../collector/src/promql/parser/parse.ts';
import { StandingPlanner } from '../../../../../collector/src/promql/standing/plan/planner.ts';
import type { StandingQuery } from '../../../../../collector/src/promql/standing/plan/query.ts';
import { RetentionPlan } from '../../../../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../../../../collector/src/storage/series-store.ts';
import { type Happening, happening, ruleExpression } from '../random-rules.ts';

const START_MS = 1_700_000_000_000;
const LOOKBACK_MS = 60_000;

function createStore(retainAllMs = 300_000): SeriesStore {
  const store = new SeriesStore({
    retention: new RetentionPlan([], { retainAllMs, marginMs: 0 }),
  });
  store.advanceTo(START_MS);
  return store;
}

/** Labels of the series of the random streams: two counters, a gauge and a histogram. */
const SERIES: readonly Labels[] = [
  ...['1', '2', '3'].flatMap((a) => [
    Labels.of({ __name__: 'c_total', a, b: '1' }),
    Labels.of({ __name__: 'c_total', a, b: '2', c: 'x' }),
    Labels.of({ __name__: 'g', a, b: '1' }),
    Labels.of({ __name__: 'g', a, b: '2' }),
  ]),
  ...['1', '2'].flatMap((a) =>
    ['0.1', '1', '10', '+Inf', 'bad', '1.0'].map((le) =>
      Labels.of({ __name__: 'b_bucket', a, le }),
    ),
  ),
];

class Stream {
  readonly store: SeriesStore;
  nowMs = START_MS;

  constructor(retainAllMs: number) {
    this.store = createStore(retainAllMs);
  }

  /** Lets something happen; true when it is time to evaluate. */
  apply(event: Happening): boolean {
    if (event.kind === 'advance' || event.kind === 'silence') {
      this.nowMs += event.stepMs;
      this.store.sweep(this.nowMs);
      return true;
    }
    const reference = this.store.resolve(SERIES[event.series] ?? Labels.EMPTY);
    if (typeof reference === 'string') throw new Error(reference);
    this.#append(reference, event);
    return false;
  }

  #append(reference: number, event: Exclude<Happening, { readonly stepMs: number }>): void {
    const { store, nowMs } = this;
    switch (event.kind) {
      case 'sample':
        store.append(reference, nowMs - event.lagMs, event.value);
        break;
      case 'started':
        store.appendWith(reference, nowMs, { value: event.value, startTimeMs: nowMs - 20_000 });
        break;
      case 'histogram':
        store.appendWith(reference, nowMs, { value: 0, histogram: histogramOf(event.value) });
        break;
      case 'stale':
        store.appendStale(reference, nowMs);
        break;
    }
  }
}

function histogramOf(count: number): NativeHistogram {
  return {
    schema: 0,
    counterResetHint: 'unknown',
    zeroThreshold: 0.001,
    zeroCount: 0,
    count,
    sum: count,
    positiveSpans: [{ offset: 0, length: 1 }],
    positiveCounts: [count],
    negativeSpans: [],
    negativeCounts: [],
    customValues: [],
  };
}

/** A result as text in one order, numbers to ten digits; errors are results too. */
function describeResult(evaluate: () => EvaluationResult): string {
  try {
    const { value, annotations } = evaluate();
    const texts = annotations.map(({ text }) => text).sort();
    if (value.kind === 'scalar') return `${digits(value.value)} ${texts.join(';')}`;
    if (value.kind !== 'vector') return value.kind;
    const elements = value.elements.map(
      ({ labels, value: number, timeMs }) => `${labels.key} @${timeMs} ${digits(number)}`,
    );
    return [...elements.sort(), ...texts].join('\n');
  } catch (error) {
    if (PromqlError.is(error)) return `error: ${error.message.replace(/\[.*\]/u, '[...]')}`;
    throw error;
  }
}

function digits(value: number | undefined): string {
  if (value === undefined) return 'histogram';
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) < 1e-300 ? '0' : value.toPrecision(9);
}

interface Compared {
  readonly expr: Expr;
  readonly query: StandingQuery;
}

function planAll(planner: StandingPlanner, expressions: readonly string[]): Compared[] {
  const group = planner.group();
  return expressions.flatMap((text) => {
    const expr = parseExpr(text);
    const query = group.plan(expr);
    return 'refused' in query ? [] : [{ expr, query }];
  });
}

const cases = fc.record({
  // The shorter one drops samples that are still inside a window.
  retainAllMs: fc.constantFrom(50_000, 300_000),
  expressions: fc.array(ruleExpression, { minLength: 1, maxLength: 5 }),
  before: fc.array(happening, { maxLength: 20 }),
  events: fc.array(happening, { minLength: 20, maxLength: 120 }),
});

describe.for([
  { delayedNameRemoval: false, startTimestamps: false },
  { delayedNameRemoval: true, startTimestamps: false },
  { delayedNameRemoval: false, startTimestamps: true },
])('with the features %o', (switches) => {
  test('StandingQuery.evaluate() answers as the general evaluator on random streams', () => {
    const features = { ...DEFAULT_FEATURES, ...switches };
    const options = { features, lookbackMs: LOOKBACK_MS };
    let evaluations = 0;
    let irregular = 0;
    fc.assert(
      fc.property(cases, ({ expressions, before, events, retainAllMs }) => {
        const stream = new Stream(retainAllMs);
        for (const event of before) stream.apply(event);
        const planner = new StandingPlanner(stream.store, options);
        const compared = planAll(planner, expressions);
        for (const event of events) {
          if (!stream.apply(event)) continue;
          const timeMs = stream.nowMs;
          for (const { expr, query } of compared) {
            const standing = describeResult(() => query.evaluate(timeMs));
            const source = stream.store;
            const general = describeResult(() =>
              evaluateInstant(expr, { source, timeMs, options }),
            );
            if (standing !== general) throw new Error(`standing\n${standing}\ngeneral\n${general}`);
            evaluations += 1;
          }
        }
        for (const { query } of compared) irregular += query.irregularCount;
        return true;
      }),
      { numRuns: 400 },
    );
    // Fallbacks agree by construction: most evaluations have to be standing ones.
    expect(evaluations).toBeGreaterThan(4000);
    expect(irregular / evaluations).toBeLessThan(0.5);
  });
});

function counterStore(instances: number): {
  store: SeriesStore;
  append: (timeMs: number) => void;
} {
  const store = createStore();
  const append = (timeMs: number): void => {
    store.advanceTo(timeMs);
    for (let instance = 0; instance < instances; instance += 1) {
      const labels = Labels.of({ __name__: 'c_total', instance: String(instance), job: 'j' });
      const reference = store.resolve(labels);
      if (typeof reference === 'number') store.append(reference, timeMs, timeMs - START_MS);
    }
  };
  return { store, append };
}

function valuesOf({ value }: EvaluationResult): Record<string, number | undefined> {
  if (value.kind !== 'vector') return {};
  return Object.fromEntries(
    value.elements.map(({ labels, value: number }) => [labels.get('instance'), number]),
  );
}

function planOne(planner: StandingPlanner, text: string): StandingQuery {
  const query = planner.group().plan(parseExpr(text));
  if ('refused' in query) throw new Error(query.refused);
  return query;
}

describe('StandingPlanner', () => {
  test.for<[string, string]>([
    ['topk(3, up)', 'topk has no standing form'],
    ['up[5m:1m]', 'subquery has no standing form'],
    ['rate(up[5m] @ 5)', 'the selector is pinned to a time'],
    ['up offset step()', 'the offset is computed'],
    ['rate(up[5m * 2])', 'the range is computed'],
    ['label_replace(up, "a", "b", "c", "(")', 'invalid regular expression in label_replace(): ('],
    ['sum(up) + topk(1, up)', 'topk has no standing form'],
    ['"text"', 'string has no standing form'],
  ])('refuses %s: %s', ([text, refused]) => {
    const planner = new StandingPlanner(createStore());
    expect(planner.group().plan(parseExpr(text))).toEqual({ refused });
  });

  test('follows series that come and go, also many at once', () => {
    const { store, append } = counterStore(300);
    const query = planOne(new StandingPlanner(store), 'increase(c_total[1m])');
    append(START_MS);
    append(START_MS + 30_000);
    expect(Object.keys(valuesOf(query.evaluate(START_MS + 30_000)))).toHaveLength(300);
    // Everything is removed, and a part of it comes back.
    store.sweep(START_MS + 1_000_000);
    expect(store.seriesCount).toBe(0);
    expect(valuesOf(query.evaluate(START_MS + 1_000_000))).toEqual({});
    const reference = store.resolve(Labels.of({ __name__: 'c_total', instance: '7', job: 'j' }));
    for (const offsetMs of [0, 30_000, 60_000]) {
      store.append(Number(reference), START_MS + 1_000_000 + offsetMs, offsetMs);
    }
    expect(valuesOf(query.evaluate(START_MS + 1_060_000))).toEqual({ '7': 60_000 });
  });

  test('goes back in time by reading windows again', () => {
    const { store, append } = counterStore(1);
    const query = planOne(new StandingPlanner(store), 'increase(c_total[1m])');
    for (let step = 0; step <= 8; step += 1) append(START_MS + step * 15_000);
    const forward = [4, 5, 6, 7, 8].map((step) => query.evaluate(START_MS + step * 15_000));
    const backward = [8, 7, 6, 5, 4].map((step) => query.evaluate(START_MS + step * 15_000));
    expect(backward.reverse()).toEqual(forward);
  });

  test('close() ends the subscription', () => {
    const { store, append } = counterStore(1);
    const planner = new StandingPlanner(store);
    const query = planOne(planner, 'c_total');
    planner.close();
    append(START_MS);
    expect(valuesOf(query.evaluate(START_MS))).toEqual({});
  });
});

describe('StandingGroup', () => {
  test('within a cycle shares equal parts until their samples are written', () => {
    const { store, append } = counterStore(1);
    const group = new StandingPlanner(store).group();
    const first = group.plan(parseExpr('sum by (instance) (c_total) * 2'));
    const second = group.plan(parseExpr('(sum by (instance) (c_total)) * 3'));
    if ('refused' in first || 'refused' in second) throw new Error('refused');
    const timeMs = START_MS + 1000;
    append(START_MS);
    group.begin(timeMs);
    expect(valuesOf(first.evaluate(timeMs))).toEqual({ '0': 0 });
    append(timeMs);
    expect(valuesOf(second.evaluate(timeMs))).toEqual({ '0': 0 });
    group.noteWrite('other_total');
    expect(valuesOf(second.evaluate(timeMs))).toEqual({ '0': 0 });
    group.noteWrite('c_total');
    expect(valuesOf(second.evaluate(timeMs))).toEqual({ '0': 3000 });
    group.end();
    expect(valuesOf(first.evaluate(timeMs))).toEqual({ '0': 2000 });
  });
});

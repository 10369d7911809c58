import { expect, test } from 'vitest';

import { Labels } from '../../../../collector/src/model/labels.ts';
import { DEFAULT_FEATURES } from '../../../../collector/src/promql/features.ts';
import { QueryEngine } from '../../../../collector/src/runtime/evaluate/query-engine.ts';
import { RuleQueries } from '../../../../collector/src/runtime/evaluate/rule-queries.ts';
import { RetentionPlan } from '../../../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../../../collector/src/storage/series-store.ts';

const NOW = 1_700_000_000_000;

/** Rules on a store with a few series, and a clock that moves by `costMs` whenever it is read. */
function ruleQueries(costMs: number, bytesMax = 2 ** 30) {
  const store = new SeriesStore({
    retention: new RetentionPlan([], { retainAllMs: 3_600_000, marginMs: 0 }),
  });
  store.advanceTo(NOW);
  for (let index = 0; index < 10; index += 1) {
    const labels = Labels.of({ __name__: 'depth', pod: `p${index}` });
    store.append(store.resolve(labels) as number, NOW, index);
  }
  let nowMs = 0;
  const monotonicMs = (): number => (nowMs += costMs);
  const engine = new QueryEngine({
    source: store,
    features: DEFAULT_FEATURES,
    lookbackMs: 300_000,
    defaultSubqueryStepMs: 60_000,
    samplesMax: 1_000_000,
    bytesMax,
    monotonicMs,
  });
  const rules = new RuleQueries(engine, { timeoutMs: 10_000, monotonicMs });
  return {
    rules,
    query: (text: string) => rules.queries.query(engine.parse(text), NOW),
    template: (text: string) => rules.queries.queryText(text, NOW),
  };
}

test('rules of a group and their templates share one deadline, and the next group has its own', () => {
  const { rules, query, template } = ruleQueries(1500);
  rules.begin();
  expect(query('count(depth)')).toMatchObject({ elements: [{ value: 10 }] });
  expect(template('1 + 1')).toMatchObject({ value: 2 });
  expect(() => {
    for (let more = 0; more < 10; more += 1) query('count(depth)');
  }).toThrow('rule group timed out: its rules took longer than 10 s together');
  expect(() => template('1 + 1')).toThrow('rule group timed out');
  rules.begin();
  expect(query('count(depth)')).toMatchObject({ elements: [{ value: 10 }] });
});

test('a single rule that takes too long is ended inside its evaluation', () => {
  const { rules, query } = ruleQueries(4000);
  rules.begin();
  expect(() => query('max_over_time(sum(depth)[10m:10s])')).toThrow('query timed out');
});

test('a rule may hold a part of the heap only', () => {
  const { rules, query } = ruleQueries(0, 2 ** 20);
  rules.begin();
  expect(() => query('max_over_time(depth[10m:50ms])')).toThrow(
    'query needs more memory than the 1 MiB that a query may hold',
  );
});

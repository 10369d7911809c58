import { expect, test } from 'vitest';

import { Labels } from '../../../../collector/src/model/labels.ts';
import type { SeriesPlace } from '../../../../collector/src/rules/evaluation.ts';
import { storeRuleSamples } from '../../../../collector/src/runtime/durable/rule-output.ts';
import { RetentionPlan } from '../../../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../../../collector/src/storage/series-store.ts';

const LABELS = Labels.of({ __name__: 'ALERTS', alertname: 'A' });
const OTHER = Labels.of({ __name__: 'ALERTS', alertname: 'B' });

function newStore(): SeriesStore {
  const store = new SeriesStore({
    retention: new RetentionPlan([], { retainAllMs: 5000, marginMs: 1000 }),
  });
  store.advanceTo(10_000);
  return store;
}

/** Newest value of each series, by the name of its alert. */
function valuesOf(store: SeriesStore): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...store.values()].map(({ labels, ring }) => [labels.get('alertname'), ring.newestMs]),
  );
}

test('storeRuleSamples() finds a series where it was, and again after it went', () => {
  const store = newStore();
  const place: SeriesPlace = { store: undefined, reference: 0 };
  const write = (timeMs: number): void => {
    storeRuleSamples(store, [{ labels: LABELS, timeMs, value: 1, place }], 5000);
  };
  write(10_000);
  write(10_001);
  expect(valuesOf(store)).toEqual({ A: 10_001 });
  store.sweep(60_000);
  expect(valuesOf(store)).toEqual({});
  // Another series takes the slot of the first.
  storeRuleSamples(store, [{ labels: OTHER, timeMs: 60_000, value: 1 }], 5000);
  write(60_001);
  expect(valuesOf(store)).toEqual({ A: 60_001, B: 60_000 });
});

test('storeRuleSamples() does not look in one store for what is in another', () => {
  const [first, second] = [newStore(), newStore()];
  const place: SeriesPlace = { store: undefined, reference: 0 };
  storeRuleSamples(second, [{ labels: OTHER, timeMs: 10_000, value: 1 }], 5000);
  for (const store of [first, second]) {
    storeRuleSamples(store, [{ labels: LABELS, timeMs: 10_001, value: 1, place }], 5000);
  }
  expect([valuesOf(first), valuesOf(second)]).toEqual([{ A: 10_001 }, { A: 10_001, B: 10_000 }]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Labels } from '../../../collector/src/model/labels.ts';
import { FLAG_STALE } from '../../../collector/src/promql/series-source.ts';
import type { LiveSource } from '../../../collector/src/promql/standing/select/live-source.ts';
import { RetentionPlan, type SelectorNeed } from '../../../collector/src/storage/retention.ts';
import {
  SeriesStore,
  type SeriesStoreOptions,
} from '../../../collector/src/storage/series-store.ts';
import type { StoredSeries } from '../../../collector/src/storage/stored-series.ts';

const NOW = 1_700_000_000_000;
const WINDOW_MS = 60_000;

function retention(needs: readonly SelectorNeed[], retainAllMs = 0): RetentionPlan {
  return new RetentionPlan(needs, { retainAllMs, marginMs: 0 });
}

function need(name: string, historyMs = WINDOW_MS, group = 'g'): SelectorNeed {
  return { matchers: [{ name: '__name__', operator: '=', value: name }], historyMs, group };
}

function createStore(options: Partial<SeriesStoreOptions> = {}): SeriesStore {
  const store = new SeriesStore({ retention: retention([need('up')]), ...options });
  store.advanceTo(NOW);
  return store;
}

function referenceOf(store: SeriesStore, labels: Record<string, string>): number {
  const reference = store.resolve(Labels.of(labels));
  if (typeof reference === 'string') throw new Error(`Cannot resolve: ${reference}`);
  return reference;
}

function samplesOf(series: StoredSeries | undefined, startMs = 0, endMs = Infinity): number[][] {
  if (series === undefined) return [];
  const { times, values, flags, from, to } = series.columns(startMs, endMs);
  const found: number[][] = [];
  for (let index = from; index < to; index += 1) {
    found.push([times[index] ?? -1, values[index] ?? -1, flags[index] ?? -1]);
  }
  return found;
}

describe('SeriesStore.append()', () => {
  test('keeps samples in order of time whatever the order of arrival', () => {
    const store = createStore();
    const up = referenceOf(store, { __name__: 'up', job: 'a' });
    expect(store.append(up, NOW, 3)).toBe('accepted');
    expect(store.append(up, NOW - 2000, 1)).toBe('accepted');
    expect(store.append(up, NOW - 1000, 2)).toBe('accepted');
    expect(samplesOf(store.series(up))).toEqual([
      [NOW - 2000, 1, 0],
      [NOW - 1000, 2, 0],
      [NOW, 3, 0],
    ]);
    expect(store.counters.outOfOrder).toBe(2);
  });

  test('ignores a repeated sample, NaN included, and refuses another value at its time', () => {
    const store = createStore();
    const up = referenceOf(store, { __name__: 'up' });
    store.append(up, NOW, Number.NaN);
    expect(store.append(up, NOW, Number.NaN)).toBe('duplicate');
    expect(store.append(up, NOW, 1)).toBe('conflict');
    expect(store.appendStale(up, NOW)).toBe('conflict');
    expect(store.counters.samples).toMatchObject({ accepted: 1, duplicate: 1, conflict: 2 });
    expect(samplesOf(store.series(up))).toEqual([[NOW, Number.NaN, 0]]);
  });

  test.for([
    { at: NOW - WINDOW_MS, outcome: 'accepted' },
    { at: NOW - WINDOW_MS - 1, outcome: 'too_old' },
    { at: NOW + 600_000, outcome: 'accepted' },
    { at: NOW + 600_001, outcome: 'too_new' },
  ])('answers $outcome for a sample at $at', ({ at, outcome }) => {
    const store = createStore();
    expect(store.append(referenceOf(store, { __name__: 'up' }), at, 1)).toBe(outcome);
  });

  test('marks staleness by a flag', () => {
    const store = createStore();
    const up = referenceOf(store, { __name__: 'up' });
    store.appendStale(up, NOW);
    expect(samplesOf(store.series(up))).toEqual([[NOW, Number.NaN, FLAG_STALE]]);
  });

  test('stores histograms and start timestamps beside float samples', () => {
    const store = createStore();
    const up = referenceOf(store, { __name__: 'up' });
    const histogram = {
      schema: 0,
      counterResetHint: 'unknown' as const,
      zeroThreshold: 0,
      zeroCount: 0,
      count: 3,
      sum: 6,
      positiveSpans: [{ offset: 0, length: 1 }],
      positiveCounts: [3],
      negativeSpans: [],
      negativeCounts: [],
      customValues: [],
    };
    store.append(up, NOW, 1);
    const sample = { value: 0, histogram, startTimeMs: NOW - 5 };
    expect(store.appendWith(up, NOW + 1, sample)).toBe('accepted');
    expect(store.appendWith(up, NOW + 1, sample)).toBe('duplicate');
    expect(
      store.appendWith(up, NOW + 1, { ...sample, histogram: { ...histogram, count: 4 } }),
    ).toBe('conflict');
    const columns = store.series(up)?.columns(0, Infinity);
    const to = columns?.to ?? 0;
    expect([
      columns?.histograms?.[to - 2],
      columns?.histograms?.[to - 1],
      columns?.startTimes?.[to - 2],
      columns?.startTimes?.[to - 1],
    ]).toEqual([undefined, histogram, 0, NOW - 5]);
  });

  test('refuses a reference whose series was removed, also when its place is used again', () => {
    const store = createStore();
    const up = referenceOf(store, { __name__: 'up' });
    store.append(up, NOW, 1);
    store.sweep(NOW + WINDOW_MS + 1);
    expect(store.seriesCount).toBe(0);
    const again = referenceOf(store, { __name__: 'up', job: 'b' });
    expect(again).not.toBe(up);
    expect(store.append(up, NOW + WINDOW_MS, 1)).toBe('unknown_series');
  });
});

test('SeriesStore is what standing queries follow', () => {
  const store = createStore();
  const live: LiveSource = store;
  const seen: string[] = [];
  const end = live.subscribe({
    onCreated: ({ labels }) => seen.push(`+${labels.get('job')}`),
    onRemoved: ({ labels }) => seen.push(`-${labels.get('job')}`),
  });
  const up = referenceOf(store, { __name__: 'up', job: 'a' });
  for (const timeMs of [NOW - 3, NOW - 2, NOW, NOW - 1]) store.append(up, timeMs, 1);
  const [series] = live.values();
  expect([series?.ring.evicted, series?.ring.revision]).toEqual([0, 1]);
  store.sweep(NOW + WINDOW_MS - 1);
  expect([series?.ring.evicted, series?.ring.revision]).toEqual([2, 1]);
  store.sweep(NOW + WINDOW_MS + 1);
  end();
  referenceOf(store, { __name__: 'up', job: 'b' });
  expect(seen).toEqual(['+a', '-a']);
});

describe('SeriesStore.resolve()', () => {
  test('gives equal labels one series and refuses what no selector asks for', () => {
    const store = createStore();
    const labels = { __name__: 'up', job: 'a' };
    expect(store.resolve(Labels.of(labels))).toBe(store.resolve(Labels.of(labels)));
    expect(store.resolve(Labels.of({ __name__: 'down' }))).toBe('unselected');
    expect(store.wantsMetric('down')).toBe(false);
    expect(store.counters.refusedSeries.unselected).toBe(2);
    expect(store.seriesCount).toBe(1);
  });

  test.for([
    { name: 'max_series', limits: { seriesMax: 1 } },
    { name: 'max_series_per_metric', limits: { seriesPerMetricMax: 1 } },
    { name: 'max_labels', limits: { labelsMax: 1 } },
    { name: 'max_label_value_bytes', limits: { labelValueBytesMax: 8 } },
    { name: 'label_memory', limits: { labelBytesMax: 100 } },
  ])('refuses a series over $name and leaves nothing behind', ({ name, limits }) => {
    const store = createStore({ limits });
    store.resolve(Labels.of({ __name__: 'up' }));
    expect(store.resolve(Labels.of({ __name__: 'up', job: 'too long to keep' }))).toBe(name);
    expect(store.seriesCount).toBe(1);
  });

  test('takes the labels of a series that went out of the budget', () => {
    const store = createStore({ limits: { labelBytesMax: 150 } });
    const labels = (job: string): Labels => Labels.of({ __name__: 'up', job });
    expect(store.resolve(labels('a'))).toBeTypeOf('number');
    expect(store.resolve(labels('b'))).toBe('label_memory');
    store.sweep(NOW);
    expect(store.labelBytes).toBe(0);
    expect(store.resolve(labels('b'))).toBeTypeOf('number');
  });

  test('keeps every series with retain_all', () => {
    const store = createStore({ retention: retention([], 900_000) });
    const reference = referenceOf(store, { __name__: 'anything' });
    expect(store.append(reference, NOW - 900_000, 1)).toBe('accepted');
    expect(store.append(reference, NOW - 900_001, 1)).toBe('too_old');
  });
});

describe('SeriesStore.select()', () => {
  test('matches by all matchers, sees new series and forgets removed ones', () => {
    const store = createStore();
    const matchers = [
      { name: '__name__', operator: '=', value: 'up' },
      { name: 'job', operator: '!~', value: 'b.*' },
    ] as const;
    const select = (nowMs: number): string[] =>
      store.select(matchers, nowMs - WINDOW_MS, nowMs).map(({ labels }) => labels.get('job'));
    for (const job of ['a', 'b1', 'c']) {
      store.append(referenceOf(store, { __name__: 'up', job }), NOW, 1);
    }
    expect(select(NOW)).toEqual(['a', 'c']);
    store.append(referenceOf(store, { __name__: 'up', job: 'd' }), NOW + 10, 1);
    expect(select(NOW)).toEqual(['a', 'c']);
    expect(select(NOW + 10)).toEqual(['a', 'c', 'd']);
    store.sweep(NOW + WINDOW_MS + 5);
    expect(select(NOW + 10)).toEqual(['d']);
    expect(store.select([], 0, NOW * 2).map(({ labels }) => labels.get('job'))).toEqual(['d']);
  });
});

describe('SeriesStore.setRetention()', () => {
  test('widens windows, drops what no rule asks for, keeps what its writer asked to keep', () => {
    const store = createStore({ retention: retention([need('up'), need('gone')]) });
    const up = referenceOf(store, { __name__: 'up' });
    referenceOf(store, { __name__: 'gone' });
    store.resolve(Labels.of({ __name__: 'ALERTS' }), 5000);
    store.setRetention(retention([need('up', 2 * WINDOW_MS, 'h')]));
    expect(store.seriesCount).toBe(2);
    expect(store.append(up, NOW - 2 * WINDOW_MS, 1)).toBe('accepted');
    expect(store.retention.takeTouchedGroups()).toEqual(['h']);
    expect(store.retention.takeTouchedGroups()).toEqual([]);
  });
});

describe('SeriesStore.expireResources()', () => {
  test('marks the series of a silent resource stale and revives them with its next export', () => {
    const store = createStore({ retention: retention([need('up', 600_000)]) });
    const a = referenceOf(store, { __name__: 'up', job: 'j', instance: 'a' });
    const b = referenceOf(store, { __name__: 'up', job: 'j', instance: 'b' });
    for (let tick = 0; tick <= 6; tick += 1) {
      const nowMs = NOW + tick * 10_000;
      store.advanceTo(nowMs);
      if (tick <= 2) store.append(a, nowMs, 1);
      store.append(b, nowMs, 1);
      const expired = store.expireResources(nowMs, 3).map(({ instance }) => instance);
      expect(expired).toEqual(tick === 6 ? ['a'] : []);
    }
    expect(samplesOf(store.series(a)).at(-1)).toEqual([NOW + 60_000, Number.NaN, FLAG_STALE]);
    expect(samplesOf(store.series(b)).at(-1)?.[2]).toBe(0);
    store.advanceTo(NOW + 70_000);
    expect(store.append(a, NOW + 70_000, 1)).toBe('accepted');
    expect([...store.resources].map(({ isLive }) => isLive)).toEqual([true, true]);
  });
});

describe('SeriesStore against a naive model', () => {
  const sample = fc.record({
    series: fc.integer({ min: 0, max: 3 }),
    offsetMs: fc.integer({ min: -1200, max: 1200 }),
    value: fc.integer({ min: 0, max: 2 }),
    stepMs: fc.integer({ min: 0, max: 60 }),
  });

  test('holds the same samples after any stream, at any growth of its blocks', () => {
    const holds = (
      stream: readonly { series: number; offsetMs: number; value: number; stepMs: number }[],
    ): boolean => {
      const store = createStore({ retention: retention([need('up', 1000)]) });
      const references = [0, 1, 2, 3].map((n) => referenceOf(store, { __name__: 'up', n: `${n}` }));
      const model = references.map(() => new Map<number, number>());
      let nowMs = NOW;
      for (const { series, offsetMs, value, stepMs } of stream) {
        nowMs += stepMs;
        store.advanceTo(nowMs);
        store.append(references[series] ?? -1, nowMs + offsetMs, value);
        const samples = model[series] ?? new Map();
        const isInWindow = offsetMs >= -1000 && offsetMs <= 600_000;
        if (isInWindow && !samples.has(nowMs + offsetMs)) samples.set(nowMs + offsetMs, value);
      }
      return references.every((reference, index) => {
        const startMs = nowMs - 1000;
        const expected = [...(model[index] ?? [])]
          .filter(([timeMs]) => timeMs >= startMs)
          .sort(([left], [right]) => left - right)
          .map(([timeMs, value]) => [timeMs, value, 0]);
        const found = samplesOf(store.series(reference), startMs);
        return JSON.stringify(found) === JSON.stringify(expected);
      });
    };
    fc.assert(fc.property(fc.array(sample, { maxLength: 400 }), holds), { numRuns: 150 });
  });

  test('finds exactly the stored label sets through churn', () => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 12 }),
      jumpMs: fc.integer({ min: 0, max: 700 }),
    });
    const holds = (steps: readonly { id: number; jumpMs: number }[]): boolean => {
      const store = createStore({ retention: retention([need('up', 1000)]) });
      const newest = new Map<string, number>();
      let nowMs = NOW;
      for (const { id, jumpMs } of steps) {
        nowMs += jumpMs;
        store.sweep(nowMs);
        for (const [key, timeMs] of newest) if (timeMs < nowMs - 1000) newest.delete(key);
        store.append(referenceOf(store, { __name__: 'up', id: `${id}` }), nowMs, 1);
        newest.set(`${id}`, nowMs);
      }
      const found = [...store.values()].map(({ labels }) => labels.get('id')).sort();
      return JSON.stringify(found) === JSON.stringify([...newest.keys()].sort());
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 80 }), holds), { numRuns: 150 });
  });
});

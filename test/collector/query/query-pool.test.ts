import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { QueryJob, QueryOutcome } from '../../../collector/src/exchange/query.ts';
import type { NativeHistogram } from '../../../collector/src/model/histogram/histogram.ts';
import { Labels } from '../../../collector/src/model/labels.ts';
import { DEFAULT_FEATURES } from '../../../collector/src/promql/features.ts';
import { QueryPool } from '../../../collector/src/query/query-pool.ts';
import { runJob } from '../../../collector/src/query/run-job.ts';
import type { QuerySettings } from '../../../collector/src/query/settings.ts';
import { RetentionPlan } from '../../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../../collector/src/storage/series-store.ts';
import { StoreSource } from '../../support/collector/store-source.ts';

const NOW = 1_700_000_000_000;
const MIB = 2 ** 20;
const SETTINGS: QuerySettings = {
  features: DEFAULT_FEATURES,
  lookbackMs: 300_000,
  defaultSubqueryStepMs: 60_000,
  samplesMax: 50_000_000,
  keepsAll: true,
  heapBytesMax: 32 * MIB,
};

function histogramOf(count: number): NativeHistogram {
  return {
    schema: 0,
    counterResetHint: 'unknown',
    zeroThreshold: 0.001,
    zeroCount: 0,
    count: 2 * count,
    sum: 3 * count,
    positiveSpans: [{ offset: 0, length: 2 }],
    positiveCounts: [count, count],
    negativeSpans: [],
    negativeCounts: [],
    customValues: [],
  };
}

let store: SeriesStore;
let pool: QueryPool;
const faults: unknown[] = [];

function newPool(timeoutMs: number, concurrentMax = 1): QueryPool {
  const onFault = (error: unknown): void => void faults.push(error);
  return new QueryPool({ store, settings: SETTINGS, timeoutMs, concurrentMax, onFault });
}

beforeAll(() => {
  const retention = new RetentionPlan([], { retainAllMs: 3_600_000, marginMs: 0 });
  store = new SeriesStore({ retention });
  store.advanceTo(NOW);
  for (let index = 0; index < 600; index += 1) {
    const labels = Labels.of({ __name__: 'depth', pod: `p${index}`, zone: index % 2 ? 'a' : '' });
    const reference = store.resolve(labels) as number;
    for (let step = 40; step >= 0; step -= 1) {
      store.append(reference, NOW - step * 15_000, index + step);
    }
    if (index % 7 === 0) store.appendStale(reference, NOW);
  }
  const started = store.resolve(Labels.of({ __name__: 'requests_total', job: 'a' })) as number;
  const hist = store.resolve(Labels.of({ __name__: 'latency', job: 'a' })) as number;
  for (let step = 40; step >= 0; step -= 1) {
    const timeMs = NOW - step * 15_000;
    store.appendWith(started, timeMs, { value: 100 - step, startTimeMs: NOW - 700_000 });
    store.appendWith(hist, timeMs, { value: 0, histogram: histogramOf(41 - step) });
  }
  pool = newPool(20_000);
});

afterAll(() => pool.close());

function direct(job: QueryJob): unknown {
  const chunks: Uint8Array[] = [];
  const context = {
    source: new StoreSource(store),
    settings: SETTINGS,
    isCancelled: () => false,
  };
  const end = runJob(job, context, (piece) => chunks.push(piece));
  return end.kind === 'done' ? read({ kind: 'answer', chunks }) : end;
}

function read(outcome: QueryOutcome): unknown {
  if (outcome.kind === 'refused') return outcome;
  return JSON.parse(Buffer.concat(outcome.chunks).toString('utf8'));
}

const instant = (query: string, limit = 0): QueryJob => ({
  kind: 'instant',
  query,
  timeMs: NOW,
  limit,
});
const range = (query: string, stepMs = 15_000): QueryJob => {
  return { kind: 'range', query, startMs: NOW - 600_000, endMs: NOW, stepMs, limit: 0 };
};
const listed = { startMs: NOW - 600_000, endMs: NOW, limit: 0 };

describe('a worker answers as the thread of the store would', () => {
  test.for<QueryJob>([
    instant('depth'),
    instant('depth{zone=""}'),
    instant('depth{pod=~"p1.*",zone!="a"}'),
    instant('{__name__=~"dep.*",pod="p7"}[2m]'),
    instant('count({pod!=""})'),
    instant('sum by (zone) (depth) / 0'),
    instant('depth', 3),
    instant('missing'),
    instant('"text"'),
    instant('1 + 1'),
    instant('depth +'),
    instant('label_replace(depth{pod="p1"}, "x", "$1", "pod", "(")'),
    instant('depth{pod="p1"} * on (zone) depth{pod=~"p.*"}'),
    instant('latency'),
    instant('histogram_quantile(0.9, rate(latency[5m]))'),
    range('depth{pod=~"p1.?"}'),
    range('rate(requests_total[2m])'),
    range('latency'),
    range('time()'),
    range('depth[1m]'),
    { kind: 'format', query: 'sum  by(zone)(depth)' },
    { kind: 'series', selectors: ['depth{pod=~"p1.?"}', 'latency'], ...listed },
    { kind: 'series', selectors: ['depth'], ...listed, limit: 2 },
    { kind: 'label names', selectors: [], ...listed },
    { kind: 'label values', name: 'pod', selectors: ['depth{zone="a"}'], ...listed },
    {
      kind: 'label values',
      name: 'job',
      selectors: [],
      limit: 0,
      startMs: Number.NEGATIVE_INFINITY,
      endMs: Number.POSITIVE_INFINITY,
    },
    { kind: 'series', selectors: ['{'], ...listed },
  ])('%j', async (job) => {
    expect(read(await pool.run(job))).toEqual(direct(job));
    expect(faults).toEqual([]);
  });
});

describe('a query that is too large', () => {
  test.for<[string, QueryJob, RegExp]>([
    ['by its values', range('depth', 100), /^query needs more memory than the 10 MiB/u],
    [
      'by the values of a subquery',
      instant('max_over_time(depth[10m:50ms])'),
      /^query needs more memory than the 10 MiB/u,
    ],
    [
      'by series that grow out of values',
      range('count_values("v", depth * time())', 1000),
      /^query needs more memory than the 10 MiB/u,
    ],
    [
      'by its texts',
      range(`label_replace(depth, "x", "${'long'.repeat(30_000)}", "", "")`, 600_000),
      /^query needs more memory than the 32 MiB/u,
    ],
    [
      'by its answer',
      range(`label_replace(depth, "x", "${'long'.repeat(4000)}", "", "")`, 600_000),
      /^answer would be larger than 8 MiB/u,
    ],
    [
      'by samples',
      range(Array.from({ length: 50 }, () => 'count(depth)').join('+'), 300_000),
      /^query selects more than 16 MiB of series and samples/u,
    ],
  ])('%s is refused, and the next is answered', async ([, job, message]) => {
    expect(read(await pool.run(job))).toEqual({
      kind: 'refused',
      type: 'execution',
      message: expect.stringMatching(message),
    });
    expect(read(await pool.run(instant('count(depth)')))).toMatchObject({ status: 'success' });
    expect(faults).toEqual([]);
  });
});

test('a query that takes too long is ended, and the next is answered', async () => {
  const hurried = newPool(200);
  const slow = instant(
    Array.from({ length: 20 }, () => 'sum(count_over_time(vector(1)[2m:1ms]))').join(' + '),
  );
  const outcomes = await Promise.all([hurried.run(slow), hurried.run(slow)]);
  expect(outcomes.map(({ kind, ...rest }) => [kind, 'type' in rest && rest.type])).toEqual([
    ['refused', 'timeout'],
    ['refused', 'unavailable'],
  ]);
  hurried.close();
  expect(read(await pool.run(instant('1')))).toMatchObject({ status: 'success' });
});

test('a reader that goes away ends its query, waiting or running', async () => {
  const gone = new AbortController();
  const patience = { signal: gone.signal };
  const slow = instant('sum(quantile_over_time(0.5, depth[10m:1s]))');
  const both = [pool.run(slow, patience), pool.run(slow, patience)];
  gone.abort();
  expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['refused', 'refused']);
  expect(read(await pool.run(instant('1')))).toMatchObject({ status: 'success' });
});

test('more queries than may wait are told to come back, as all are when the pool closes', async () => {
  const small = newPool(20_000);
  const all = Array.from({ length: 70 }, () => small.run(instant('sum(depth)')));
  const refused = await Promise.all(all.slice(65));
  expect(refused).toEqual(
    refused.map(() => ({
      kind: 'refused',
      type: 'unavailable',
      message: 'Cannot answer now: 64 queries wait already',
      retryAfterSeconds: 1,
    })),
  );
  small.close();
  const ended = await Promise.all(all.slice(0, 65));
  expect(ended.filter(({ kind }) => kind === 'refused').length).toBeGreaterThan(60);
  expect(await small.run(instant('1'))).toMatchObject({ type: 'unavailable' });
});

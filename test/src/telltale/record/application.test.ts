import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import * as application from '../../../../src/telltale/src/record/application.ts';
import { cache, cacheTotals } from '../../../../src/telltale/src/record/caches.ts';
import {
  recordFeedback,
  rememberPrediction,
} from '../../../../src/telltale/src/record/feedback/feedback.ts';
import {
  feedbackTotals,
  modelPerformance,
} from '../../../../src/telltale/src/record/feedback/feedback-performance.ts';
import {
  activeDetectors,
  component,
  componentHealth,
  detector,
} from '../../../../src/telltale/src/record/health.ts';
import { queue, queueStatus } from '../../../../src/telltale/src/record/queues.ts';
import { startRequest } from '../../../../src/telltale/src/record/requests.ts';
import { configureFeedback } from '../../../../src/telltale/src/record/truth/feedback-registry.ts';

let provider: MeterProvider;
let exporter: InMemoryMetricExporter;

beforeEach(() => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
});

afterEach(async () => {
  metrics.disable();
  await provider.shutdown();
});

/** Values of one metric by its attribute values; a histogram gives its count. */
async function valuesOf(name: string): Promise<Record<string, number>> {
  exporter.reset();
  await provider.forceFlush();
  const found = exporter
    .getMetrics()
    .flatMap((batch) => batch.scopeMetrics.flatMap((scope) => scope.metrics))
    .find((metric) => metric.descriptor.name === name);
  const points: readonly { attributes: object; value: unknown }[] = found?.dataPoints ?? [];
  return Object.fromEntries(
    points.map(({ attributes, value }) => [
      Object.values(attributes).join(' '),
      typeof value === 'number' ? value : (value as { count: number }).count,
    ]),
  );
}

describe('cache()', () => {
  test('counts hits and misses and follows the size', async () => {
    const features = cache('features');
    features.hit();
    features.hit(2);
    features.miss();
    features.size(7);
    for (const nonsense of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      features.hit(nonsense);
      features.miss(nonsense);
      features.size(nonsense);
    }
    expect(await valuesOf('ml.cache.requests')).toEqual({ 'features hit': 3, 'features miss': 1 });
    expect(await valuesOf('ml.cache.size')).toEqual({ features: 7 });
    expect(cacheTotals()).toEqual({ features: { hits: 3, misses: 1, size: 7 } });
  });

  test('a million names end in one overflow series', async () => {
    for (let index = 0; index < 1000; index += 1) cache(`user-${index}`).hit();
    const series = await valuesOf('ml.cache.requests');
    expect(Object.keys(series).length).toBe(2 * 51);
    expect(series['_OTHER hit']).toBe(1000 - 49);
  });
});

describe('queue()', () => {
  test('reads its depth at collection and records waits', async () => {
    const items = [1, 2, 3];
    const jobs = queue('jobs', { size: () => items.length, capacity: 10 });
    jobs.waited(0.2);
    jobs.waited(Number.NaN);
    expect(await valuesOf('ml.queue.size')).toEqual({ jobs: 3 });
    expect(await valuesOf('ml.queue.capacity')).toEqual({ jobs: 10 });
    expect(await valuesOf('ml.queue.wait.duration')).toEqual({ jobs: 1 });
    expect(queueStatus()).toMatchObject({ jobs: { size: 3, capacity: 10 } });
  });

  test('a depth that throws is absent', async () => {
    queue('jobs', {
      size: () => {
        throw new Error('gone');
      },
    });
    expect(await valuesOf('ml.queue.size')).toEqual({});
  });
});

describe('component()', () => {
  test('tells its state, since when and why', async () => {
    const store = component('feature-store');
    store.up();
    store.degraded('slow');
    store.down('connection refused');
    store.down('connection refused');
    expect(componentHealth()).toMatchObject([
      { name: 'feature-store', state: 'down', reason: 'connection refused' },
    ]);
    expect(await valuesOf('ml.component.health')).toEqual({ 'feature-store': 0 });
    expect(await valuesOf('ml.component.transitions')).toEqual({
      'feature-store degraded': 1,
      'feature-store down': 1,
    });
    store.up();
    expect(await valuesOf('ml.component.health')).toEqual({ 'feature-store': 1 });
  });

  type Check = readonly [
    name: string,
    probe: () => boolean | Promise<boolean>,
    state: 'up' | 'down',
  ];

  test.for<Check>([
    ['true', () => true, 'up'],
    ['false', () => Promise.resolve(false), 'down'],
    ['an error', () => Promise.reject(new Error('no route')), 'down'],
    ['no answer', () => new Promise(() => {}), 'down'],
  ])('a check that gives %s', async ([name, probe, state]) => {
    const checked = component(`checked ${name}`);
    if (state === 'up') checked.down();
    checked.check(probe, { everyMs: 60_000, timeoutMs: 5 });
    await expect
      .poll(() => componentHealth().find((one) => one.name === `checked ${name}`)?.state)
      .toBe(state);
    checked.check(undefined);
  });

  test('detectors are counted by state', async () => {
    detector('velocity').activate();
    detector('geo');
    expect(activeDetectors()).toEqual(['velocity']);
    expect(await valuesOf('ml.detector.count')).toEqual({ active: 1, inactive: 1 });
  });
});

describe('startRequest()', () => {
  test('counts work under way and ends it once', async () => {
    const first = startRequest('import');
    const second = startRequest('import');
    first.end();
    first.end();
    expect(await valuesOf('ml.request.active')).toEqual({ import: 1 });
    second.end('TimeoutError');
    expect(await valuesOf('ml.request.active')).toEqual({ import: 0 });
    expect(await valuesOf('ml.request.duration')).toEqual({ import: 1, 'import TimeoutError': 1 });
  });
});

describe('recordFeedback()', () => {
  const START_MS = 1_000_000;

  test('joins by id, counts a repetition once and the unknown as unmatched', async () => {
    configureFeedback('fraud', { positive: 'bad' });
    const prediction = {
      model: 'fraud',
      version: '7',
      outcome: 'bad',
      confidence: 0.9,
      atMs: START_MS,
    };
    rememberPrediction('p1', { ...prediction });
    rememberPrediction('p2', { ...prediction });
    const results = [
      recordFeedback({ predictionId: 'p1', actual: 'bad' }, START_MS + 60_000),
      recordFeedback({ predictionId: 'p2', actual: 'ok' }, START_MS + 60_000),
      recordFeedback({ predictionId: 'p2', actual: 'bad' }, START_MS + 61_000),
      recordFeedback({ predictionId: 'absent', actual: 'bad' }, START_MS),
      recordFeedback(
        { predictionId: 'elsewhere', actual: 'ok', predicted: 'ok', model: 'fraud', version: '7' },
        START_MS,
      ),
    ];
    expect(results).toEqual([
      'true_positive',
      'false_positive',
      'duplicate',
      'unmatched',
      'true_negative',
    ]);
    expect(await valuesOf('ml.feedback.records')).toEqual({
      'fraud 7 true_positive': 1,
      'fraud 7 false_positive': 1,
      'fraud 7 duplicate': 1,
      'fraud 7 true_negative': 1,
      'unknown  unmatched': 1,
    });
    const [fraud] = modelPerformance().filter((one) => one.model === 'fraud');
    // The correction of p2 made it right.
    expect(fraud).toMatchObject({ version: '7', sampleCount: 3, accuracy: 1, falsePositives: 0 });
    expect(feedbackTotals()).toMatchObject({ matched: 3, unmatched: 1, duplicate: 1 });
  });

  test('a truth after a day finds nothing any more', () => {
    rememberPrediction('old', { model: 'm', version: '', outcome: 'a', atMs: START_MS });
    const late = START_MS + 25 * 3_600_000;
    expect(recordFeedback({ predictionId: 'old', actual: 'a' }, late)).toBe('unmatched');
  });

  test('a clock that steps back loses no truth', () => {
    rememberPrediction('future', { model: 'm', version: '', outcome: 'a', atMs: START_MS });
    expect(recordFeedback({ predictionId: 'future', actual: 'a' }, START_MS - 3_600_000)).toBe(
      'correct',
    );
  });

  test('the ledger is bounded and counts what it lost', () => {
    const before = feedbackTotals().evicted;
    for (let index = 0; index < 25_000; index += 1) {
      rememberPrediction(`flood-${index}`, {
        model: 'm',
        version: '',
        outcome: 'a',
        atMs: START_MS,
      });
    }
    expect(recordFeedback({ predictionId: 'flood-0', actual: 'a' }, START_MS)).toBe('unmatched');
    expect(recordFeedback({ predictionId: 'flood-24999', actual: 'a' }, START_MS)).toBe('correct');
    expect(feedbackTotals().evicted - before).toBeGreaterThanOrEqual(15_000);
  });

  test('rates are shown from thirty labels on', async () => {
    for (let index = 0; index < 30; index += 1) {
      expect(await valuesOf('ml.performance.accuracy')).not.toHaveProperty('slow 1');
      rememberPrediction(`s${index}`, {
        model: 'slow',
        version: '1',
        outcome: 'a',
        atMs: START_MS,
      });
      recordFeedback({ predictionId: `s${index}`, actual: index < 3 ? 'b' : 'a' }, START_MS);
    }
    expect((await valuesOf('ml.performance.accuracy'))['slow 1']).toBe(0.9);
  });
});

describe('whatever the application passes', () => {
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };

  test.for<readonly [string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('x')],
    ['a revoked proxy', revoked()],
    ['an object without a prototype', Object.create(null)],
  ])('%s: no call throws', ([, junk]) => {
    const anything = junk as never;
    expect(() => {
      application.feedback.record(anything);
      application.feedback.configure(anything, anything);
      application.cache(anything).hit(anything);
      application.queue(anything, anything).waited(anything);
      application.health.component(anything).up();
      application.health.detector(anything).activate();
      application.requests.start(anything).end(anything);
    }).not.toThrow();
  });
});

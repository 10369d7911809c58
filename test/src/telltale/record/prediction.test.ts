import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  isOwnedByApplication,
  predictions,
} from '../../../../src/telltale/src/record/predictions/prediction.ts';
import { PredictionModel } from '../../../../src/telltale/src/record/predictions/prediction-model.ts';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const provider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
});
beforeAll(() => metrics.setGlobalMeterProvider(provider));
afterAll(() => metrics.disable());

interface Point {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | { readonly count: number; readonly sum: number };
}

/** Points of a metric of one model, without the attributes that all of them share. */
async function points(metric: string, model: string): Promise<readonly Point[]> {
  exporter.reset();
  await provider.forceFlush();
  return exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap((scope) => scope.metrics)
    .filter(({ descriptor }) => descriptor.name === metric)
    .flatMap(({ dataPoints }) => dataPoints as unknown as Point[])
    .filter(({ attributes }) => attributes['ml.model.name'] === model);
}

test('predictions.record() counts by outcome, level and category, and gives the id back', async () => {
  const prediction = { model: 'fraud', version: '7', outcome: 'fraud', confidence: 0.93 };
  const ids = [
    predictions.record({ ...prediction, id: 'tx-1' }),
    predictions.record({ ...prediction, id: 'tx-2', confidence: 0.73 }),
    predictions.record({ ...prediction, level: 'high', category: 'card' }),
  ];
  expect(ids).toEqual(['tx-1', 'tx-2', expect.stringMatching(/^[0-9a-f-]{36}$/u)]);
  const model = { 'ml.model.name': 'fraud', 'ml.model.version': '7' };
  expect(await points('ml.predictions', 'fraud')).toMatchObject([
    { attributes: { ...model, 'ml.prediction.outcome': 'fraud' }, value: 2 },
    {
      attributes: {
        ...model,
        'ml.prediction.outcome': 'fraud',
        'ml.prediction.level': 'high',
        'ml.prediction.category': 'card',
      },
      value: 1,
    },
  ]);
  const [confidence] = await points('ml.prediction.confidence', 'fraud');
  expect(confidence).toMatchObject({
    attributes: { ...model, 'ml.prediction.outcome': 'fraud' },
    value: { count: 3 },
  });
  expect(confidence).toHaveProperty('value.sum', expect.closeTo(2.59, 9));
});

test.for([
  [1, '1'],
  [0, '0'],
  [true, 'true'],
  ['x'.repeat(1_000), 'x'.repeat(256)],
] as const)('an outcome of %s is counted as text', async ([outcome, expected], { task }) => {
  predictions.record({ model: task.id, outcome });
  const [point] = await points('ml.predictions', task.id);
  expect(point?.attributes['ml.prediction.outcome']).toBe(expected);
});

test.for([
  ['confidence', { outcome: 'a', confidence: 1.01 }, 1],
  ['confidence', { outcome: 'a', confidence: -0.1 }, 1],
  ['confidence', { outcome: 'a', confidence: Number.NaN }, 1],
  ['confidence', { outcome: 'a', confidence: '0.9' }, 1],
  ['outcome', {}, 0],
  ['outcome', { outcome: '' }, 0],
  ['outcome', { outcome: null }, 0],
  ['outcome', { outcome: Number.NaN }, 0],
  ['outcome', { outcome: {} }, 0],
] as const)(
  'an invalid %s of %j is counted apart',
  async ([reason, prediction, counted], { task }) => {
    const id = predictions.record({ model: task.id, ...prediction } as never);
    expect(id).not.toBe('');
    expect(await points('ml.prediction.invalid', task.id)).toMatchObject([
      { attributes: { 'ml.invalid.reason': reason }, value: 1 },
    ]);
    expect((await points('ml.predictions', task.id)).length).toBe(counted);
    expect(await points('ml.prediction.confidence', task.id)).toEqual([]);
  },
);

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const HOSTILE: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  'a number': 7,
  'a revoked proxy': revoked.proxy,
  'a getter that throws': {
    get outcome(): never {
      throw new Error('mine');
    },
  },
  'objects for texts': { model: {}, outcome: 'a', id: {}, level: Symbol('x') },
};

test.for(Object.keys(HOSTILE))('predictions.record() of %s does not throw', (name) => {
  expect(() => predictions.record(HOSTILE[name] as never)).not.toThrow();
});

test('a flood of outcomes ends in _OTHER', async () => {
  for (let i = 0; i < 5_000; i++) {
    predictions.record({ model: 'flood', outcome: `o${i}`, level: `l${i % 70}`, category: 'c' });
  }
  const counted = await points('ml.predictions', 'flood');
  expect(counted.length).toBeLessThanOrEqual(501);
  const total = counted.reduce((sum, { value }) => sum + (value as number), 0);
  expect(total).toBe(5_000);
});

test('PredictionModel bounds the combinations of its labels', () => {
  const model = new PredictionModel('m', '1');
  const seen = new Set<unknown>();
  for (let i = 0; i < 50 * 50; i++) {
    const labels = { outcome: `o${i % 50}`, level: `l${Math.floor(i / 50)}`, category: undefined };
    seen.add(model.counted(model.bound(labels)));
  }
  expect(seen.size).toBe(501);
});

test('a model that the application records is its own from then on', () => {
  expect(isOwnedByApplication('mine')).toBe(false);
  predictions.record({ model: 'mine', outcome: 'a' });
  expect(isOwnedByApplication('mine')).toBe(true);
});

import { metrics } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { ModelRule } from '@telltale/instrumentation-onnxruntime';

import {
  recordPredictionsAutomatically,
  settleAutomaticPredictions,
  stopAutomaticPredictions,
} from '../../../../../src/telltale/src/record/automatic/automatic-predictions.ts';
import { predictions } from '../../../../../src/telltale/src/record/predictions/prediction.ts';
import { type ObservedRuntime, observeRuntime } from '../../../../support/observed-runtime.ts';
import { classifierModel, irisModel, regressorModel } from '../../../../support/onnx-models.ts';

beforeEach(() => recordPredictionsAutomatically());
afterEach(() => {
  stopAutomaticPredictions();
  metrics.disable();
});

function observe(name: string, models: readonly ModelRule[] = []): ObservedRuntime {
  const observed = observeRuntime({ config: { modelName: () => name, models } });
  metrics.disable();
  metrics.setGlobalMeterProvider(observed.meterProvider);
  return observed;
}

async function counts(observed: ObservedRuntime, name: string): Promise<Record<string, number>> {
  const points = await observed.points('ml.predictions');
  return Object.fromEntries(
    points
      .filter(({ attributes }) => attributes['ml.model.name'] === name)
      .map(({ attributes, value }) => [attributes['ml.prediction.outcome'], value as number]),
  );
}

async function runClassifier(observed: ObservedRuntime, times: number): Promise<void> {
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(classifierModel(['ok', 'bad']));
  const x = new Tensor('float32', Float32Array.of(1, 2, 3, 1), [2, 2]);
  for (let i = 0; i < times; i++) await session.run({ x });
}

test('a classifier of sklearn-onnx is recorded without configuration', async () => {
  const observed = observe('skl');
  await runClassifier(observed, 3);
  settleAutomaticPredictions();
  expect(await counts(observed, 'skl')).toEqual({ ok: 3, bad: 3 });
  const confidence = await observed.points('ml.prediction.confidence');
  const total = confidence
    .filter(({ attributes }) => attributes['ml.model.name'] === 'skl')
    .reduce((sum, { value }) => sum + (value as { count: number }).count, 0);
  expect(total).toBe(6);
});

test('the first predictions wait a second for the application, then count by themselves', async () => {
  const observed = observe('patient');
  await runClassifier(observed, 1);
  expect(await counts(observed, 'patient')).toEqual({});
  await vi.waitFor(
    async () => expect(await counts(observed, 'patient')).toEqual({ ok: 1, bad: 1 }),
    { timeout: 3_000 },
  );
});

test('nothing is counted twice when the application records by itself', async () => {
  const observed = observe('own');
  await runClassifier(observed, 1);
  predictions.record({ model: 'own', outcome: 'mine' });
  await runClassifier(observed, 2);
  settleAutomaticPredictions();
  expect(await counts(observed, 'own')).toEqual({ mine: 1 });
});

test('a softmax output counts the number of its class', async () => {
  const observed = observe('softmax');
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]);
  await session.run({ features });
  settleAutomaticPredictions();
  expect(await counts(observed, 'softmax')).toEqual({ 2: 1 });
});

test('a rule names the classes, or switches the model off', async () => {
  const output = {
    tensor: 'probabilities',
    kind: 'probabilities',
    labels: ['setosa', 'versicolor', 'virginica'],
  } as const;
  for (const [rule, expected] of [
    [output, { virginica: 1 }],
    [false, {}],
  ] as const) {
    const name = rule === false ? 'off' : 'named';
    const observed = observe(name, [{ match: { name }, output: rule }]);
    const { Tensor, InferenceSession } = observed.runtime;
    const session = await InferenceSession.create(irisModel());
    const features = new Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]);
    await session.run({ features });
    settleAutomaticPredictions();
    expect(await counts(observed, name)).toEqual(expected);
  }
});

test('a regressor has no predictions', async () => {
  const observed = observe('regressor');
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(regressorModel());
  await session.run({ x: new Tensor('float32', Float32Array.of(0.1, 0.2), [1, 2]) });
  settleAutomaticPredictions();
  expect(await counts(observed, 'regressor')).toEqual({});
});

test('all rows are counted, the confidences of 1024', async () => {
  const observed = observe('rows');
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  await session.run({ features: new Tensor('float32', new Float32Array(4 * 2_000), [2_000, 4]) });
  settleAutomaticPredictions();
  expect(Object.values(await counts(observed, 'rows'))).toEqual([2_000]);
  expect(await observed.points('ml.prediction.invalid')).toMatchObject([
    { attributes: { 'ml.model.name': 'rows', 'ml.invalid.reason': 'rows' }, value: 976 },
  ]);
});

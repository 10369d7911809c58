import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';

import {
  type TrainedModel,
  trainModel,
} from '../../../../examples/phishing/training/build-model.ts';
import { loadDataset } from '../../../../examples/phishing/training/dataset.ts';
import { crossValidate } from '../../../../examples/phishing/training/evaluate.ts';
import { forward, predict } from '../../../../examples/phishing/training/network.ts';

const PROBABILITY_ERROR_MAX = 1e-6;

describe('trainModel()', () => {
  let model: TrainedModel;
  beforeAll(() => {
    model = trainModel(1);
  });

  test('gives the same bytes for the same seed, others for another', () => {
    expect(trainModel(1).bytes).toEqual(model.bytes);
    expect(trainModel(2).bytes).not.toEqual(model.bytes);
  });

  test('classifies held-out pages', () => {
    expect(model.heldOutAccuracy).toBeGreaterThan(0.87);
  });

  test('writes a model that ONNX Runtime describes as intended', async () => {
    const session = await InferenceSession.create(model.bytes);
    expect({ inputs: session.inputMetadata, outputs: session.outputMetadata }).toEqual({
      inputs: [{ name: 'features', isTensor: true, type: 'float32', shape: ['batch', 9] }],
      outputs: [
        { name: 'label', isTensor: true, type: 'int64', shape: ['batch'] },
        { name: 'probabilities', isTensor: true, type: 'float32', shape: ['batch', 2] },
      ],
    });
    await session.release();
  });

  test('writes a model that answers as the trained network does', async () => {
    const rows = loadDataset();
    const session = await InferenceSession.create(model.bytes);
    const input = Float32Array.from(rows.flatMap(({ features }) => features));
    const output = await session.run({ features: new Tensor('float32', input, [rows.length, 9]) });
    const probabilities = Array.from(output['probabilities']?.data as Float32Array);
    const expected = rows.flatMap((row) => [...forward(model.network, row.features).probabilities]);
    const errors = probabilities.map((value, index) => Math.abs(value - (expected[index] ?? 9)));
    expect(errors).toHaveLength(2 * rows.length);
    expect(Math.max(...errors)).toBeLessThan(PROBABILITY_ERROR_MAX);
    expect(Array.from(output['label']?.data as BigInt64Array, Number)).toEqual(
      rows.map((row) => predict(model.network, row.features)),
    );
    await session.release();
  });
});

test('crossValidate() finds every fold between 0.87 and 0.95, 0.90 or better on average', () => {
  const accuracies = crossValidate(loadDataset(), 1);
  expect(accuracies).toHaveLength(5);
  expect(Math.min(...accuracies)).toBeGreaterThan(0.87);
  expect(Math.max(...accuracies)).toBeLessThan(0.95);
  expect(accuracies.reduce((sum, value) => sum + value, 0) / 5).toBeGreaterThan(0.9);
});

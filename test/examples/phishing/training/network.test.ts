import { expect, test } from 'vitest';

import {
  createNetwork,
  forward,
  type Network,
  predict,
  roundToFloat32,
} from '../../../../examples/phishing/training/network.ts';
import { createRandom } from '../../../../examples/phishing/training/random.ts';

/** Unit 0 adds the two inputs, unit 1 would be negative; only unit 0 speaks, for class 1. */
function handMade(): Network {
  const network = createNetwork(2, () => 0.5);
  for (const values of [network.hiddenWeights, network.outputWeights]) values.fill(0);
  network.hiddenWeights.set([1, -1], 0);
  network.hiddenWeights.set([1, -1], 16);
  network.outputWeights.set([0, Math.log(3)], 0);
  network.outputWeights.set([100, 0], 2);
  return network;
}

test('forward() is softmax over rectified units', () => {
  const { hidden, probabilities } = forward(handMade(), [0.25, 0.75]);
  expect(hidden.slice(0, 2)).toEqual(Float64Array.of(1, 0));
  expect(probabilities[0]).toBeCloseTo(0.25, 12);
  expect(probabilities[1]).toBeCloseTo(0.75, 12);
});

test('predict() names the first class when both are equally likely', () => {
  expect(predict(handMade(), [0, 0])).toBe(0);
  expect(predict(handMade(), [1, 1])).toBe(1);
});

test('roundToFloat32() leaves numbers that a 32-bit float can hold', () => {
  const network = createNetwork(9, createRandom(1));
  roundToFloat32(network);
  expect(network.hiddenWeights).toEqual(network.hiddenWeights.map(Math.fround));
  expect(network.hiddenWeights.length).toBe(9 * 16);
});

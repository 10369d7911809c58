import { createAdam } from './adam.ts';
import type { Row } from './dataset.ts';
import {
  type Activation,
  CLASS_COUNT,
  createNetwork,
  forward,
  HIDDEN_UNITS,
  type Network,
  parameters,
  roundToFloat32,
} from './network.ts';
import { createRandom, shuffled } from './random.ts';

const EPOCHS = 60;
const BATCH_ROWS = 32;
const LEARNING_RATE = 0.01;

/** Trains a network on the rows; the same rows and seed give the same weights. */
export function fit(rows: readonly Row[], seed: number): Network {
  const random = createRandom(seed);
  const network = createNetwork(rows[0]?.features.length ?? 0, random);
  const optimizer = createAdam(parameters(network), LEARNING_RATE);
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const order = shuffled(rows, random);
    for (let start = 0; start < order.length; start += BATCH_ROWS) {
      optimizer.step(gradients(network, order.slice(start, start + BATCH_ROWS)));
    }
  }
  roundToFloat32(network);
  return network;
}

/** Mean gradient of the cross entropy over a batch, in the order of `parameters()`. */
function gradients(network: Network, batch: readonly Row[]): Float64Array[] {
  const sums = parameters(network).map((values) => new Float64Array(values.length));
  for (const row of batch) addGradient(network, row, sums);
  return sums.map((sum) => sum.map((value) => value / batch.length));
}

function addGradient(network: Network, row: Row, sums: readonly Float64Array[]): void {
  const activation = forward(network, row.features);
  // The slope of softmax with cross entropy is the probability minus the truth.
  const outputSlope = activation.probabilities.map((p, index) => p - (index === row.label ? 1 : 0));
  const hiddenSlope = backThroughHidden(network, activation, outputSlope);
  const [hiddenWeights, hiddenBias, outputWeights, outputBias] = sums;
  addOuterProduct(hiddenWeights, row.features, hiddenSlope);
  addOuterProduct(hiddenBias, [1], hiddenSlope);
  addOuterProduct(outputWeights, activation.hidden, outputSlope);
  addOuterProduct(outputBias, [1], outputSlope);
}

function backThroughHidden(
  network: Network,
  { hidden }: Activation,
  outputSlope: Float64Array,
): Float64Array {
  const slope = new Float64Array(HIDDEN_UNITS);
  for (const [unit, value] of hidden.entries()) {
    if (value <= 0) continue;
    for (const [index, upper] of outputSlope.entries()) {
      const weight = network.outputWeights[unit * CLASS_COUNT + index] ?? 0;
      slope[unit] = (slope[unit] ?? 0) + weight * upper;
    }
  }
  return slope;
}

function addOuterProduct(
  sum: Float64Array | undefined,
  rows: ArrayLike<number>,
  columns: Float64Array,
): void {
  if (sum === undefined) return;
  for (let row = 0; row < rows.length; row += 1) {
    for (const [column, value] of columns.entries()) {
      const index = row * columns.length + column;
      sum[index] = (sum[index] ?? 0) + (rows[row] ?? 0) * value;
    }
  }
}

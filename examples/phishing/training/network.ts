import { type Random, standardNormal } from './random.ts';

export const HIDDEN_UNITS = 16;
export const CLASS_COUNT = 2;

/**
 * A multilayer perceptron: `softmax(W2 relu(W1 x + b1) + b2)`.
 *
 * Matrices are row-major with one row per input and one column per output, which is also the
 * layout that the Gemm operator of ONNX expects.
 */
export interface Network {
  readonly inputCount: number;
  /** `[inputCount, HIDDEN_UNITS]` */
  readonly hiddenWeights: Float64Array;
  readonly hiddenBias: Float64Array;
  /** `[HIDDEN_UNITS, CLASS_COUNT]` */
  readonly outputWeights: Float64Array;
  readonly outputBias: Float64Array;
}

/** What the forward pass computed, kept because the backward pass needs it. */
export interface Activation {
  readonly hidden: Float64Array;
  readonly probabilities: Float64Array;
}

/** Weights drawn as He et al. (2015) advise for rectified units; biases are zero. */
export function createNetwork(inputCount: number, random: Random): Network {
  const draw = (inputs: number, outputs: number): Float64Array =>
    Float64Array.from(
      { length: inputs * outputs },
      () => standardNormal(random) * Math.sqrt(2 / inputs),
    );
  return {
    inputCount,
    hiddenWeights: draw(inputCount, HIDDEN_UNITS),
    hiddenBias: new Float64Array(HIDDEN_UNITS),
    outputWeights: draw(HIDDEN_UNITS, CLASS_COUNT),
    outputBias: new Float64Array(CLASS_COUNT),
  };
}

/** The parameters in a fixed order, for the optimizer and for rounding. */
export function parameters(network: Network): readonly Float64Array[] {
  return [network.hiddenWeights, network.hiddenBias, network.outputWeights, network.outputBias];
}

/** Rounds every parameter to a 32-bit float in place: what the model file will hold. */
export function roundToFloat32(network: Network): void {
  for (const values of parameters(network)) values.set(Float32Array.from(values));
}

export function forward(network: Network, features: readonly number[]): Activation {
  const hidden = affine(features, network.hiddenWeights, network.hiddenBias);
  for (const [unit, value] of hidden.entries()) hidden[unit] = Math.max(0, value);
  const logits = affine(hidden, network.outputWeights, network.outputBias);
  return { hidden, probabilities: softmax(logits) };
}

/** The class with the larger probability; the first one when they are equal, as ArgMax does. */
export function predict(network: Network, features: readonly number[]): number {
  const { probabilities } = forward(network, features);
  return probabilities.indexOf(Math.max(...probabilities));
}

function affine(input: ArrayLike<number>, weights: Float64Array, bias: Float64Array): Float64Array {
  const output = Float64Array.from(bias);
  for (let row = 0; row < input.length; row += 1) {
    const value = input[row] ?? 0;
    for (let column = 0; column < output.length; column += 1) {
      output[column] = (output[column] ?? 0) + value * (weights[row * output.length + column] ?? 0);
    }
  }
  return output;
}

/** The largest logit is subtracted first, so that no exponential overflows. */
function softmax(logits: Float64Array): Float64Array {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

const DECAY_MEAN = 0.9;
const DECAY_SQUARE = 0.999;
const DIVISOR_MIN = 1e-8;

export interface Optimizer {
  /** Moves each parameter one step against its gradient; both lists are in the same order. */
  step(gradients: readonly Float64Array[]): void;
}

/** Adam, algorithm 1 of Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015). */
export function createAdam(parameters: readonly Float64Array[], learningRate: number): Optimizer {
  const moments = parameters.map((values) => ({
    values,
    mean: new Float64Array(values.length),
    square: new Float64Array(values.length),
  }));
  let time = 0;
  return {
    step(gradients) {
      time += 1;
      const rate = (learningRate * Math.sqrt(1 - DECAY_SQUARE ** time)) / (1 - DECAY_MEAN ** time);
      for (const [group, { values, mean, square }] of moments.entries()) {
        const gradient = gradients[group] ?? [];
        for (const [index, slope] of gradient.entries()) {
          const m = DECAY_MEAN * (mean[index] ?? 0) + (1 - DECAY_MEAN) * slope;
          const v = DECAY_SQUARE * (square[index] ?? 0) + (1 - DECAY_SQUARE) * slope * slope;
          mean[index] = m;
          square[index] = v;
          values[index] = (values[index] ?? 0) - (rate * m) / (Math.sqrt(v) + DIVISOR_MIN);
        }
      }
    },
  };
}

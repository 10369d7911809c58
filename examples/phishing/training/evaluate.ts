import { type Row, stratifiedFolds } from './dataset.ts';
import { fit } from './fit.ts';
import { type Network, predict } from './network.ts';
import { createRandom } from './random.ts';

const FOLDS = 5;

/** Share of rows whose class the network names, between 0 and 1. */
export function accuracy(network: Network, rows: readonly Row[]): number {
  const hits = rows.filter((row) => predict(network, row.features) === row.label).length;
  return hits / rows.length;
}

/** Accuracy on each fifth of the rows of a network trained on the other four. */
export function crossValidate(rows: readonly Row[], seed: number): number[] {
  const folds = stratifiedFolds(rows, FOLDS, createRandom(seed));
  return folds.map((fold) => {
    const others = folds.filter((other) => other !== fold).flat();
    return accuracy(fit(others, seed), fold);
  });
}

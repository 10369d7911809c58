import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CLASSES, FEATURES, loadDataset, splitDataset } from './dataset.ts';
import { accuracy } from './evaluate.ts';
import { fit } from './fit.ts';
import type { Network } from './network.ts';
import { encodeOnnxModel } from './onnx-model.ts';

/** The seed of the split, the weights and the order of training. */
export const SEED = 1;

/** Where training writes and the service reads unless told otherwise; ignored by Git. */
export const MODEL_PATH: string = fileURLToPath(
  new URL('../.cache/phishing.onnx', import.meta.url),
);

export interface TrainedModel {
  readonly bytes: Uint8Array;
  readonly network: Network;
  /** Accuracy on the fifth of the rows that training never saw. */
  readonly heldOutAccuracy: number;
}

export function trainModel(seed: number = SEED): TrainedModel {
  const rows = loadDataset();
  const { train, heldOut } = splitDataset(rows, seed);
  const network = fit(train, seed);
  const heldOutAccuracy = accuracy(network, heldOut);
  const bytes = encodeOnnxModel(network, {
    name: 'phishing',
    version: 1,
    summary: 'Tells phishing pages from legitimate ones by nine answers about the page.',
    metadata: {
      model_name: 'phishing',
      classes: JSON.stringify(CLASSES),
      features: JSON.stringify(FEATURES),
      training_seed: String(seed),
      held_out_accuracy: heldOutAccuracy.toFixed(3),
    },
  });
  return { bytes, network, heldOutAccuracy };
}

export function writeModel(bytes: Uint8Array, path: string = MODEL_PATH): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

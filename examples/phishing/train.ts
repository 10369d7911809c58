// Trains the classifier and writes it as an ONNX file: `node train.ts [path]`.
import { MODEL_PATH, SEED, trainModel, writeModel } from './training/build-model.ts';
import { loadDataset } from './training/dataset.ts';
import { crossValidate } from './training/evaluate.ts';

const path = process.argv[2] ?? MODEL_PATH;
const startedMs = performance.now();
const { bytes, heldOutAccuracy } = trainModel();
writeModel(bytes, path);
const foldAccuracies = crossValidate(loadDataset(), SEED);

const mean = foldAccuracies.reduce((sum, value) => sum + value, 0) / foldAccuracies.length;
const folds = foldAccuracies.map((value) => value.toFixed(3)).join(' ');
console.log(`five-fold accuracy  ${mean.toFixed(3)}  (${folds})`);
console.log(`held-out accuracy   ${heldOutAccuracy.toFixed(3)}`);
console.log(
  `wrote ${path} (${bytes.length} bytes, seed ${SEED}) in ` +
    `${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
);

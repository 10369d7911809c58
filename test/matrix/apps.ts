import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  CJS_APP,
  CJS_APP_WITH_SDK,
  ESM_APP,
  ESM_APP_WITH_SDK,
  INFERENCES,
} from '../support/inference-apps.ts';
import { irisModel } from '../support/onnx-models.ts';
import { writeTinyClassifier } from '../support/tiny-classifier.ts';
import type { Cell } from './cells.ts';

/** `pipeline()` of transformers.js on a model made here; each call is one inference. */
const TRANSFORMERS_BODY = `
async function classify({ pipeline, env }) {
  env.allowRemoteModels = false;
  env.localModelPath = './models/';
  const classifier = await pipeline('text-classification', 'tiny-classifier', { dtype: 'fp32' });
  for (let i = 0; i < ${INFERENCES}; i++) console.log(JSON.stringify(await classifier('good day')));
}`;

const SOURCES: Readonly<Record<string, string>> = {
  'infer.cjs': CJS_APP,
  'infer.mjs': ESM_APP,
  'infer-own-sdk.cjs': CJS_APP_WITH_SDK,
  'infer-own-sdk.mjs': ESM_APP_WITH_SDK,
  'transformers.cjs': `
${TRANSFORMERS_BODY}
classify(require('@huggingface/transformers'));
`,
  'transformers.mjs': `
import * as transformers from '@huggingface/transformers';
${TRANSFORMERS_BODY}
await classify(transformers);
`,
  'worker.cjs': `
const { Worker } = require('node:worker_threads');
new Worker(require('node:path').join(__dirname, 'infer.cjs'));
`,
  'worker.mjs': `
import { Worker } from 'node:worker_threads';
new Worker(new URL('./infer.mjs', import.meta.url));
`,
};

/** Writes the applications and their models into a project folder. */
export function writeApps(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(SOURCES)) writeFileSync(join(folder, name), source);
  writeFileSync(join(folder, 'iris.onnx'), irisModel());
  writeTinyClassifier(join(folder, 'models/tiny-classifier'));
}

/** The flags and the file of a cell, as on the command line. */
export function argvOf({ flag, kind, situation, app }: Cell): readonly string[] {
  const ours = [flag, 'telltale/register'];
  const auto = [flag, '@opentelemetry/auto-instrumentations-node/register'];
  const suffix = situation === 'own NodeSDK later' ? '-own-sdk' : '';
  const file = `${app}${suffix}.${kind}`;
  switch (situation) {
    case 'auto before':
      return [...auto, ...ours, file];
    case 'auto after':
      return [...ours, ...auto, file];
    case 'alone':
    case 'own NodeSDK later':
      return [...ours, file];
  }
}

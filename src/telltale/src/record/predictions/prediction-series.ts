import type { BatchObservableResult } from '@opentelemetry/api';

import {
  instrumentOptions,
  METRIC_PREDICTION_INVALID,
  METRIC_PREDICTIONS,
  MODEL_NAMES_MAX,
  OTHER,
  sharedState,
} from '@telltale/core';

import { BoundedNames } from '../../instruments/bounded-names.ts';
import { liveInstruments } from '../../instruments/live-instruments.ts';
import { PredictionModel } from './prediction-model.ts';

/** Versions of all models with series of their own. */
const VERSIONS_MAX = 500;

type Models = Map<string, Map<string, PredictionModel>>;

/** One registry a process: the ESM and the CommonJS copy of this module share it. */
const registry = sharedState('telltale.predictions', () => {
  const models: Models = new Map();
  return { names: new BoundedNames(MODEL_NAMES_MAX), models, size: 0, bind: bindModels(models) };
});

export const boundModelName = (name: string): string => registry.names.admit(name);

/** The series of a model whose name is bounded already. */
export function predictionModel(name: string, version: string): PredictionModel {
  registry.bind();
  const versions = registry.models.get(name);
  const known = versions?.get(version);
  if (known !== undefined) return known;
  if (registry.size >= VERSIONS_MAX && version !== OTHER) return predictionModel(name, OTHER);
  const created = new PredictionModel(name, version);
  if (versions === undefined) registry.models.set(name, new Map([[version, created]]));
  else versions.set(version, created);
  registry.size += 1;
  return created;
}

/** Whether anything was predicted, as far as the application or a rule tells. */
export const hasPredictions = (): boolean => registry.size > 0;

/** How often a model, an outcome, a level or a category did not fit. */
export function overflowedPredictions(): number {
  let { overflowed } = registry.names;
  for (const model of allModels(registry.models)) overflowed += model.overflowed;
  return overflowed;
}

function* allModels(models: Models): Generator<PredictionModel> {
  for (const versions of models.values()) yield* versions.values();
}

function bindModels(models: Models): () => void {
  return liveInstruments((meter) => {
    const count = meter.createObservableCounter(
      METRIC_PREDICTIONS.name,
      instrumentOptions(METRIC_PREDICTIONS),
    );
    const invalid = meter.createObservableCounter(
      METRIC_PREDICTION_INVALID.name,
      instrumentOptions(METRIC_PREDICTION_INVALID),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const model of allModels(models)) {
        for (const one of model.allCounted()) result.observe(count, one.count, one.attributes);
        for (const one of model.allInvalid()) result.observe(invalid, one.count, one.attributes);
      }
    };
    const observed = [count, invalid];
    meter.addBatchObservableCallback(observe, observed);
    return {
      instruments: undefined,
      detach: () => meter.removeBatchObservableCallback(observe, observed),
    };
  });
}

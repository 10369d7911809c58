import { randomUUID } from 'node:crypto';

import type { Counter, Histogram } from '@opentelemetry/api';

import {
  ATTRIBUTE_TEXT_LENGTH_MAX,
  instrumentOptions,
  METRIC_PREDICTION_CONFIDENCE,
  METRIC_PREDICTION_INVALID,
  METRIC_PREDICTIONS,
  MODEL_NAMES_MAX,
  OTHER,
  sharedState,
} from '@telltale/core';

import { countError } from '../self-metrics.ts';
import { BoundedNames } from './bounded-names.ts';
import { rememberPrediction } from './feedback.ts';
import { liveInstruments } from './live-instruments.ts';
import { type InvalidReason, PredictionModel } from './prediction-model.ts';
import { knownModelVersion } from '@telltale/instrumentation-onnxruntime/observer';

/** One answer of a model, as the application means it. */
export interface Prediction {
  /** Name of the model: the one its runs are counted by, so that both can be read together. */
  readonly model: string;
  /** Default: the version of the model of that name that was loaded last. */
  readonly version?: string;
  /** Id that feedback will refer to. Default: a random UUID. */
  readonly id?: string;
  /** The predicted class. */
  readonly outcome: string | number | boolean;
  /** From 0 to 1. */
  readonly confidence?: number;
  /** Severity the application gives the prediction. */
  readonly level?: string;
  readonly category?: string;
}

/** Versions of all models with series of their own. */
const VERSIONS_MAX = 500;
const UNKNOWN = 'unknown';

interface Instruments {
  readonly count: Counter;
  readonly confidence: Histogram;
  readonly invalid: Counter;
}

const registry = sharedState('telltale.predictions', () => ({
  names: new BoundedNames(MODEL_NAMES_MAX),
  models: new Map<string, PredictionModel>(),
  /** Names of models whose predictions the application records by itself. */
  ownedByApplication: new Set<string>(),
  bind: liveInstruments<Instruments>((meter) => ({
    instruments: {
      count: meter.createCounter(METRIC_PREDICTIONS.name, instrumentOptions(METRIC_PREDICTIONS)),
      confidence: meter.createHistogram(
        METRIC_PREDICTION_CONFIDENCE.name,
        instrumentOptions(METRIC_PREDICTION_CONFIDENCE),
      ),
      invalid: meter.createCounter(
        METRIC_PREDICTION_INVALID.name,
        instrumentOptions(METRIC_PREDICTION_INVALID),
      ),
    },
  })),
}));

/**
 * Predictions as the application means them.
 *
 * @example
 * const id = predictions.record({ model: 'fraud', outcome: 'fraud', confidence: 0.93 });
 */
export const predictions: { readonly record: (prediction: Prediction) => string } = {
  /**
   * Counts a prediction by outcome and its confidence, and keeps its id for feedback. Never throws,
   * and takes the same time whatever was recorded before.
   *
   * @returns the id of the prediction, the given one or a new one.
   */
  record: (prediction) => {
    try {
      return recordOfApplication(prediction);
    } catch {
      countError('prediction', 'invalid_call');
      return randomUUID();
    }
  },
};

function recordOfApplication(prediction: Prediction): string {
  const { model } = prediction;
  // From the first call on nothing is recorded automatically for this model: no double count.
  const name = typeof model === 'string' ? registry.names.admit(cut(model)) : UNKNOWN;
  registry.ownedByApplication.add(name);
  return recordPrediction(prediction, name);
}

/** Whether the application records the predictions of the model of this name by itself. */
export function isOwnedByApplication(model: string): boolean {
  return registry.ownedByApplication.has(model);
}

/** Counts one prediction of a model whose name is bounded already. */
export function recordPrediction(prediction: Prediction, name: string = prediction.model): string {
  const { id, outcome, level, category } = prediction;
  const known = typeof id === 'string' && id !== '' ? cut(id) : randomUUID();
  const model = modelOf(name, prediction.version ?? knownModelVersion(name));
  if (!isOutcome(outcome)) {
    countInvalid(model, 'outcome');
    return known;
  }
  const labels = model.bound({
    outcome: cut(String(outcome)),
    level: level === undefined ? undefined : cut(String(level)),
    category: category === undefined ? undefined : cut(String(category)),
  });
  registry.bind().count.add(1, model.counted(labels));
  const confidence = recordConfidence(model, labels.outcome, prediction.confidence);
  rememberPrediction(known, {
    model: model.name,
    version: model.version,
    outcome: cut(String(outcome)),
    atMs: Date.now(),
    ...(confidence === undefined ? {} : { confidence }),
  });
  return known;
}

/** Counts what could not be recorded, `count` times. */
export function countInvalidPredictions(
  model: { readonly name: string; readonly version: string },
  reason: InvalidReason,
  count: number,
): void {
  const attributes = modelOf(model.name, model.version).invalid(reason);
  registry.bind().invalid.add(count, attributes);
}

function recordConfidence(
  model: PredictionModel,
  outcome: string,
  confidence: unknown,
): number | undefined {
  if (confidence === undefined || confidence === null) return undefined;
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) {
    countInvalid(model, 'confidence');
    return undefined;
  }
  registry.bind().confidence.record(confidence, model.withOutcome(outcome));
  return confidence;
}

function countInvalid(model: PredictionModel, reason: InvalidReason): void {
  registry.bind().invalid.add(1, model.invalid(reason));
}

function modelOf(name: string, version: unknown): PredictionModel {
  const text = typeof version === 'string' && version !== '' ? cut(version) : UNKNOWN;
  const key = `${name}\u0000${text}`;
  const known = registry.models.get(key);
  if (known !== undefined) return known;
  if (registry.models.size >= VERSIONS_MAX && text !== OTHER) return modelOf(name, OTHER);
  const created = new PredictionModel(name, text);
  registry.models.set(key, created);
  return created;
}

function isOutcome(outcome: unknown): boolean {
  if (typeof outcome === 'number') return Number.isFinite(outcome);
  return (typeof outcome === 'string' && outcome !== '') || typeof outcome === 'boolean';
}

function cut(text: string): string {
  return text.length > ATTRIBUTE_TEXT_LENGTH_MAX ? text.slice(0, ATTRIBUTE_TEXT_LENGTH_MAX) : text;
}

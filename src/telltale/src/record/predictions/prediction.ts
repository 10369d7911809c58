import { randomUUID } from 'node:crypto';

import type { Context } from '@opentelemetry/api';

import { ATTRIBUTE_TEXT_LENGTH_MAX, readProbability, sharedState } from '@telltale/core';

import { emitPrediction } from '../../events/application-events.ts';
import { wantsEvents } from '../../events/wanted.ts';
import { countError } from '../../self-metrics.ts';
import { rememberPrediction } from '../feedback/feedback.ts';
import { learnDecision } from '../feedback/feedback-performance.ts';
import { isRegression, positiveOutcome } from '../truth/feedback-registry.ts';
import type { InvalidReason, PredictionModel } from './prediction-model.ts';
import { boundModelName, predictionModel } from './prediction-series.ts';
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
  readonly outcome?: string | number | boolean;
  /** In its place the predicted number of a regression, in the unit of its target. */
  readonly value?: number;
  /** From 0 to 1. */
  readonly confidence?: number;
  /** Severity the application gives the prediction. */
  readonly level?: string;
  readonly category?: string;
}

const UNKNOWN = 'unknown';

/** Names of models whose predictions the application records by itself, one set a process. */
const ownedByApplication: Set<string> = sharedState('telltale.own-predictions', () => new Set());

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
      // The caller keeps the id as any other; a truth for it is counted as unmatched.
      countError('prediction', 'invalid_call');
      return randomUUID();
    }
  },
};

function recordOfApplication(prediction: Prediction): string {
  const { model, id } = prediction;
  // From the first call on nothing is recorded automatically for this model: no double count.
  const name = typeof model === 'string' ? boundModelName(cut(model)) : UNKNOWN;
  if (!ownedByApplication.has(name)) ownedByApplication.add(name);
  const known = typeof id === 'string' && id !== '' ? cut(id) : randomUUID();
  recordPrediction(prediction, { name, id: known });
  return known;
}

/** Whether the application records the predictions of the model of this name by itself. */
export function isOwnedByApplication(model: string): boolean {
  return ownedByApplication.has(model);
}

/** What is known of a prediction besides what the application tells. */
export interface PredictionOrigin {
  /** The name of the model, bounded already. */
  readonly name: string;
  /** Without one no truth can ever be given, so the prediction is not kept for feedback. */
  readonly id?: string;
  /** The trace of its event. Default: the context of the call. */
  readonly context?: Context;
}

/** A prediction whose optional fields may be `undefined`. */
type LoosePrediction = { readonly [K in keyof Prediction]: Prediction[K] | undefined };

/** Counts one prediction. */
export function recordPrediction(prediction: LoosePrediction, origin: PredictionOrigin): void {
  const { name } = origin;
  const model = modelOf(name, prediction.version ?? knownModelVersion(name));
  const { outcome, value } = prediction;
  const isNumber = value !== undefined || (typeof outcome === 'number' && isRegression(name));
  if (isNumber) recordNumber(model, { ...prediction, value: value ?? outcome }, origin);
  else recordOutcome(model, prediction, origin);
}

function recordNumber(
  model: PredictionModel,
  prediction: Omit<LoosePrediction, 'value'> & { readonly value: unknown },
  { id, context }: PredictionOrigin,
): void {
  const { value, level, category } = prediction;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    model.invalid('value').count += 1;
    return;
  }
  const labels = { level: textOf(level), category: textOf(category) };
  model.countedNumber(model.boundLabels(labels)).count += 1;
  const { name, version } = model;
  if (id !== undefined) rememberPrediction(id, { model: name, version, value, atMs: Date.now() });
  if (wantsEvents('PREDICTION')) {
    emitPrediction({ model, id, value, level, category, context });
  }
}

function recordOutcome(
  model: PredictionModel,
  prediction: LoosePrediction,
  { id, context }: PredictionOrigin,
): void {
  const { outcome, level, category } = prediction;
  if (!isOutcome(outcome)) {
    model.invalid('outcome').count += 1;
    return;
  }
  const text = cut(String(outcome));
  const bounded = model.boundOutcome(text);
  if (level === undefined && category === undefined) model.countedByOutcome(bounded).count += 1;
  else {
    const labels = model.bound({ outcome: text, level: textOf(level), category: textOf(category) });
    model.counted(labels).count += 1;
  }
  const confidence = confidenceOf(model, bounded, prediction.confidence);
  const { name, version } = model;
  if (id !== undefined) {
    rememberPrediction(id, {
      model: name,
      version,
      outcome: text,
      confidence,
      atMs: Date.now(),
      windowIndex: undefined,
      sequence: 0,
    });
    if (confidence !== undefined) learnFrom(model, text, confidence);
  }
  if (wantsEvents('PREDICTION')) {
    emitPrediction({ model, id, outcome: text, confidence, level, category, context });
  }
}

/** Of two classes, the confidence of the one tells the probability of the other. */
function learnFrom({ name, version }: PredictionModel, outcome: string, confidence: number): void {
  const positive = positiveOutcome(name);
  if (positive === undefined) return;
  const isPositive = outcome === positive;
  const score = isPositive ? confidence : 1 - confidence;
  learnDecision({ model: name, version }, { score, isPositive });
}

/** Counts predictions of one outcome of which no more is recorded. */
export function countPredictions(
  { name, version }: { readonly name: string; readonly version: string },
  outcome: string,
  count: number,
): void {
  const model = modelOf(name, version);
  model.countedByOutcome(model.boundOutcome(cut(outcome))).count += count;
}

/** Counts what could not be recorded, `count` times. */
export function countInvalidPredictions(
  model: { readonly name: string; readonly version: string },
  reason: InvalidReason,
  count: number,
): void {
  modelOf(model.name, model.version).invalid(reason).count += count;
}

function confidenceOf(
  model: PredictionModel,
  outcome: string,
  confidence: unknown,
): number | undefined {
  if (confidence === undefined || confidence === null) return undefined;
  const probability = readProbability(confidence);
  if (probability === undefined) model.invalid('confidence').count += 1;
  else model.confidence(outcome).record(probability);
  return probability;
}

function modelOf(name: string, version: unknown): PredictionModel {
  return predictionModel(
    name,
    typeof version === 'string' && version !== '' ? cut(version) : UNKNOWN,
  );
}

const textOf = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : cut(String(value));

function isOutcome(outcome: unknown): outcome is string | number | boolean {
  if (typeof outcome === 'number') return Number.isFinite(outcome);
  return (typeof outcome === 'string' && outcome !== '') || typeof outcome === 'boolean';
}

function cut(text: string): string {
  return text.length > ATTRIBUTE_TEXT_LENGTH_MAX ? text.slice(0, ATTRIBUTE_TEXT_LENGTH_MAX) : text;
}

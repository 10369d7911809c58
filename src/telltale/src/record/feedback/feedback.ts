import { ATTRIBUTE_TEXT_LENGTH_MAX, readProbability, textKey } from '@telltale/core';

import type { FeedbackOptions } from '../../config/model-feedback.ts';
import { emitFeedback } from '../../events/application-events.ts';
import { wantsEvents } from '../../events/wanted.ts';
import type { Feedback } from '../truth/early-truths.ts';
import {
  type FeedbackTotals,
  isRegression,
  modelFeedback,
  registry,
} from '../truth/feedback-registry.ts';
import type { FeedbackResult, ModelFeedback, Truth } from '../truth/model-feedback.ts';
import type { RememberedPrediction } from '../truth/prediction-ledgers.ts';
import { knownModelVersion } from '@telltale/instrumentation-onnxruntime/observer';

export type { Feedback, FeedbackOptions, FeedbackResult };

const UNKNOWN = 'unknown';

/** Keeps a prediction so that its truth can find it, or finds the truth that came before it. */
export function rememberPrediction(id: string, prediction: RememberedPrediction): void {
  registry.ledgers.remember(id, prediction);
  if (registry.early.size === 0) return;
  const { model, atMs } = prediction;
  const early =
    registry.early.take(textKey([model, id]), atMs) ?? registry.early.take(textKey(['', id]), atMs);
  if (early === undefined) return;
  registry.totals.unmatched -= 1;
  join(prediction, early.feedback, { id, delaySeconds: undefined });
}

/** Records the truth about a prediction. Never throws; the answer says what became of it. */
export function recordFeedback(feedback: Feedback, nowMs: number = Date.now()): FeedbackResult {
  // Cut as predictions are, so that both still meet.
  const id = cut(String(feedback.predictionId));
  if (!isOutcome(feedback.actual)) return refuse(feedback, id, 'invalid');
  const remembered = registry.ledgers.find(id, modelNameOf(feedback), nowMs);
  if (remembered === 'ambiguous') return refuse(feedback, id, 'ambiguous');
  const prediction = remembered ?? foreignPrediction(id, feedback, nowMs);
  if (prediction !== undefined) {
    const delaySeconds =
      remembered === undefined ? undefined : Math.max(0, nowMs - remembered.atMs) / 1000;
    return join(prediction, feedback, { id, delaySeconds });
  }
  registry.early.put(textKey([modelNameOf(feedback) ?? '', id]), { feedback, atMs: nowMs });
  return refuse(feedback, id, 'unmatched');
}

interface Joined {
  readonly id: string;
  /** From the prediction to its truth; absent where it is not known. */
  readonly delaySeconds: number | undefined;
}

function join(
  prediction: RememberedPrediction,
  feedback: Feedback,
  joined: Joined,
): FeedbackResult {
  const model = modelFeedback(prediction.model, prediction.version);
  const actual = truthOf(prediction, feedback.actual);
  const result = actual === undefined ? 'invalid' : model.judge(prediction, actual);
  count(model, result);
  const { id, delaySeconds } = joined;
  if (result !== 'duplicate' && result !== 'invalid' && delaySeconds !== undefined) {
    model.delay.record(delaySeconds);
  }
  if (wantsEvents('PREDICTION')) {
    tell(model, { feedback, id, result, prediction, delaySeconds });
  }
  return result;
}

/** The truth in the terms of the prediction: a number for a number, else a text. */
function truthOf({ value }: RememberedPrediction, actual: Feedback['actual']): Truth | undefined {
  if (value === undefined) return cut(String(actual));
  const number = typeof actual === 'string' ? Number(actual) : actual;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function refuse(
  feedback: Feedback,
  id: string,
  result: 'unmatched' | 'ambiguous' | 'invalid',
): FeedbackResult {
  const model = modelFeedback(modelNameOf(feedback) ?? UNKNOWN, '');
  count(model, result);
  if (wantsEvents('PREDICTION')) tell(model, { feedback, id, result });
  return result;
}

function count(model: ModelFeedback, result: FeedbackResult): void {
  registry.totals[totalOf(result)] += 1;
  model.count(result);
  registry.bind();
}

interface Told extends Partial<Joined> {
  readonly feedback: Feedback;
  readonly id: string;
  readonly result: FeedbackResult;
  readonly prediction?: RememberedPrediction;
}

function tell(model: ModelFeedback, told: Told): void {
  const { feedback, id, result, prediction, delaySeconds } = told;
  const outcome = prediction?.outcome ?? prediction?.value?.toString();
  emitFeedback({ model, id, outcome, actual: cut(String(feedback.actual)), result, delaySeconds });
}

const modelNameOf = ({ model }: Feedback): string | undefined =>
  typeof model === 'string' && model !== '' ? cut(model) : undefined;

const cut = (text: string): string => text.slice(0, ATTRIBUTE_TEXT_LENGTH_MAX);

/** What can be an outcome or a target: not null, NaN, an object or nothing. */
function isOutcome(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return (typeof value === 'string' && value !== '') || typeof value === 'boolean';
}

const UNJUDGED: ReadonlySet<FeedbackResult> = new Set([
  'unmatched',
  'duplicate',
  'ambiguous',
  'invalid',
] as const);

const totalOf = (result: FeedbackResult): keyof FeedbackTotals =>
  UNJUDGED.has(result) ? (result as keyof FeedbackTotals) : 'matched';

/** The prediction as the sender tells it, when this process does not know it. */
function foreignPrediction(
  id: string,
  feedback: Feedback,
  nowMs: number,
): RememberedPrediction | undefined {
  const { predicted, version, confidence } = feedback;
  const model = modelNameOf(feedback);
  if (!isOutcome(predicted) || model === undefined) return undefined;
  const isNumber = typeof predicted === 'number' && isRegression(model);
  const prediction: RememberedPrediction = {
    model,
    // As a prediction that is recorded here without one.
    version: version === undefined || version === '' ? (knownModelVersion(model) ?? '') : version,
    outcome: isNumber ? undefined : cut(String(predicted)),
    value: isNumber ? predicted : undefined,
    confidence: readProbability(confidence),
    atMs: nowMs,
    windowIndex: undefined,
    sequence: 0,
  };
  // Remembered, so that the same truth sent twice is a duplicate here too.
  registry.ledgers.remember(id, prediction);
  return prediction;
}

import {
  ATTRIBUTE_TEXT_LENGTH_MAX,
  MODEL_NAMES_MAX,
  OTHER,
  readProbability,
  sharedState,
  textKey,
} from '@telltale/core';

import {
  type AgeLimits,
  checkFeedbackOptions,
  type FeedbackOptions,
  ledgerLimits,
} from '../config/model-feedback.ts';
import { report } from '../diagnostics.ts';
import { emitFeedback } from '../events/application-events.ts';
import { wantsEvents } from '../events/wanted.ts';
import { BoundedNames } from '../instruments/bounded-names.ts';
import { AgedIds } from './truth/aged-ids.ts';
import { DecisionThreshold } from './truth/decision-threshold.ts';
import type { EarlyTruth, Feedback } from './truth/early-truths.ts';
import { bindFeedback } from './truth/feedback-instruments.ts';
import { STATE_SCHEMA, type StatePart, type StateTaker } from './truth/feedback-state.ts';
import { type FeedbackResult, ModelFeedback, type Truth } from './truth/model-feedback.ts';
import type { Performance } from './truth/performance-window.ts';
import {
  LEDGER_LIMITS,
  PredictionLedgers,
  type RememberedPrediction,
} from './truth/prediction-ledgers.ts';
import type { RegressionPerformance } from './truth/regression-window.ts';
import { knownModelVersion } from '@telltale/instrumentation-onnxruntime/observer';

export type { Feedback, FeedbackOptions, FeedbackResult };

/** Truths that came before their predictions. */
const EARLY_TRUTHS_MAX = 10_000;
const UNKNOWN = 'unknown';

/** Feedback totals since the process started. */
export interface FeedbackTotals {
  matched: number;
  unmatched: number;
  duplicate: number;
  ambiguous: number;
  invalid: number;
}

/** Who chose the options of a model: what code chose wins over the rule of the configuration. */
interface ChosenOptions {
  readonly byCode: FeedbackOptions;
  readonly byRule: FeedbackOptions;
}

const registry = sharedState('telltale.feedback', () => {
  const models = new Map<string, ModelFeedback>();
  const options = new Map<string, ChosenOptions>();
  const limits = { all: LEDGER_LIMITS };
  const optionsOf = (model: string): FeedbackOptions => {
    const chosen = options.get(model);
    return { ...chosen?.byRule, ...chosen?.byCode };
  };
  return {
    ledgers: new PredictionLedgers((model) => ledgerLimits(optionsOf(model), limits.all)),
    early: new AgedIds<EarlyTruth>({ ...LEDGER_LIMITS, entriesMax: EARLY_TRUTHS_MAX }),
    thresholds: new Map<string, DecisionThreshold>(),
    models,
    options,
    optionsOf,
    limits,
    names: new BoundedNames(MODEL_NAMES_MAX),
    totals: { matched: 0, unmatched: 0, duplicate: 0, ambiguous: 0, invalid: 0 } as FeedbackTotals,
    bind: bindFeedback(models),
  };
});

/** Limits of the ledger of each model that has none of its own. */
export function limitLedgers(limits: Partial<AgeLimits>): void {
  registry.limits.all = { ...LEDGER_LIMITS, ...limits };
}

/**
 * Sets how a model's feedback is read, from now on and for what is in its window. Options that make
 * no sense are told and left out.
 */
export function configureFeedback(model: string, options: FeedbackOptions): void {
  choose(model, options, 'byCode');
}

/** As `configureFeedback`, from the rule of a model in the configuration. */
export function configureFeedbackByRule(model: string, options: FeedbackOptions): void {
  if (!registry.options.has(model)) choose(model, options, 'byRule');
}

function choose(model: string, given: FeedbackOptions, by: keyof ChosenOptions): void {
  const { options, problems } = checkFeedbackOptions(given);
  for (const problem of problems) report(`feedback ${problem}`, `${problem} (model "${model}")`);
  const before = registry.options.get(model);
  if (before === undefined && registry.options.size >= MODEL_NAMES_MAX) return;
  registry.options.set(model, { byCode: {}, byRule: {}, ...before, [by]: options });
  const chosen = registry.optionsOf(model);
  for (const one of registry.models.values()) if (one.name === model) one.configure(chosen);
  registry.ledgers.refreshLimits(model);
}

/** Whether numbers that this model predicts are values and not names of classes. */
export const isRegression = (model: string): boolean =>
  registry.options.size > 0 && registry.optionsOf(model).task === 'regression';

/** The outcome of a model that counts as positive, where one was named. */
export const positiveOutcome = (model: string): string | undefined =>
  registry.options.size === 0 ? undefined : registry.optionsOf(model).positive;

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

function modelFeedback(name: string, version: string): ModelFeedback {
  const model = registry.names.admit(name);
  const known = registry.models.get(textKey([model, version]));
  if (known !== undefined) return known;
  // Versions are bounded together with the names; those beyond share one series a model.
  const isFull = registry.models.size >= MODEL_NAMES_MAX;
  const identity = { model, version: isFull ? OTHER : version };
  const key = textKey([model, identity.version]);
  let found = registry.models.get(key);
  if (found === undefined) {
    found = new ModelFeedback(identity, registry.optionsOf(model));
    registry.models.set(key, found);
  }
  return found;
}

/** Takes what a binary classifier decided at a score, to learn its threshold. */
export function learnDecision(
  identity: { readonly model: string; readonly version: string },
  { score, isPositive }: { readonly score: number; readonly isPositive: boolean },
): void {
  thresholdOf(textKey([identity.model, identity.version]))?.add(score, isPositive);
}

/** `undefined` for one model too many. */
function thresholdOf(key: string): DecisionThreshold | undefined {
  const known = registry.thresholds.get(key);
  if (known !== undefined || registry.thresholds.size >= MODEL_NAMES_MAX) return known;
  const threshold = new DecisionThreshold();
  registry.thresholds.set(key, threshold);
  return threshold;
}

/** The probability from which a model says "positive": as chosen, or as learned from its decisions. */
export function decisionThreshold(model: string, version: string): number | undefined {
  return (
    registry.optionsOf(model).threshold ??
    registry.thresholds.get(textKey([model, version]))?.value()
  );
}

export type ModelPerformance = (Performance | RegressionPerformance) & {
  readonly model: string;
  readonly version: string;
};

/** Rates or errors of every model that got feedback. */
export function modelPerformance(): readonly ModelPerformance[] {
  return Array.from(registry.models.values(), (model) => ({
    model: model.name,
    version: model.version,
    ...model.performance(),
  }));
}

/** A labelled prediction with the confidence that came with it. */
export interface LabelledConfidence {
  readonly confidence: number;
  readonly isRight: boolean;
  /** Whether the positive class was predicted; absent where none is named. */
  readonly isPositive?: boolean;
}

/** As `modelPerformance`, with what the confidences of the same predictions promised. */
export function realisedPerformance(): readonly (ModelPerformance & {
  readonly labelled: readonly LabelledConfidence[];
})[] {
  return Array.from(registry.models.values(), (one) => {
    const { positive } = registry.optionsOf(one.name);
    return {
      model: one.name,
      version: one.version,
      ...one.performance(),
      labelled: one.content.classes.values.flatMap(({ confidence, outcome, actual }) => {
        if (confidence === undefined) return [];
        const isPositive = positive === undefined ? {} : { isPositive: outcome === positive };
        return [{ confidence, isRight: outcome === actual, ...isPositive }];
      }),
    };
  });
}

/** Counts of all feedback, and of predictions that left the ledger without any. */
export function feedbackTotals(): Readonly<FeedbackTotals> & { readonly evicted: number } {
  return { ...registry.totals, evicted: registry.ledgers.evictedUnlabelled };
}

/** Everything that `restoreFeedback` takes, for a file. */
export function* feedbackState(): Generator<StatePart> {
  yield { schema: STATE_SCHEMA };
  for (const { name, version, content } of registry.models.values()) {
    yield { model: { name, version, content } };
  }
  for (const prediction of registry.ledgers.entries()) yield { prediction };
  for (const early of registry.early.entries()) yield { early };
  for (const [key, threshold] of registry.thresholds) {
    yield { decisions: [key, [...threshold.decisions()]] };
  }
}

/** Takes what was kept over a restart. Call it before anything is recorded. */
export const restoreFeedback: StateTaker = {
  model: ({ name, version, content }) => {
    modelFeedback(name, version).restore(content);
    registry.bind();
  },
  prediction: (id, prediction) => registry.ledgers.remember(id, prediction),
  early: (key, truth) => registry.early.put(key, truth),
  decisions: (key, decisions) => {
    const threshold = thresholdOf(key);
    for (const [score, isPositive] of decisions) threshold?.add(score, isPositive);
  },
};

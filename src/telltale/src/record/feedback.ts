import type { Attributes, BatchObservableResult } from '@opentelemetry/api';

import {
  ATTR_FEEDBACK_RESULT,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTRIBUTE_TEXT_LENGTH_MAX,
  instrumentOptions,
  METRIC_FEEDBACK_DELAY,
  METRIC_FEEDBACK_RECORDS,
  METRIC_PERFORMANCE_ACCURACY,
  METRIC_PERFORMANCE_CALIBRATION_ERROR,
  METRIC_PERFORMANCE_F1,
  METRIC_PERFORMANCE_FALSE_POSITIVE_RATE,
  METRIC_PERFORMANCE_PRECISION,
  METRIC_PERFORMANCE_RECALL,
  METRIC_PERFORMANCE_SAMPLE_COUNT,
  type MetricRow,
  MODEL_NAMES_MAX,
  OTHER,
  readProbability,
  sharedState,
  textKey,
} from '@telltale/core';

import { emitFeedback } from '../events/application-events.ts';
import { wantsEvents } from '../events/wanted.ts';
import { BoundHistogram } from './bound-histogram.ts';
import { BoundedNames } from './bounded-names.ts';
import { liveInstruments } from './live-instruments.ts';
import {
  type FeedbackVerdict,
  type Performance,
  PerformanceWindow,
  verdictOf,
} from './performance-window.ts';
import { PredictionLedger, type RememberedPrediction } from './prediction-ledger.ts';

const WINDOW = 1000;
/** Below this many labels a rate is noise and no gauge shows it. */
const LABELLED_MIN = 30;

/** The truth about a prediction. */
export interface Feedback {
  readonly predictionId: string;
  /** The true outcome, in the words of the prediction's `outcome`. */
  readonly actual: string | number | boolean;
  /**
   * For a prediction of another process or of long ago: what was predicted, by which model. The
   * ledger's own record wins.
   */
  readonly predicted?: string | number | boolean;
  readonly model?: string;
  readonly version?: string;
  readonly confidence?: number;
}

/** What became of a feedback. */
export type FeedbackResult = FeedbackVerdict | 'unmatched' | 'duplicate';

export interface FeedbackOptions {
  /** The outcome that counts as positive: precision, recall and false positives need it. */
  readonly positive?: string;
  /** Labelled predictions that rates are taken over. Default 1000. */
  readonly window?: number;
}

class ModelFeedback {
  readonly attributes: Attributes;
  readonly name: string;
  readonly version: string;
  readonly window: PerformanceWindow;
  readonly delay: BoundHistogram;
  readonly positive: string | undefined;
  /** Counted as plain numbers and read at collection: the SDK hashes attributes at every add. */
  readonly results: Map<FeedbackResult, { count: number; readonly attributes: Attributes }> =
    new Map();

  constructor(identity: { model: string; version: string }, options: FeedbackOptions) {
    this.name = identity.model;
    this.version = identity.version;
    this.positive = options.positive;
    this.window = new PerformanceWindow({
      capacity: Math.max(1, Math.floor(options.window ?? WINDOW)),
      positive: options.positive,
    });
    this.attributes = {
      [ATTR_MODEL_NAME.name]: identity.model,
      [ATTR_MODEL_VERSION.name]: identity.version,
    };
    this.delay = new BoundHistogram(METRIC_FEEDBACK_DELAY, this.attributes);
  }

  count(result: FeedbackResult): void {
    const counted = this.results.get(result);
    if (counted !== undefined) counted.count += 1;
    else {
      const attributes = { ...this.attributes, [ATTR_FEEDBACK_RESULT.name]: result };
      this.results.set(result, { count: 1, attributes });
    }
  }
}

/** Feedback totals since the process started. */
export interface FeedbackTotals {
  matched: number;
  unmatched: number;
  duplicate: number;
}

const registry = sharedState('telltale.feedback', () => {
  const models = new Map<string, ModelFeedback>();
  return {
    ledger: new PredictionLedger(),
    models,
    options: new Map<string, FeedbackOptions>(),
    names: new BoundedNames(MODEL_NAMES_MAX),
    totals: { matched: 0, unmatched: 0, duplicate: 0 } as FeedbackTotals,
    bind: bindFeedback(models),
  };
});

/** Sets how a model's feedback is read. Takes effect for models not seen before. */
export function configureFeedback(model: string, options: FeedbackOptions): void {
  if (registry.options.size < MODEL_NAMES_MAX) registry.options.set(model, options);
}

/** Keeps a prediction so that its truth can find it later. */
export function rememberPrediction(id: string, prediction: RememberedPrediction): void {
  registry.ledger.remember(id, prediction);
}

/** Records the truth about a prediction. Never throws; the answer says what became of it. */
export function recordFeedback(feedback: Feedback, nowMs: number = Date.now()): FeedbackResult {
  // Cut as predictions are, so that both still meet.
  const predictionId = cut(String(feedback.predictionId));
  const actual = cut(String(feedback.actual));
  const remembered = registry.ledger.find(predictionId, nowMs);
  const prediction = remembered ?? foreignPrediction(predictionId, feedback, nowMs);
  const model = feedbackOf(prediction, feedback);
  const result = judge(model, prediction, actual);
  registry.totals[totalOf(result)] += 1;
  model.count(result);
  registry.bind();
  const delaySeconds =
    remembered === undefined ? undefined : Math.max(0, nowMs - remembered.atMs) / 1000;
  if (result !== 'duplicate' && delaySeconds !== undefined) model.delay.record(delaySeconds);
  if (wantsEvents('PREDICTION')) {
    const outcome = prediction?.outcome;
    emitFeedback({ model, id: predictionId, outcome, actual, result, delaySeconds });
  }
  return result;
}

const feedbackOf = (
  prediction: RememberedPrediction | undefined,
  { model = 'unknown' }: Feedback,
): ModelFeedback =>
  prediction === undefined
    ? modelFeedback(model, '')
    : modelFeedback(prediction.model, prediction.version);

const cut = (text: string): string => text.slice(0, ATTRIBUTE_TEXT_LENGTH_MAX);

const totalOf = (result: FeedbackResult): keyof FeedbackTotals =>
  result === 'unmatched' || result === 'duplicate' ? result : 'matched';

/** The prediction as the sender tells it, when this process does not know it. */
function foreignPrediction(
  id: string,
  feedback: Feedback,
  nowMs: number,
): RememberedPrediction | undefined {
  const { predicted, model, version = '', confidence } = feedback;
  if (predicted === undefined || model === undefined) return undefined;
  const prediction: RememberedPrediction = {
    model,
    version,
    outcome: cut(String(predicted)),
    confidence: readProbability(confidence),
    atMs: nowMs,
    windowIndex: undefined,
    sequence: 0,
  };
  // Remembered, so that the same truth sent twice is a duplicate here too.
  registry.ledger.remember(id, prediction);
  return prediction;
}

function judge(
  model: ModelFeedback,
  prediction: RememberedPrediction | undefined,
  actual: string,
): FeedbackResult {
  if (prediction === undefined) return 'unmatched';
  if (prediction.windowIndex !== undefined) {
    model.window.correct(prediction.windowIndex, actual);
    return 'duplicate';
  }
  const { outcome, confidence } = prediction;
  const labelled = { outcome, actual, ...(confidence === undefined ? {} : { confidence }) };
  prediction.windowIndex = model.window.add(labelled);
  return verdictOf(labelled, model.positive);
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
    found = new ModelFeedback(identity, registry.options.get(model) ?? {});
    registry.models.set(key, found);
  }
  return found;
}

export interface ModelPerformance extends Performance {
  readonly model: string;
  readonly version: string;
}

/** Rates of every model that got feedback. */
export function modelPerformance(): readonly ModelPerformance[] {
  return Array.from(registry.models.values(), ({ name, version, window }) => ({
    model: name,
    version,
    ...window.performance(),
  }));
}

/** Counts of all feedback, and of predictions that left the ledger without any. */
export function feedbackTotals(): Readonly<FeedbackTotals> & { readonly evicted: number } {
  return { ...registry.totals, evicted: registry.ledger.evictedUnlabelled };
}

const GAUGES: readonly (readonly [MetricRow, (performance: Performance) => number | undefined])[] =
  [
    [METRIC_PERFORMANCE_ACCURACY, (performance) => performance.accuracy],
    [METRIC_PERFORMANCE_PRECISION, (performance) => performance.precision],
    [METRIC_PERFORMANCE_RECALL, (performance) => performance.recall],
    [METRIC_PERFORMANCE_F1, (performance) => performance.f1],
    [METRIC_PERFORMANCE_FALSE_POSITIVE_RATE, (performance) => performance.falsePositiveRate],
    [METRIC_PERFORMANCE_CALIBRATION_ERROR, (performance) => performance.calibrationError],
  ];

function bindFeedback(models: ReadonlyMap<string, ModelFeedback>): () => void {
  return liveInstruments((meter) => {
    const gauges = GAUGES.map(
      ([row, read]) =>
        [meter.createObservableGauge(row.name, instrumentOptions(row)), read] as const,
    );
    const records = meter.createObservableCounter(
      METRIC_FEEDBACK_RECORDS.name,
      instrumentOptions(METRIC_FEEDBACK_RECORDS),
    );
    const count = meter.createObservableGauge(
      METRIC_PERFORMANCE_SAMPLE_COUNT.name,
      instrumentOptions(METRIC_PERFORMANCE_SAMPLE_COUNT),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const { window, attributes, results } of models.values()) {
        for (const counted of results.values()) {
          result.observe(records, counted.count, counted.attributes);
        }
        const performance = window.performance();
        result.observe(count, performance.sampleCount, attributes);
        if (performance.sampleCount < LABELLED_MIN) continue;
        for (const [gauge, read] of gauges) {
          const value = read(performance);
          if (value !== undefined) result.observe(gauge, value, attributes);
        }
      }
    };
    const observed = [records, count, ...gauges.map(([gauge]) => gauge)];
    meter.addBatchObservableCallback(observe, observed);
    return {
      instruments: undefined,
      detach: () => meter.removeBatchObservableCallback(observe, observed),
    };
  });
}

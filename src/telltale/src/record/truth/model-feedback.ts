import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_FEEDBACK_RESULT,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  METRIC_FEEDBACK_DELAY,
} from '@telltale/core';

import { type FeedbackOptions, WINDOW } from '../../config/model-feedback.ts';
import { BoundHistogram } from '../../instruments/bound-histogram.ts';
import {
  type FeedbackVerdict,
  type LabelledPrediction,
  type Performance,
  PerformanceWindow,
  verdictOf,
} from './performance-window.ts';
import type { RingContent } from './placed-ring.ts';
import type { RememberedPrediction } from './prediction-ledgers.ts';
import {
  type Compared,
  type RegressionPerformance,
  RegressionWindow,
} from './regression-window.ts';

/**
 * What became of a truth: how it compares with the prediction; `compared` for a number; why it could
 * not be compared otherwise.
 */
export type FeedbackResult =
  | FeedbackVerdict
  | 'compared'
  | 'unmatched'
  | 'duplicate'
  | 'ambiguous'
  | 'invalid';

/** The truth about a prediction, as it is compared. */
export type Truth = string | number;

/** What is in the windows of a model. */
export interface FeedbackContent {
  readonly classes: RingContent<LabelledPrediction>;
  readonly numbers: RingContent<Compared>;
}

/** What was labelled of one model and version. */
export class ModelFeedback {
  readonly attributes: Attributes;
  readonly name: string;
  readonly version: string;
  readonly delay: BoundHistogram;
  /** Counted as plain numbers and read at collection: the SDK hashes attributes at every add. */
  readonly results: Map<FeedbackResult, { count: number; readonly attributes: Attributes }> =
    new Map();
  #options: FeedbackOptions;
  #classes: PerformanceWindow;
  #numbers: RegressionWindow;

  constructor(identity: { model: string; version: string }, options: FeedbackOptions) {
    this.name = identity.model;
    this.version = identity.version;
    this.#options = options;
    this.#classes = this.#classesFrom(undefined);
    this.#numbers = this.#numbersFrom(undefined);
    this.attributes = {
      [ATTR_MODEL_NAME.name]: identity.model,
      [ATTR_MODEL_VERSION.name]: identity.version,
    };
    this.delay = new BoundHistogram(METRIC_FEEDBACK_DELAY, this.attributes);
  }

  /** Reads what is labelled by other options from now on; what is in the windows stays. */
  configure(options: FeedbackOptions): void {
    this.#options = options;
    this.#classes = this.#classesFrom(this.#classes.content);
    this.#numbers = this.#numbersFrom(this.#numbers.content);
  }

  /** Compares a truth with its prediction. The prediction learns its place in the window. */
  judge(prediction: RememberedPrediction, actual: Truth): FeedbackResult {
    return typeof actual === 'number'
      ? this.#compare(prediction, actual)
      : this.#label(prediction, actual);
  }

  #compare(prediction: RememberedPrediction, actual: number): FeedbackResult {
    const { value, windowIndex } = prediction;
    if (value === undefined) return 'invalid';
    if (windowIndex !== undefined) {
      this.#numbers.correct(windowIndex, actual);
      return 'duplicate';
    }
    prediction.windowIndex = this.#numbers.add(value, actual);
    return 'compared';
  }

  #label(prediction: RememberedPrediction, actual: string): FeedbackResult {
    const { outcome = '', confidence, windowIndex } = prediction;
    if (windowIndex !== undefined) {
      this.#classes.correct(windowIndex, actual);
      return 'duplicate';
    }
    const labelled = { outcome, actual, ...(confidence === undefined ? {} : { confidence }) };
    prediction.windowIndex = this.#classes.add(labelled);
    return verdictOf(labelled, this.#options.positive);
  }

  count(result: FeedbackResult): void {
    const counted = this.results.get(result);
    if (counted !== undefined) counted.count += 1;
    else {
      const attributes = { ...this.attributes, [ATTR_FEEDBACK_RESULT.name]: result };
      this.results.set(result, { count: 1, attributes });
    }
  }

  /** Errors where numbers were compared, rates of classes otherwise. */
  performance(): Performance | RegressionPerformance {
    const numbers = this.#numbers.performance();
    return numbers.sampleCount > 0 ? numbers : this.#classes.performance();
  }

  /** What is in both windows. */
  get content(): FeedbackContent {
    return { classes: this.#classes.content, numbers: this.#numbers.content };
  }

  /** Puts back what was in the windows before a restart. */
  restore({ classes, numbers }: FeedbackContent): void {
    this.#classes = this.#classesFrom(classes);
    this.#numbers = this.#numbersFrom(numbers);
  }

  #classesFrom(before: FeedbackContent['classes'] | undefined): PerformanceWindow {
    const { window: capacity = WINDOW, positive } = this.#options;
    return new PerformanceWindow({
      capacity,
      positive,
      ...(before === undefined ? {} : { before }),
    });
  }

  #numbersFrom(before: FeedbackContent['numbers'] | undefined): RegressionWindow {
    return new RegressionWindow(this.#options.window ?? WINDOW, before);
  }
}

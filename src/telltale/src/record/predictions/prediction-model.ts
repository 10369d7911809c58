import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_INVALID_REASON,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_PREDICTION_CATEGORY,
  ATTR_PREDICTION_LEVEL,
  ATTR_PREDICTION_OUTCOME,
  METRIC_PREDICTION_CONFIDENCE,
  OTHER,
  PREDICTION_VALUES_MAX,
  textKey,
} from '@telltale/core';

import { BoundHistogram } from '../../instruments/bound-histogram.ts';
import { BoundedNames } from '../../instruments/bounded-names.ts';

/** Combinations of outcome, level and category with series of their own. */
const COMBINATIONS_MAX = 500;

/** What a prediction can be counted by. */
export interface PredictionLabels {
  readonly outcome: string;
  readonly level: string | undefined;
  readonly category: string | undefined;
}

/** What the prediction of a number can be counted by. */
export type NumberLabels = Omit<PredictionLabels, 'outcome'>;

const NO_LABELS: NumberLabels = { level: undefined, category: undefined };

const labelAttributes = ({ level, category }: NumberLabels): Attributes => ({
  ...(level === undefined ? {} : { [ATTR_PREDICTION_LEVEL.name]: level }),
  ...(category === undefined ? {} : { [ATTR_PREDICTION_CATEGORY.name]: category }),
});

/** Why a prediction, or a part of one, could not be recorded. */
export type InvalidReason = 'confidence' | 'outcome' | 'value' | 'rows';

/** A number that is read when metrics are collected: the SDK hashes attributes at every `add`. */
export interface Counted {
  count: number;
  readonly attributes: Attributes;
}

/**
 * The series of one model and version. Outcomes, levels and categories are the application's words
 * and may be user input, so each is bounded, and so are their combinations.
 */
export class PredictionModel {
  readonly name: string;
  readonly version: string;
  readonly #base: Attributes;
  readonly #outcomes = new BoundedNames(PREDICTION_VALUES_MAX);
  readonly #levels = new BoundedNames(PREDICTION_VALUES_MAX);
  readonly #categories = new BoundedNames(PREDICTION_VALUES_MAX);
  /** By outcome alone: most applications give no level and no category. */
  readonly #byOutcome = new Map<string, Counted>();
  readonly #byLabels = new Map<string, Counted>();
  readonly #confidences = new Map<string, BoundHistogram>();
  readonly #invalid = new Map<InvalidReason, Counted>();

  constructor(name: string, version: string) {
    this.name = name;
    this.version = version;
    this.#base = { [ATTR_MODEL_NAME.name]: name, [ATTR_MODEL_VERSION.name]: version };
  }

  /** Labels that are safe to count by: values beyond the limits are `_OTHER`. */
  bound({ outcome, level, category }: PredictionLabels): PredictionLabels {
    return {
      outcome: this.#outcomes.admit(outcome),
      level: level === undefined ? undefined : this.#levels.admit(level),
      category: category === undefined ? undefined : this.#categories.admit(category),
    };
  }

  /** Level and category that are safe to count by. */
  boundLabels({ level, category }: Omit<PredictionLabels, 'outcome'>): NumberLabels {
    return {
      level: level === undefined ? undefined : this.#levels.admit(level),
      category: category === undefined ? undefined : this.#categories.admit(category),
    };
  }

  /** The number of `ml.predictions` of a regression, by bounded labels. */
  countedNumber({ level, category }: NumberLabels): Counted {
    const key = textKey(['', markGiven(level), markGiven(category)]);
    const known = this.#byLabels.get(key);
    if (known !== undefined) return known;
    const isPlain = level === undefined && category === undefined;
    if (this.#isFull && !isPlain) return this.countedNumber(NO_LABELS);
    const counted = {
      count: 0,
      attributes: Object.freeze({ ...this.#base, ...labelAttributes({ level, category }) }),
    };
    this.#byLabels.set(key, counted);
    return counted;
  }

  /** The outcome itself, or `_OTHER` beyond the limit. */
  boundOutcome(outcome: string): string {
    return this.#outcomes.admit(outcome);
  }

  /** The number of `ml.predictions` of bounded labels. */
  counted(labels: PredictionLabels): Counted {
    const { outcome, level, category } = labels;
    if (level === undefined && category === undefined) return this.countedByOutcome(outcome);
    const key = textKey([outcome, markGiven(level), markGiven(category)]);
    const known = this.#byLabels.get(key);
    if (known !== undefined) return known;
    if (this.#isFull) return this.countedByOutcome(OTHER);
    const attributes = Object.freeze({
      ...this.#base,
      [ATTR_PREDICTION_OUTCOME.name]: outcome,
      ...labelAttributes({ level, category }),
    });
    const counted = { count: 0, attributes };
    this.#byLabels.set(key, counted);
    return counted;
  }

  /** As `counted`, for a bounded outcome without level and category. */
  countedByOutcome(outcome: string): Counted {
    const known = this.#byOutcome.get(outcome);
    if (known !== undefined) return known;
    if (this.#isFull && outcome !== OTHER) return this.countedByOutcome(OTHER);
    const counted = { count: 0, attributes: this.#withOutcome(outcome) };
    this.#byOutcome.set(outcome, counted);
    return counted;
  }

  /** The series of `ml.prediction.confidence` of a bounded outcome. */
  confidence(outcome: string): BoundHistogram {
    let found = this.#confidences.get(outcome);
    if (found === undefined) {
      found = new BoundHistogram(METRIC_PREDICTION_CONFIDENCE, this.#withOutcome(outcome));
      this.#confidences.set(outcome, found);
    }
    return found;
  }

  invalid(reason: InvalidReason): Counted {
    let counted = this.#invalid.get(reason);
    if (counted === undefined) {
      const attributes = Object.freeze({ ...this.#base, [ATTR_INVALID_REASON.name]: reason });
      counted = { count: 0, attributes };
      this.#invalid.set(reason, counted);
    }
    return counted;
  }

  *allCounted(): Generator<Counted> {
    yield* this.#byOutcome.values();
    yield* this.#byLabels.values();
  }

  allInvalid(): Iterable<Counted> {
    return this.#invalid.values();
  }

  /** How often an outcome, a level or a category did not fit. */
  get overflowed(): number {
    return this.#outcomes.overflowed + this.#levels.overflowed + this.#categories.overflowed;
  }

  get #isFull(): boolean {
    return this.#byOutcome.size + this.#byLabels.size >= COMBINATIONS_MAX;
  }

  #withOutcome(outcome: string): Attributes {
    return Object.freeze({ ...this.#base, [ATTR_PREDICTION_OUTCOME.name]: outcome });
  }
}

/** Tells a value that is absent from one that is empty. */
function markGiven(value: string | undefined): string {
  return value === undefined ? '' : `=${value}`;
}

import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_INVALID_REASON,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_PREDICTION_CATEGORY,
  ATTR_PREDICTION_LEVEL,
  ATTR_PREDICTION_OUTCOME,
  OTHER,
  PREDICTION_VALUES_MAX,
} from '@telltale/core';

import { BoundedNames } from './bounded-names.ts';

/** Combinations of outcome, level and category with series of their own. */
const COMBINATIONS_MAX = 500;
const SEPARATOR = '\u0000';

/** What a prediction can be counted by. */
export interface PredictionLabels {
  readonly outcome: string;
  readonly level: string | undefined;
  readonly category: string | undefined;
}

/** Why a prediction, or a part of one, could not be recorded. */
export type InvalidReason = 'confidence' | 'outcome' | 'rows';

/**
 * The attribute sets of one model and version. Outcomes, levels and categories are the
 * application's words and may be user input, so each is bounded, and so are their combinations.
 */
export class PredictionModel {
  readonly name: string;
  readonly version: string;
  readonly #base: Attributes;
  readonly #outcomes = new BoundedNames(PREDICTION_VALUES_MAX);
  readonly #levels = new BoundedNames(PREDICTION_VALUES_MAX);
  readonly #categories = new BoundedNames(PREDICTION_VALUES_MAX);
  readonly #counted = new Map<string, Attributes>();
  readonly #byOutcome = new Map<string, Attributes>();
  readonly #byReason = new Map<InvalidReason, Attributes>();

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

  /** Attributes of `ml.predictions` for bounded labels. */
  counted(labels: PredictionLabels): Attributes {
    const { outcome, level, category } = labels;
    const key = `${outcome}${SEPARATOR}${level ?? SEPARATOR}${SEPARATOR}${category ?? SEPARATOR}`;
    const known = this.#counted.get(key);
    if (known !== undefined) return known;
    const isFull = this.#counted.size >= COMBINATIONS_MAX;
    if (isFull && outcome !== OTHER) return this.counted({ ...ALL_OTHER });
    const attributes = Object.freeze({
      ...this.#base,
      [ATTR_PREDICTION_OUTCOME.name]: outcome,
      ...(level === undefined ? {} : { [ATTR_PREDICTION_LEVEL.name]: level }),
      ...(category === undefined ? {} : { [ATTR_PREDICTION_CATEGORY.name]: category }),
    });
    this.#counted.set(key, attributes);
    return attributes;
  }

  /** Attributes of `ml.prediction.confidence` for a bounded outcome. */
  withOutcome(outcome: string): Attributes {
    let attributes = this.#byOutcome.get(outcome);
    if (attributes === undefined) {
      attributes = Object.freeze({ ...this.#base, [ATTR_PREDICTION_OUTCOME.name]: outcome });
      this.#byOutcome.set(outcome, attributes);
    }
    return attributes;
  }

  invalid(reason: InvalidReason): Attributes {
    let attributes = this.#byReason.get(reason);
    if (attributes === undefined) {
      attributes = Object.freeze({ ...this.#base, [ATTR_INVALID_REASON.name]: reason });
      this.#byReason.set(reason, attributes);
    }
    return attributes;
  }
}

const ALL_OTHER: PredictionLabels = { outcome: OTHER, level: undefined, category: undefined };

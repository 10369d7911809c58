import type { Attributes, Context } from '@opentelemetry/api';

import {
  ATTR_COMPONENT_NAME,
  ATTR_COMPONENT_STATE,
  ATTR_FEEDBACK_ACTUAL,
  ATTR_FEEDBACK_DELAY,
  ATTR_FEEDBACK_RESULT,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_PREDICTION_CATEGORY,
  ATTR_PREDICTION_CONFIDENCE,
  ATTR_PREDICTION_ID,
  ATTR_PREDICTION_LEVEL,
  ATTR_PREDICTION_OUTCOME,
  ATTR_PREDICTION_VALUE,
  EVENT_COMPONENT_DOWN,
  EVENT_COMPONENT_UP,
  EVENT_FEEDBACK,
  EVENT_PREDICTION,
} from '@telltale/core';

import { emitEvent } from './emit-event.ts';

interface ModelName {
  readonly name: string;
  readonly version: string;
}

interface PredictionEvent {
  readonly model: ModelName;
  readonly id: string | undefined;
  /** Absent for a predicted number. */
  readonly outcome?: string;
  readonly value?: number;
  readonly confidence?: number | undefined;
  readonly level: string | undefined;
  readonly category: string | undefined;
  /** Where the trace comes from. Default: the context of the call. */
  readonly context: Context | undefined;
}

const modelAttributes = ({ name, version }: ModelName): Attributes => ({
  [ATTR_MODEL_NAME.name]: name,
  [ATTR_MODEL_VERSION.name]: version,
});

const optional = (key: string, value: string | number | undefined): Attributes =>
  value === undefined ? {} : { [key]: typeof value === 'number' ? value : String(value) };

/** `ml.prediction`: what was predicted, and how sure the model was. */
export function emitPrediction(prediction: PredictionEvent): void {
  const { model, id, outcome, value, confidence, level, category, context } = prediction;
  const share = confidence === undefined ? '' : ` ${confidence.toFixed(2)}`;
  emitEvent(EVENT_PREDICTION, {
    message: `${outcome ?? value ?? ''}${share}`,
    model: model.name,
    ...(context === undefined ? {} : { context }),
    attributes: {
      ...modelAttributes(model),
      ...optional(ATTR_PREDICTION_ID.name, id),
      ...optional(ATTR_PREDICTION_OUTCOME.name, outcome),
      ...optional(ATTR_PREDICTION_VALUE.name, value),
      ...optional(ATTR_PREDICTION_CONFIDENCE.name, confidence),
      ...optional(ATTR_PREDICTION_LEVEL.name, level),
      ...optional(ATTR_PREDICTION_CATEGORY.name, category),
    },
  });
}

interface FeedbackEvent {
  readonly model: ModelName;
  readonly id: string;
  readonly outcome: string | undefined;
  readonly actual: string;
  readonly result: string;
  readonly delaySeconds: number | undefined;
}

/** `ml.feedback`: the truth about a prediction. */
export function emitFeedback(feedback: FeedbackEvent): void {
  const { model, id, outcome, actual, result, delaySeconds } = feedback;
  emitEvent(EVENT_FEEDBACK, {
    message: `${result}: predicted ${outcome ?? 'unknown'}, was ${actual}`,
    model: model.name,
    attributes: {
      ...modelAttributes(model),
      [ATTR_PREDICTION_ID.name]: id,
      ...optional(ATTR_PREDICTION_OUTCOME.name, outcome),
      [ATTR_FEEDBACK_ACTUAL.name]: actual,
      [ATTR_FEEDBACK_RESULT.name]: result,
      ...optional(ATTR_FEEDBACK_DELAY.name, delaySeconds),
    },
  });
}

/** `ml.component.up` or `.down`: a component changed its state; a degraded one is no longer up. */
export function emitComponent(
  name: string,
  state: 'up' | 'degraded' | 'down',
  reason: string | undefined,
): void {
  const row = state === 'up' ? EVENT_COMPONENT_UP : EVENT_COMPONENT_DOWN;
  emitEvent(row, {
    message: `${name} is ${state}${reason === undefined ? '' : `: ${reason}`}`,
    attributes: { [ATTR_COMPONENT_NAME.name]: name, [ATTR_COMPONENT_STATE.name]: state },
  });
}

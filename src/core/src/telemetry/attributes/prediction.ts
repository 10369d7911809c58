import type { AttributeRow } from '../rows.ts';

export const ATTR_PREDICTION_ID: AttributeRow = {
  name: 'ml.prediction.id',
  type: 'string',
  description: 'Id that feedback refers to',
  stability: 'development',
};

export const ATTR_PREDICTION_OUTCOME: AttributeRow = {
  name: 'ml.prediction.outcome',
  type: 'string',
  description: 'Predicted class, at most 50 values a model, then `_OTHER`',
  stability: 'development',
};

export const ATTR_PREDICTION_LEVEL: AttributeRow = {
  name: 'ml.prediction.level',
  type: 'string',
  description: 'Severity the application gives the prediction, at most 50 values a model',
  stability: 'development',
};

export const ATTR_PREDICTION_CATEGORY: AttributeRow = {
  name: 'ml.prediction.category',
  type: 'string',
  description: 'Category the application gives the prediction, at most 50 values a model',
  stability: 'development',
};

export const ATTR_PREDICTION_CONFIDENCE: AttributeRow = {
  name: 'ml.prediction.confidence',
  type: 'double',
  description: 'Confidence from 0 to 1',
  stability: 'development',
};

export const ATTR_INVALID_REASON: AttributeRow = {
  name: 'ml.invalid.reason',
  type: 'string',
  description: 'What could not be recorded of a prediction',
  values: ['confidence', 'outcome', 'rows'],
  stability: 'development',
};

export const PREDICTION_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_PREDICTION_ID,
  ATTR_PREDICTION_OUTCOME,
  ATTR_PREDICTION_LEVEL,
  ATTR_PREDICTION_CATEGORY,
  ATTR_PREDICTION_CONFIDENCE,
  ATTR_INVALID_REASON,
];

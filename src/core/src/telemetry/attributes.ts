import { APPLICATION_ATTRIBUTES } from './attributes/application.ts';
import { DRIFT_ATTRIBUTES } from './attributes/drift.ts';
import { ERROR_ATTRIBUTES } from './attributes/error.ts';
import { HTTP_ATTRIBUTES } from './attributes/http.ts';
import { INFERENCE_ATTRIBUTES } from './attributes/inference.ts';
import { MODEL_ATTRIBUTES } from './attributes/model.ts';
import { OPERATOR_ATTRIBUTES } from './attributes/operator.ts';
import { PREDICTION_ATTRIBUTES } from './attributes/prediction.ts';
import { PROCESS_ATTRIBUTES } from './attributes/process.ts';
import { SELF_ATTRIBUTES } from './attributes/self.ts';
import type { AttributeRow } from './rows.ts';

export * from './attributes/application.ts';
export * from './attributes/drift.ts';
export * from './attributes/error.ts';
export * from './attributes/http.ts';
export * from './attributes/inference.ts';
export * from './attributes/model.ts';
export * from './attributes/operator.ts';
export * from './attributes/prediction.ts';
export * from './attributes/process.ts';
export * from './attributes/self.ts';

/** Every attribute Telltale emits. */
export const ATTRIBUTES: readonly AttributeRow[] = [
  ...ERROR_ATTRIBUTES,
  ...MODEL_ATTRIBUTES,
  ...INFERENCE_ATTRIBUTES,
  ...OPERATOR_ATTRIBUTES,
  ...PREDICTION_ATTRIBUTES,
  ...APPLICATION_ATTRIBUTES,
  ...DRIFT_ATTRIBUTES,
  ...HTTP_ATTRIBUTES,
  ...PROCESS_ATTRIBUTES,
  ...SELF_ATTRIBUTES,
];

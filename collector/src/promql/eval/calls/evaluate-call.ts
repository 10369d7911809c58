import type { Call } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import type { Scope } from '../query.ts';
import type { StepValue } from '../step-series.ts';
import { evaluateAbsent } from './absent.ts';
import { evaluateFloatCall } from './float-call.ts';
import {
  evaluateHistogramFraction,
  evaluateHistogramQuantile,
  evaluateHistogramQuantiles,
} from './histogram-call.ts';
import { evaluateInfo } from './info-call.ts';
import { evaluateLabelCall } from './label-call.ts';
import { evaluateRangeCall } from './range-call.ts';
import { evaluateScalarCall, evaluateTimestamp, evaluateVector } from './simple-call.ts';
import { evaluateSort } from './sort-call.ts';

type CallEvaluator = (call: Call, scope: Scope) => StepValue;

/** Functions that look at more than one sample, or at labels. */
const VECTOR_CALLS: ReadonlyMap<string, CallEvaluator> = new Map([
  ['absent', evaluateAbsent],
  ['histogram_fraction', evaluateHistogramFraction],
  ['histogram_quantile', evaluateHistogramQuantile],
  ['histogram_quantiles', evaluateHistogramQuantiles],
  ['info', evaluateInfo],
  ['label_join', evaluateLabelCall],
  ['label_replace', evaluateLabelCall],
  ['sort', evaluateSort],
  ['sort_by_label', evaluateSort],
  ['sort_by_label_desc', evaluateSort],
  ['sort_desc', evaluateSort],
  ['start_timestamp', evaluateTimestamp],
  ['timestamp', evaluateTimestamp],
  ['vector', evaluateVector],
]);

/** Evaluates a function call. */
export function evaluateCall(call: Call, scope: Scope): StepValue {
  const result =
    evaluateRangeCall(call, scope) ??
    VECTOR_CALLS.get(call.function)?.(call, scope) ??
    evaluateFloatCall(call, scope) ??
    evaluateScalarCall(call, scope);
  if (result === undefined) {
    throw evaluationError(`unknown function with name "${call.function}"`, call.position);
  }
  return result;
}

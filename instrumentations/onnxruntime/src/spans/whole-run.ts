import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_INFERENCE_BATCH_SIZE,
  ATTR_INFERENCE_COMPUTE_DURATION,
  ATTR_INFERENCE_EXECUTION,
  ATTR_INFERENCE_INPUT_SIZE,
  ATTR_INFERENCE_INPUTS,
  ATTR_INFERENCE_OUTPUT_SIZE,
  ATTR_INFERENCE_OUTPUTS,
  ATTR_INFERENCE_QUEUE_DURATION,
} from '@telltale/core';

/** The attributes of a run that went through, without their values. */
export const WHOLE_RUN: Readonly<Attributes> = {
  [ATTR_INFERENCE_BATCH_SIZE.name]: 1,
  [ATTR_INFERENCE_QUEUE_DURATION.name]: 0.5,
  [ATTR_INFERENCE_COMPUTE_DURATION.name]: 0.5,
  [ATTR_INFERENCE_EXECUTION.name]: 'blocking',
  [ATTR_INFERENCE_INPUT_SIZE.name]: 0,
  [ATTR_INFERENCE_OUTPUT_SIZE.name]: 0,
  [ATTR_INFERENCE_INPUTS.name]: [],
  [ATTR_INFERENCE_OUTPUTS.name]: [],
};

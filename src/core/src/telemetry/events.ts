import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  ATTR_INFERENCE_BATCH_SIZE,
  ATTR_INFERENCE_COMPUTE_DURATION,
  ATTR_INFERENCE_QUEUE_DURATION,
  ATTR_INFERENCE_THRESHOLD,
  ATTR_MODEL_NAME,
  ATTR_MODEL_SIZE,
  ATTR_MODEL_VERSION,
  ATTR_OPERATOR_PROVIDER,
  ATTR_RUNTIME_PROVIDERS,
  ATTR_UNLOAD_REASON,
} from './attributes.ts';
import type { EventRow } from './rows.ts';

export const EVENT_INFERENCE_SLOW: EventRow = {
  name: 'ml.inference.slow',
  type: 'PERFORMANCE',
  severityNumber: 13,
  when: 'a run was slower than its threshold',
  attributes: [
    ATTR_MODEL_NAME,
    ATTR_MODEL_VERSION,
    ATTR_INFERENCE_QUEUE_DURATION,
    ATTR_INFERENCE_COMPUTE_DURATION,
    ATTR_INFERENCE_BATCH_SIZE,
    ATTR_INFERENCE_THRESHOLD,
  ],
  stability: 'development',
};

export const EVENT_INFERENCE_ERROR: EventRow = {
  name: 'ml.inference.error',
  type: 'ERROR',
  severityNumber: 17,
  when: 'a run failed',
  attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_ERROR_TYPE, ATTR_EXCEPTION_TYPE],
  stability: 'development',
};

export const EVENT_MODEL_LOAD: EventRow = {
  name: 'ml.model.load',
  type: 'PERFORMANCE',
  severityNumber: 9,
  when: 'a model was loaded',
  attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_MODEL_SIZE, ATTR_RUNTIME_PROVIDERS],
  stability: 'development',
};

export const EVENT_MODEL_LOAD_ERROR: EventRow = {
  name: 'ml.model.load.error',
  type: 'ERROR',
  severityNumber: 17,
  when: 'a model could not be loaded',
  attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_ERROR_TYPE, ATTR_EXCEPTION_TYPE],
  stability: 'development',
};

export const EVENT_MODEL_UNLOAD: EventRow = {
  name: 'ml.model.unload',
  type: 'PERFORMANCE',
  severityNumber: 9,
  when: 'a session ended',
  attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_UNLOAD_REASON],
  stability: 'development',
};

export const EVENT_MODEL_PLACEMENT: EventRow = {
  name: 'ml.model.placement',
  type: 'PERFORMANCE',
  severityNumber: 9,
  when: 'an operator profile showed nodes on another execution provider than asked for',
  attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_RUNTIME_PROVIDERS, ATTR_OPERATOR_PROVIDER],
  stability: 'development',
};

export const EVENT_UNCAUGHT_EXCEPTION: EventRow = {
  name: 'process.uncaught_exception',
  type: 'ERROR',
  severityNumber: 21,
  when: 'the process is about to die of an error nobody caught',
  attributes: [ATTR_EXCEPTION_TYPE, ATTR_EXCEPTION_STACKTRACE],
  stability: 'development',
};

/** Every log event Telltale emits. */
export const EVENTS: readonly EventRow[] = [
  EVENT_INFERENCE_SLOW,
  EVENT_INFERENCE_ERROR,
  EVENT_MODEL_LOAD,
  EVENT_MODEL_LOAD_ERROR,
  EVENT_MODEL_UNLOAD,
  EVENT_MODEL_PLACEMENT,
  EVENT_UNCAUGHT_EXCEPTION,
];

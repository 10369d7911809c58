// Made by `npm run docs` from telemetry/registry: edit the YAML there.
import { ATTR_COMPONENT_NAME, ATTR_COMPONENT_STATE, ATTR_DRIFT_ASPECT, ATTR_DRIFT_BASELINE_ID, ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO, ATTR_DRIFT_CHANGE_POINT_TIME, ATTR_DRIFT_DIRECTION, ATTR_DRIFT_DISTANCE, ATTR_DRIFT_EVIDENCE, ATTR_DRIFT_EVIDENCE_THRESHOLD, ATTR_DRIFT_FROM, ATTR_DRIFT_NOISE_FLOOR, ATTR_DRIFT_OUTLYING, ATTR_DRIFT_SEASON, ATTR_DRIFT_SEGMENT, ATTR_DRIFT_STREAM, ATTR_DRIFT_TO, ATTR_DRIFT_TOP_MOVERS, ATTR_ERROR_TYPE, ATTR_EVENTLOOP_STALL_DURATION, ATTR_EVENTLOOP_STALL_FUNCTION, ATTR_EVENTLOOP_STALL_STACKS, ATTR_EXCEPTION_STACKTRACE, ATTR_EXCEPTION_TYPE, ATTR_FEEDBACK_ACTUAL, ATTR_FEEDBACK_DELAY, ATTR_FEEDBACK_RESULT, ATTR_GPU_XID_CODE, ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE, ATTR_HTTP_SERVER_REQUEST_DURATION, ATTR_HW_ID, ATTR_HW_NAME, ATTR_INFERENCE_BATCH_SIZE, ATTR_INFERENCE_COMPUTE_DURATION, ATTR_INFERENCE_QUEUE_DURATION, ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO, ATTR_INFERENCE_SUMMARY_COUNT, ATTR_INFERENCE_SUMMARY_ERRORS, ATTR_INFERENCE_SUMMARY_ITEMS, ATTR_INFERENCE_SUMMARY_P50, ATTR_INFERENCE_SUMMARY_P95, ATTR_INFERENCE_SUMMARY_P99, ATTR_INFERENCE_SUMMARY_PERIOD, ATTR_INFERENCE_THRESHOLD, ATTR_MODEL_NAME, ATTR_MODEL_SIZE, ATTR_MODEL_VERSION, ATTR_OPERATOR_PROVIDER, ATTR_OTEL_METRIC_OVERFLOW, ATTR_PERFORMANCE_DIFFERENCE, ATTR_PERFORMANCE_LABELLED, ATTR_PERFORMANCE_METHOD, ATTR_PERFORMANCE_PROMISED, ATTR_PERFORMANCE_REALISED, ATTR_PREDICTION_CATEGORY, ATTR_PREDICTION_CONFIDENCE, ATTR_PREDICTION_ID, ATTR_PREDICTION_LEVEL, ATTR_PREDICTION_OUTCOME, ATTR_PREDICTION_VALUE, ATTR_RUNTIME_PROVIDERS, ATTR_UNLOAD_REASON, ATTR_URL_PATH, ATTR_USER_AGENT_ORIGINAL } from './attributes.ts';
import type { EventRow } from '../rows.ts';

// application
export const EVENT_FEEDBACK: EventRow = { name: 'ml.feedback', type: 'PREDICTION', severityNumber: 9, when: 'the truth about a prediction arrived', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_PREDICTION_ID, ATTR_PREDICTION_OUTCOME, ATTR_FEEDBACK_ACTUAL, ATTR_FEEDBACK_RESULT, ATTR_FEEDBACK_DELAY], stability: 'development' };
export const EVENT_COMPONENT_DOWN: EventRow = { name: 'ml.component.down', type: 'ALERT', severityNumber: 17, when: 'a component of the application went down or is degraded', attributes: [ATTR_COMPONENT_NAME, ATTR_COMPONENT_STATE], stability: 'development' };
export const EVENT_COMPONENT_UP: EventRow = { name: 'ml.component.up', type: 'ALERT', severityNumber: 9, when: 'a component of the application is up again', attributes: [ATTR_COMPONENT_NAME, ATTR_COMPONENT_STATE], stability: 'development' };
export const EVENT_ALERT: EventRow = { name: 'ml.alert', type: 'ALERT', severityNumber: 13, when: 'the application calls `events.emit(\'ALERT\')` without a name of its own', attributes: [ATTR_MODEL_NAME], stability: 'development' };
export const APPLICATION_EVENTS: readonly EventRow[] = [EVENT_FEEDBACK, EVENT_COMPONENT_DOWN, EVENT_COMPONENT_UP, EVENT_ALERT];

// drift
export const EVENT_DRIFT_DETECTED: EventRow = { name: 'ml.drift.detected', type: 'ALERT', severityNumber: 13, when: 'an aspect of a stream went to drift; severity 17 for alert', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_DRIFT_STREAM, ATTR_DRIFT_DIRECTION, ATTR_DRIFT_SEGMENT, ATTR_DRIFT_SEASON, ATTR_OTEL_METRIC_OVERFLOW, ATTR_DRIFT_ASPECT, ATTR_DRIFT_FROM, ATTR_DRIFT_TO, ATTR_DRIFT_BASELINE_ID, ATTR_DRIFT_EVIDENCE, ATTR_DRIFT_EVIDENCE_THRESHOLD, ATTR_DRIFT_DISTANCE, ATTR_DRIFT_NOISE_FLOOR, ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO, ATTR_DRIFT_CHANGE_POINT_TIME, ATTR_DRIFT_TOP_MOVERS, ATTR_DRIFT_OUTLYING], stability: 'development' };
export const EVENT_DRIFT_RECOVERED: EventRow = { name: 'ml.drift.recovered', type: 'ALERT', severityNumber: 9, when: 'an aspect of a stream is stable again', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_DRIFT_STREAM, ATTR_DRIFT_DIRECTION, ATTR_DRIFT_SEGMENT, ATTR_DRIFT_SEASON, ATTR_OTEL_METRIC_OVERFLOW, ATTR_DRIFT_ASPECT, ATTR_DRIFT_FROM, ATTR_DRIFT_TO, ATTR_DRIFT_BASELINE_ID, ATTR_DRIFT_EVIDENCE, ATTR_DRIFT_EVIDENCE_THRESHOLD, ATTR_DRIFT_DISTANCE, ATTR_DRIFT_NOISE_FLOOR], stability: 'development' };
export const EVENT_DRIFT_CONCEPT: EventRow = { name: 'ml.drift.concept', type: 'ALERT', severityNumber: 13, when: 'feedback tells another accuracy than the confidences of a model promise', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_PERFORMANCE_METHOD, ATTR_PERFORMANCE_PROMISED, ATTR_PERFORMANCE_REALISED, ATTR_PERFORMANCE_LABELLED, ATTR_PERFORMANCE_DIFFERENCE], stability: 'development' };
export const DRIFT_EVENTS: readonly EventRow[] = [EVENT_DRIFT_DETECTED, EVENT_DRIFT_RECOVERED, EVENT_DRIFT_CONCEPT];

// error
export const EVENT_PROCESS_UNCAUGHT_EXCEPTION: EventRow = { name: 'process.uncaught_exception', type: 'ERROR', severityNumber: 21, when: 'the process is about to die of an error nobody caught', attributes: [ATTR_EXCEPTION_TYPE, ATTR_EXCEPTION_STACKTRACE], stability: 'development' };
export const ERROR_EVENTS: readonly EventRow[] = [EVENT_PROCESS_UNCAUGHT_EXCEPTION];

// event-loop
export const EVENT_NODEJS_EVENTLOOP_STALL: EventRow = { name: 'nodejs.eventloop.stall', type: 'PERFORMANCE', severityNumber: 13, when: 'a function blocked the event loop beyond the threshold', attributes: [ATTR_EVENTLOOP_STALL_DURATION, ATTR_EVENTLOOP_STALL_FUNCTION, ATTR_EVENTLOOP_STALL_STACKS], stability: 'development' };
export const EVENT_LOOP_EVENTS: readonly EventRow[] = [EVENT_NODEJS_EVENTLOOP_STALL];

// gpu
export const EVENT_GPU_XID: EventRow = { name: 'ml.gpu.xid', type: 'ALERT', severityNumber: 13, when: 'the NVIDIA driver reported an error; severity 17 where the device needs a reset', attributes: [ATTR_HW_ID, ATTR_HW_NAME, ATTR_GPU_XID_CODE], stability: 'development' };
export const GPU_EVENTS: readonly EventRow[] = [EVENT_GPU_XID];

// http
export const EVENT_REQUEST: EventRow = { name: 'ml.request', type: 'REQUEST', severityNumber: 9, when: 'an HTTP request was answered; severity 13 for a status of 400 and more, 17 from 500 on', attributes: [ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_ROUTE, ATTR_URL_PATH, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_SERVER_REQUEST_DURATION, ATTR_USER_AGENT_ORIGINAL], stability: 'development' };
export const HTTP_EVENTS: readonly EventRow[] = [EVENT_REQUEST];

// inference
export const EVENT_INFERENCE_SLOW: EventRow = { name: 'ml.inference.slow', type: 'PERFORMANCE', severityNumber: 13, when: 'a run was slower than its threshold', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_INFERENCE_QUEUE_DURATION, ATTR_INFERENCE_COMPUTE_DURATION, ATTR_INFERENCE_BATCH_SIZE, ATTR_INFERENCE_THRESHOLD], stability: 'development' };
export const EVENT_INFERENCE_SUMMARY: EventRow = { name: 'ml.inference.summary', type: 'PERFORMANCE', severityNumber: 9, when: 'once a minute and at the end, for each model that ran', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_INFERENCE_SUMMARY_COUNT, ATTR_INFERENCE_SUMMARY_ERRORS, ATTR_INFERENCE_SUMMARY_ITEMS, ATTR_INFERENCE_SUMMARY_P50, ATTR_INFERENCE_SUMMARY_P95, ATTR_INFERENCE_SUMMARY_P99, ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO, ATTR_INFERENCE_SUMMARY_PERIOD], stability: 'development' };
export const EVENT_INFERENCE_ERROR: EventRow = { name: 'ml.inference.error', type: 'ERROR', severityNumber: 17, when: 'a run failed', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_ERROR_TYPE, ATTR_EXCEPTION_TYPE], stability: 'development' };
export const INFERENCE_EVENTS: readonly EventRow[] = [EVENT_INFERENCE_SLOW, EVENT_INFERENCE_SUMMARY, EVENT_INFERENCE_ERROR];

// model
export const EVENT_MODEL_LOAD: EventRow = { name: 'ml.model.load', type: 'PERFORMANCE', severityNumber: 9, when: 'a model was loaded', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_MODEL_SIZE, ATTR_RUNTIME_PROVIDERS], stability: 'development' };
export const EVENT_MODEL_LOAD_ERROR: EventRow = { name: 'ml.model.load.error', type: 'ERROR', severityNumber: 17, when: 'a model could not be loaded', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_ERROR_TYPE, ATTR_EXCEPTION_TYPE], stability: 'development' };
export const EVENT_MODEL_UNLOAD: EventRow = { name: 'ml.model.unload', type: 'PERFORMANCE', severityNumber: 9, when: 'a session ended', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_UNLOAD_REASON], stability: 'development' };
export const EVENT_MODEL_PLACEMENT: EventRow = { name: 'ml.model.placement', type: 'PERFORMANCE', severityNumber: 9, when: 'an operator profile showed nodes on another execution provider than asked for', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_RUNTIME_PROVIDERS, ATTR_OPERATOR_PROVIDER], stability: 'development' };
export const MODEL_EVENTS: readonly EventRow[] = [EVENT_MODEL_LOAD, EVENT_MODEL_LOAD_ERROR, EVENT_MODEL_UNLOAD, EVENT_MODEL_PLACEMENT];

// prediction
export const EVENT_PREDICTION: EventRow = { name: 'ml.prediction', type: 'PREDICTION', severityNumber: 9, when: 'a prediction was recorded', attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_PREDICTION_ID, ATTR_PREDICTION_OUTCOME, ATTR_PREDICTION_CONFIDENCE, ATTR_PREDICTION_VALUE, ATTR_PREDICTION_LEVEL, ATTR_PREDICTION_CATEGORY], stability: 'development' };
export const PREDICTION_EVENTS: readonly EventRow[] = [EVENT_PREDICTION];

/** Every one of them. */
export const EVENTS: readonly EventRow[] = [EVENT_FEEDBACK, EVENT_COMPONENT_DOWN, EVENT_COMPONENT_UP, EVENT_ALERT, EVENT_DRIFT_DETECTED, EVENT_DRIFT_RECOVERED, EVENT_DRIFT_CONCEPT, EVENT_PROCESS_UNCAUGHT_EXCEPTION, EVENT_NODEJS_EVENTLOOP_STALL, EVENT_GPU_XID, EVENT_REQUEST, EVENT_INFERENCE_SLOW, EVENT_INFERENCE_SUMMARY, EVENT_INFERENCE_ERROR, EVENT_MODEL_LOAD, EVENT_MODEL_LOAD_ERROR, EVENT_MODEL_UNLOAD, EVENT_MODEL_PLACEMENT, EVENT_PREDICTION];

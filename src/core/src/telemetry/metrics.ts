import { APPLICATION_METRICS } from './application-metrics.ts';
import {
  ATTR_ERROR_TYPE,
  ATTR_INVALID_REASON,
  ATTR_IO_DIRECTION,
  ATTR_MODEL_ID,
  ATTR_MODEL_NAME,
  ATTR_MODEL_OPSET,
  ATTR_MODEL_PRODUCER,
  ATTR_MODEL_VERSION,
  ATTR_NON_FINITE_KIND,
  ATTR_OPERATOR_NAME,
  ATTR_OPERATOR_PROVIDER,
  ATTR_PREDICTION_CATEGORY,
  ATTR_PREDICTION_LEVEL,
  ATTR_PREDICTION_OUTCOME,
  ATTR_RUNTIME_NAME,
  ATTR_RUNTIME_PROVIDERS,
  ATTR_RUNTIME_VERSION,
  ATTR_SUPPRESSION_REASON,
  ATTR_TELLTALE_REASON,
  ATTR_TELLTALE_SIGNAL,
  ATTR_UNLOAD_REASON,
} from './attributes.ts';
import { DRIFT_METRICS, DRIFT_VALUE_METRICS } from './drift-metrics.ts';
import { FLEET_DRIFT_METRICS } from './fleet-drift-metrics.ts';
import { PROCESS_METRICS } from './process-metrics.ts';
import type { AttributeRow, MetricRow } from './rows.ts';

/** Seconds from 50 us, a tiny model, to 10 s, a large one on a loaded machine. */
const DURATION_BUCKETS: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10,
];
const LOAD_BUCKETS: readonly number[] = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];
const BATCH_BUCKETS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
/** Dense near 1, where classifiers live and where calibration fails. */
const CONFIDENCE_BUCKETS: readonly number[] = [
  0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 0.995, 0.999,
];

/** The attributes that every metric of a model carries. */
const MODEL: readonly AttributeRow[] = [ATTR_MODEL_NAME, ATTR_MODEL_VERSION];

export const METRIC_INFERENCE_DURATION: MetricRow = {
  name: 'ml.inference.duration',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Wall time of one run, queue and compute together; the count is the number of runs',
  attributes: [...MODEL, ATTR_ERROR_TYPE],
  buckets: DURATION_BUCKETS,
  stability: 'development',
};

export const METRIC_INFERENCE_QUEUE_DURATION: MetricRow = {
  name: 'ml.inference.queue.duration',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Wait of a run before native code starts',
  attributes: [...MODEL],
  buckets: DURATION_BUCKETS,
  stability: 'development',
};

export const METRIC_INFERENCE_COMPUTE_DURATION: MetricRow = {
  name: 'ml.inference.compute.duration',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Time of a run in native code',
  attributes: [...MODEL],
  buckets: DURATION_BUCKETS,
  stability: 'development',
};

export const METRIC_INFERENCE_BATCH_SIZE: MetricRow = {
  name: 'ml.inference.batch.size',
  instrument: 'histogram',
  isObservable: false,
  unit: '{item}',
  description: 'Items of one run; recorded once a batch other than 1 was seen',
  attributes: [...MODEL],
  buckets: BATCH_BUCKETS,
  stability: 'development',
};

export const METRIC_INFERENCE_ITEMS: MetricRow = {
  name: 'ml.inference.items',
  instrument: 'counter',
  isObservable: true,
  unit: '{item}',
  description: 'Items of all runs that succeeded',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_INFERENCE_ACTIVE: MetricRow = {
  name: 'ml.inference.active',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{inference}',
  description: 'Runs waiting or running',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_INFERENCE_IO: MetricRow = {
  name: 'ml.inference.io',
  instrument: 'counter',
  isObservable: true,
  unit: 'By',
  description: 'Bytes of tensors that went in and came out',
  attributes: [...MODEL, ATTR_IO_DIRECTION],
  stability: 'development',
};

export const METRIC_INFERENCE_NON_FINITE: MetricRow = {
  name: 'ml.inference.non_finite',
  instrument: 'counter',
  isObservable: true,
  unit: '{value}',
  description: 'NaN and infinite tensor values seen',
  attributes: [...MODEL, ATTR_IO_DIRECTION, ATTR_NON_FINITE_KIND],
  stability: 'development',
};

export const METRIC_INFERENCE_BLOCKED_TIME: MetricRow = {
  name: 'ml.inference.blocked.time',
  instrument: 'counter',
  isObservable: true,
  unit: 's',
  description: 'Time in which runs blocked the event loop',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_INFERENCE_SPANS_SUPPRESSED: MetricRow = {
  name: 'ml.inference.spans.suppressed',
  instrument: 'counter',
  isObservable: true,
  unit: '{span}',
  description: 'Runs without a span of their own because a cap was reached',
  attributes: [...MODEL, ATTR_SUPPRESSION_REASON],
  stability: 'development',
};

export const METRIC_MODEL_LOAD_DURATION: MetricRow = {
  name: 'ml.model.load.duration',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Wall time of loading a model; the count is the number of loads',
  attributes: [...MODEL, ATTR_ERROR_TYPE],
  buckets: LOAD_BUCKETS,
  stability: 'development',
};

export const METRIC_MODEL_WARMUP_DURATION: MetricRow = {
  name: 'ml.model.warmup.duration',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Wall time of the first run of a session',
  attributes: [...MODEL],
  buckets: DURATION_BUCKETS,
  stability: 'development',
};

export const METRIC_MODEL_LOADED: MetricRow = {
  name: 'ml.model.loaded',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{session}',
  description: 'Open sessions',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_MODEL_UNLOADS: MetricRow = {
  name: 'ml.model.unloads',
  instrument: 'counter',
  isObservable: true,
  unit: '{unload}',
  description: 'Sessions that ended',
  attributes: [...MODEL, ATTR_UNLOAD_REASON],
  stability: 'development',
};

export const METRIC_MODEL_SIZE: MetricRow = {
  name: 'ml.model.size',
  instrument: 'gauge',
  isObservable: true,
  unit: 'By',
  description: 'Size of the model file',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_MODEL_LOAD_MEMORY: MetricRow = {
  name: 'ml.model.load.memory',
  instrument: 'gauge',
  isObservable: true,
  unit: 'By',
  description: 'Growth of resident memory over the last load',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_MODEL_INFO: MetricRow = {
  name: 'ml.model.info',
  instrument: 'gauge',
  isObservable: true,
  unit: '{info}',
  description: 'Always 1; its attributes identify the model and its runtime',
  attributes: [
    ...MODEL,
    ATTR_MODEL_ID,
    ATTR_RUNTIME_NAME,
    ATTR_RUNTIME_VERSION,
    ATTR_RUNTIME_PROVIDERS,
    ATTR_MODEL_OPSET,
    ATTR_MODEL_PRODUCER,
  ],
  stability: 'development',
};

export const METRIC_OPERATOR_DURATION: MetricRow = {
  name: 'ml.operator.duration',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Time of one operator, from sampled runs under the operator profile',
  attributes: [...MODEL, ATTR_OPERATOR_NAME, ATTR_OPERATOR_PROVIDER],
  buckets: DURATION_BUCKETS,
  stability: 'development',
};

export const METRIC_OPERATOR_NODE_COUNT: MetricRow = {
  name: 'ml.operator.node.count',
  instrument: 'gauge',
  isObservable: true,
  unit: '{node}',
  description: 'Nodes of the graph by the execution provider that ran them',
  attributes: [...MODEL, ATTR_OPERATOR_PROVIDER],
  stability: 'development',
};

export const METRIC_PREDICTIONS: MetricRow = {
  name: 'ml.predictions',
  instrument: 'counter',
  isObservable: true,
  unit: '{prediction}',
  description: 'Predictions by outcome',
  attributes: [...MODEL, ATTR_PREDICTION_OUTCOME, ATTR_PREDICTION_LEVEL, ATTR_PREDICTION_CATEGORY],
  stability: 'development',
};

export const METRIC_PREDICTION_CONFIDENCE: MetricRow = {
  name: 'ml.prediction.confidence',
  instrument: 'histogram',
  isObservable: false,
  unit: '1',
  description: 'Confidence of predictions',
  attributes: [...MODEL, ATTR_PREDICTION_OUTCOME],
  buckets: CONFIDENCE_BUCKETS,
  stability: 'development',
};

export const METRIC_PREDICTION_INVALID: MetricRow = {
  name: 'ml.prediction.invalid',
  instrument: 'counter',
  isObservable: true,
  unit: '{prediction}',
  description: 'Predictions, or parts of them, that could not be recorded',
  attributes: [...MODEL, ATTR_INVALID_REASON],
  stability: 'development',
};

export const METRIC_EVENTS_DROPPED: MetricRow = {
  name: 'telltale.events.dropped',
  instrument: 'counter',
  isObservable: true,
  unit: '{event}',
  description: 'Events of Telltale itself that a limit held back',
  attributes: [ATTR_TELLTALE_SIGNAL, ATTR_TELLTALE_REASON],
  stability: 'development',
};

export const METRIC_ERRORS: MetricRow = {
  name: 'telltale.errors',
  instrument: 'counter',
  isObservable: true,
  unit: '{error}',
  description: 'Failures inside Telltale that were kept from the application',
  attributes: [ATTR_TELLTALE_SIGNAL, ATTR_TELLTALE_REASON],
  stability: 'development',
};

export const METRIC_EXPORT_FAILURES: MetricRow = {
  name: 'telltale.export.failures',
  instrument: 'counter',
  isObservable: true,
  unit: '{export}',
  description: 'Exports that failed',
  attributes: [ATTR_TELLTALE_SIGNAL, ATTR_TELLTALE_REASON],
  stability: 'development',
};

/** Every metric Telltale emits. */
export const METRICS: readonly MetricRow[] = [
  METRIC_INFERENCE_DURATION,
  METRIC_INFERENCE_QUEUE_DURATION,
  METRIC_INFERENCE_COMPUTE_DURATION,
  METRIC_INFERENCE_BATCH_SIZE,
  METRIC_INFERENCE_ITEMS,
  METRIC_INFERENCE_ACTIVE,
  METRIC_INFERENCE_IO,
  METRIC_INFERENCE_NON_FINITE,
  METRIC_INFERENCE_BLOCKED_TIME,
  METRIC_INFERENCE_SPANS_SUPPRESSED,
  METRIC_MODEL_LOAD_DURATION,
  METRIC_MODEL_WARMUP_DURATION,
  METRIC_MODEL_LOADED,
  METRIC_MODEL_UNLOADS,
  METRIC_MODEL_SIZE,
  METRIC_MODEL_LOAD_MEMORY,
  METRIC_MODEL_INFO,
  METRIC_OPERATOR_DURATION,
  METRIC_OPERATOR_NODE_COUNT,
  METRIC_PREDICTIONS,
  METRIC_PREDICTION_CONFIDENCE,
  METRIC_PREDICTION_INVALID,
  METRIC_EVENTS_DROPPED,
  METRIC_ERRORS,
  METRIC_EXPORT_FAILURES,
  ...APPLICATION_METRICS,
  ...DRIFT_METRICS,
  ...DRIFT_VALUE_METRICS,
  ...FLEET_DRIFT_METRICS,
  ...PROCESS_METRICS,
];

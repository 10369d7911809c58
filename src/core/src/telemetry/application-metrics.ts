import {
  ATTR_CACHE_NAME,
  ATTR_CACHE_RESULT,
  ATTR_COMPONENT_NAME,
  ATTR_COMPONENT_STATE,
  ATTR_DETECTOR_STATE,
  ATTR_FEEDBACK_RESULT,
  ATTR_QUEUE_NAME,
  ATTR_REQUEST_NAME,
} from './attributes/application.ts';
import { ATTR_ERROR_TYPE } from './attributes/error.ts';
import { ATTR_MODEL_NAME, ATTR_MODEL_VERSION } from './attributes/model.ts';
import type { AttributeRow, MetricRow } from './rows.ts';

/** Seconds from 1 s to a week: truths come late. */
const DELAY_BUCKETS: readonly number[] = [1, 10, 60, 300, 900, 3600, 21600, 86400, 604800];
const WAIT_BUCKETS: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10,
];

const MODEL: readonly AttributeRow[] = [ATTR_MODEL_NAME, ATTR_MODEL_VERSION];

export const METRIC_FEEDBACK_RECORDS: MetricRow = {
  name: 'ml.feedback.records',
  instrument: 'counter',
  isObservable: true,
  unit: '{record}',
  description: 'Truths that arrived, by how they compare with the prediction',
  attributes: [...MODEL, ATTR_FEEDBACK_RESULT],
  stability: 'development',
};

export const METRIC_FEEDBACK_DELAY: MetricRow = {
  name: 'ml.feedback.delay',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Time from the prediction to the truth',
  attributes: [...MODEL],
  buckets: DELAY_BUCKETS,
  stability: 'development',
};

export const METRIC_PERFORMANCE_ACCURACY: MetricRow = {
  name: 'ml.performance.accuracy',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Share of correct predictions among the last labelled ones',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_PERFORMANCE_PRECISION: MetricRow = {
  name: 'ml.performance.precision',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Share of true positives among predicted positives',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_PERFORMANCE_RECALL: MetricRow = {
  name: 'ml.performance.recall',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Share of true positives among actual positives',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_PERFORMANCE_F1: MetricRow = {
  name: 'ml.performance.f1',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Harmonic mean of precision and recall',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_PERFORMANCE_FALSE_POSITIVE_RATE: MetricRow = {
  name: 'ml.performance.false_positive_rate',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Share of false positives among actual negatives',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_PERFORMANCE_CALIBRATION_ERROR: MetricRow = {
  name: 'ml.performance.calibration_error',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Expected calibration error: mean gap between confidence and accuracy over ten bins',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_PERFORMANCE_SAMPLE_COUNT: MetricRow = {
  name: 'ml.performance.sample.count',
  instrument: 'gauge',
  isObservable: true,
  unit: '{record}',
  description: 'Labelled predictions in the window',
  attributes: [...MODEL],
  stability: 'development',
};

export const METRIC_CACHE_REQUESTS: MetricRow = {
  name: 'ml.cache.requests',
  instrument: 'counter',
  isObservable: true,
  unit: '{request}',
  description: 'Look-ups in a cache of the application',
  attributes: [ATTR_CACHE_NAME, ATTR_CACHE_RESULT],
  stability: 'development',
};

export const METRIC_CACHE_SIZE: MetricRow = {
  name: 'ml.cache.size',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{item}',
  description: 'Items in a cache of the application',
  attributes: [ATTR_CACHE_NAME],
  stability: 'development',
};

export const METRIC_QUEUE_SIZE: MetricRow = {
  name: 'ml.queue.size',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{item}',
  description: 'Items waiting in a queue of the application',
  attributes: [ATTR_QUEUE_NAME],
  stability: 'development',
};

export const METRIC_QUEUE_CAPACITY: MetricRow = {
  name: 'ml.queue.capacity',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{item}',
  description: 'Items the queue can hold',
  attributes: [ATTR_QUEUE_NAME],
  stability: 'development',
};

export const METRIC_QUEUE_WAIT_DURATION: MetricRow = {
  name: 'ml.queue.wait.duration',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Time an item waited; the count is the throughput',
  attributes: [ATTR_QUEUE_NAME],
  buckets: WAIT_BUCKETS,
  stability: 'development',
};

export const METRIC_COMPONENT_HEALTH: MetricRow = {
  name: 'ml.component.health',
  instrument: 'gauge',
  isObservable: true,
  unit: '{state}',
  description: '1 up, 0.5 degraded, 0 down',
  attributes: [ATTR_COMPONENT_NAME],
  stability: 'development',
};

export const METRIC_COMPONENT_TRANSITIONS: MetricRow = {
  name: 'ml.component.transitions',
  instrument: 'counter',
  isObservable: true,
  unit: '{transition}',
  description: 'Changes of state of a component',
  attributes: [ATTR_COMPONENT_NAME, ATTR_COMPONENT_STATE],
  stability: 'development',
};

export const METRIC_DETECTOR_COUNT: MetricRow = {
  name: 'ml.detector.count',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{detector}',
  description: 'Detectors of the application',
  attributes: [ATTR_DETECTOR_STATE],
  stability: 'development',
};

export const METRIC_REQUEST_DURATION: MetricRow = {
  name: 'ml.request.duration',
  instrument: 'histogram',
  isObservable: false,
  unit: 's',
  description: 'Time of work that is not HTTP; the count is the throughput',
  attributes: [ATTR_REQUEST_NAME, ATTR_ERROR_TYPE],
  buckets: WAIT_BUCKETS,
  stability: 'development',
};

export const METRIC_REQUEST_ACTIVE: MetricRow = {
  name: 'ml.request.active',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{request}',
  description: 'Work that is not HTTP and under way',
  attributes: [ATTR_REQUEST_NAME],
  stability: 'development',
};

/** Metrics of what only the application knows. */
export const APPLICATION_METRICS: readonly MetricRow[] = [
  METRIC_FEEDBACK_RECORDS,
  METRIC_FEEDBACK_DELAY,
  METRIC_PERFORMANCE_ACCURACY,
  METRIC_PERFORMANCE_PRECISION,
  METRIC_PERFORMANCE_RECALL,
  METRIC_PERFORMANCE_F1,
  METRIC_PERFORMANCE_FALSE_POSITIVE_RATE,
  METRIC_PERFORMANCE_CALIBRATION_ERROR,
  METRIC_PERFORMANCE_SAMPLE_COUNT,
  METRIC_CACHE_REQUESTS,
  METRIC_CACHE_SIZE,
  METRIC_QUEUE_SIZE,
  METRIC_QUEUE_CAPACITY,
  METRIC_QUEUE_WAIT_DURATION,
  METRIC_COMPONENT_HEALTH,
  METRIC_COMPONENT_TRANSITIONS,
  METRIC_DETECTOR_COUNT,
  METRIC_REQUEST_DURATION,
  METRIC_REQUEST_ACTIVE,
];

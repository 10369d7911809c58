import type { AttributeRow } from '../rows.ts';

export const ATTR_FEEDBACK_RESULT: AttributeRow = {
  name: 'ml.feedback.result',
  type: 'string',
  description: 'How the truth compared with the prediction',
  values: [
    'true_positive',
    'false_positive',
    'true_negative',
    'false_negative',
    'correct',
    'incorrect',
    'unmatched',
    'duplicate',
  ],
  stability: 'development',
};

export const ATTR_FEEDBACK_ACTUAL: AttributeRow = {
  name: 'ml.feedback.actual',
  type: 'string',
  description: 'The true outcome',
  stability: 'development',
};

export const ATTR_FEEDBACK_DELAY: AttributeRow = {
  name: 'ml.feedback.delay',
  type: 'double',
  description: 'Seconds between the prediction and the truth',
  stability: 'development',
};

export const ATTR_CACHE_NAME: AttributeRow = {
  name: 'ml.cache.name',
  type: 'string',
  description: 'Name of the cache, at most 50 a process',
  stability: 'development',
};

export const ATTR_CACHE_RESULT: AttributeRow = {
  name: 'ml.cache.result',
  type: 'string',
  description: 'Whether the cache had it',
  values: ['hit', 'miss'],
  stability: 'development',
};

export const ATTR_QUEUE_NAME: AttributeRow = {
  name: 'ml.queue.name',
  type: 'string',
  description: 'Name of the queue, at most 50 a process',
  stability: 'development',
};

export const ATTR_COMPONENT_NAME: AttributeRow = {
  name: 'ml.component.name',
  type: 'string',
  description: 'Name of the component, at most 50 a process',
  stability: 'development',
};

export const ATTR_COMPONENT_STATE: AttributeRow = {
  name: 'ml.component.state',
  type: 'string',
  description: 'State that the component went to',
  values: ['up', 'degraded', 'down'],
  stability: 'development',
};

export const ATTR_DETECTOR_STATE: AttributeRow = {
  name: 'ml.detector.state',
  type: 'string',
  description: 'Whether a detector of the application is at work',
  values: ['active', 'inactive'],
  stability: 'development',
};

export const ATTR_REQUEST_NAME: AttributeRow = {
  name: 'ml.request.name',
  type: 'string',
  description: 'Kind of work, at most 50 a process',
  stability: 'development',
};

export const APPLICATION_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_FEEDBACK_RESULT,
  ATTR_FEEDBACK_ACTUAL,
  ATTR_FEEDBACK_DELAY,
  ATTR_CACHE_NAME,
  ATTR_CACHE_RESULT,
  ATTR_QUEUE_NAME,
  ATTR_COMPONENT_NAME,
  ATTR_COMPONENT_STATE,
  ATTR_DETECTOR_STATE,
  ATTR_REQUEST_NAME,
];

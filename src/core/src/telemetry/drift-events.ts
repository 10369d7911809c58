import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO,
  ATTR_DRIFT_CHANGE_POINT_TIME,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_DISTANCE,
  ATTR_DRIFT_EVIDENCE,
  ATTR_DRIFT_EVIDENCE_THRESHOLD,
  ATTR_DRIFT_FROM,
  ATTR_DRIFT_NOISE_FLOOR,
  ATTR_DRIFT_OUTLYING,
  ATTR_DRIFT_SEASON,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_STREAM,
  ATTR_DRIFT_TO,
  ATTR_DRIFT_TOP_MOVERS,
  ATTR_METRIC_OVERFLOW,
  ATTR_PERFORMANCE_GAP,
  ATTR_PERFORMANCE_LABELLED,
  ATTR_PERFORMANCE_METHOD,
  ATTR_PERFORMANCE_PROMISED,
  ATTR_PERFORMANCE_REALISED,
} from './attributes/drift.ts';
import { ATTR_MODEL_NAME, ATTR_MODEL_VERSION } from './attributes/model.ts';
import type { AttributeRow, EventRow } from './rows.ts';

const CHANGE: readonly AttributeRow[] = [
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_DRIFT_STREAM,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_SEASON,
  ATTR_METRIC_OVERFLOW,
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_FROM,
  ATTR_DRIFT_TO,
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_EVIDENCE,
  ATTR_DRIFT_EVIDENCE_THRESHOLD,
  ATTR_DRIFT_DISTANCE,
  ATTR_DRIFT_NOISE_FLOOR,
];

export const EVENT_DRIFT_DETECTED: EventRow = {
  name: 'ml.drift.detected',
  type: 'ALERT',
  severityNumber: 13,
  when: 'an aspect of a stream went to drift; severity 17 for alert',
  attributes: [
    ...CHANGE,
    ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO,
    ATTR_DRIFT_CHANGE_POINT_TIME,
    ATTR_DRIFT_TOP_MOVERS,
    ATTR_DRIFT_OUTLYING,
  ],
  stability: 'development',
};

export const EVENT_DRIFT_RECOVERED: EventRow = {
  name: 'ml.drift.recovered',
  type: 'ALERT',
  severityNumber: 9,
  when: 'an aspect of a stream is stable again',
  attributes: CHANGE,
  stability: 'development',
};

export const EVENT_DRIFT_CONCEPT: EventRow = {
  name: 'ml.drift.concept',
  type: 'ALERT',
  severityNumber: 13,
  when: 'feedback tells another accuracy than the confidences of a model promise',
  attributes: [
    ATTR_MODEL_NAME,
    ATTR_MODEL_VERSION,
    ATTR_PERFORMANCE_METHOD,
    ATTR_PERFORMANCE_PROMISED,
    ATTR_PERFORMANCE_REALISED,
    ATTR_PERFORMANCE_LABELLED,
    ATTR_PERFORMANCE_GAP,
  ],
  stability: 'development',
};

/** Events of drift. */
export const DRIFT_EVENTS: readonly EventRow[] = [
  EVENT_DRIFT_DETECTED,
  EVENT_DRIFT_RECOVERED,
  EVENT_DRIFT_CONCEPT,
];

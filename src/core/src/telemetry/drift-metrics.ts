import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_FROM,
  ATTR_DRIFT_METRIC,
  ATTR_DRIFT_OUTCOME,
  ATTR_DRIFT_SEASON,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_STREAM,
  ATTR_DRIFT_TO,
  ATTR_METRIC_OVERFLOW,
  ATTR_PERFORMANCE_METHOD,
  ATTR_PERFORMANCE_METRIC,
} from './attributes/drift.ts';
import { ATTR_MODEL_NAME, ATTR_MODEL_VERSION } from './attributes/model.ts';
import type { AttributeRow, MetricRow } from './rows.ts';

/** What names a stream; segment, season and overflow only where they are used. */
const STREAM: readonly AttributeRow[] = [
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_DRIFT_STREAM,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_SEASON,
  ATTR_METRIC_OVERFLOW,
];

/** Ranks are uniform in the baseline, so equal buckets hold equal shares of it. */
const RANK_BUCKETS: readonly number[] = [
  0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
  0.95, 1,
];

export const METRIC_DRIFT_EVIDENCE: MetricRow = {
  name: 'ml.drift.evidence',
  instrument: 'gauge',
  isObservable: true,
  unit: '{evidence}',
  description:
    'Evidence that a stream changed; its mean over instances is the evidence of the fleet',
  attributes: [...STREAM, ATTR_DRIFT_ASPECT],
  stability: 'development',
};

export const METRIC_DRIFT_EVIDENCE_THRESHOLD: MetricRow = {
  name: 'ml.drift.evidence_threshold',
  instrument: 'gauge',
  isObservable: true,
  unit: '{evidence}',
  description: 'Evidence from which something changed',
  attributes: [...STREAM, ATTR_DRIFT_ASPECT],
  stability: 'development',
};

export const METRIC_DRIFT_STATE: MetricRow = {
  name: 'ml.drift.state',
  instrument: 'gauge',
  isObservable: true,
  unit: '{state}',
  description: '0 learning, 1 stable, 2 warning, 3 drift, 4 alert',
  attributes: [...STREAM, ATTR_DRIFT_ASPECT],
  stability: 'development',
};

export const METRIC_DRIFT_DISTANCE: MetricRow = {
  name: 'ml.drift.distance',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Distance of the window from the baseline',
  attributes: [...STREAM, ATTR_DRIFT_METRIC],
  stability: 'development',
};

export const METRIC_DRIFT_NOISE_FLOOR: MetricRow = {
  name: 'ml.drift.noise_floor',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Distance that 95 % of unchanged windows stay below',
  attributes: [...STREAM, ATTR_DRIFT_METRIC],
  stability: 'development',
};

export const METRIC_DRIFT_P_VALUE: MetricRow = {
  name: 'ml.drift.p_value',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Probability of such a distance without a change, at one look',
  attributes: [...STREAM, ATTR_DRIFT_METRIC],
  stability: 'development',
};

export const METRIC_DRIFT_RANK: MetricRow = {
  name: 'ml.drift.rank',
  instrument: 'histogram',
  isObservable: false,
  unit: '1',
  description: 'Ranks of values in the frozen baseline, in twenty buckets',
  attributes: [...STREAM, ATTR_DRIFT_BASELINE_ID],
  buckets: RANK_BUCKETS,
  stability: 'development',
};

export const METRIC_DRIFT_RECORDS: MetricRow = {
  name: 'ml.drift.records',
  instrument: 'counter',
  isObservable: true,
  unit: '{record}',
  description: 'Values by what they were',
  attributes: [...STREAM, ATTR_DRIFT_OUTCOME],
  stability: 'development',
};

export const METRIC_DRIFT_TRANSITIONS: MetricRow = {
  name: 'ml.drift.transitions',
  instrument: 'counter',
  isObservable: true,
  unit: '{transition}',
  description: 'Changes of state',
  attributes: [...STREAM, ATTR_DRIFT_FROM, ATTR_DRIFT_TO],
  stability: 'development',
};

export const METRIC_DRIFT_WINDOW_SIZE: MetricRow = {
  name: 'ml.drift.window.size',
  instrument: 'gauge',
  isObservable: true,
  unit: '{record}',
  description: 'Values in the window',
  attributes: [...STREAM],
  stability: 'development',
};

export const METRIC_DRIFT_BASELINE_SIZE: MetricRow = {
  name: 'ml.drift.baseline.size',
  instrument: 'gauge',
  isObservable: true,
  unit: '{record}',
  description: 'Values of the baseline',
  attributes: [...STREAM, ATTR_DRIFT_BASELINE_ID],
  stability: 'development',
};

export const METRIC_DRIFT_BASELINE_AGE: MetricRow = {
  name: 'ml.drift.baseline.age',
  instrument: 'gauge',
  isObservable: true,
  unit: 's',
  description: 'Time since the baseline was accepted',
  attributes: [...STREAM, ATTR_DRIFT_BASELINE_ID],
  stability: 'development',
};

export const METRIC_DRIFT_THINNING: MetricRow = {
  name: 'ml.drift.thinning',
  instrument: 'gauge',
  isObservable: true,
  unit: '{record}',
  description: 'Every how many records one is taken for evidence',
  attributes: [...STREAM],
  stability: 'development',
};

export const METRIC_PERFORMANCE_ESTIMATED: MetricRow = {
  name: 'ml.performance.estimated',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Performance estimated from confidences, without labels',
  attributes: [
    ATTR_MODEL_NAME,
    ATTR_MODEL_VERSION,
    ATTR_PERFORMANCE_METRIC,
    ATTR_PERFORMANCE_METHOD,
  ],
  stability: 'development',
};

export const METRIC_PERFORMANCE_ESTIMATED_LOWER: MetricRow = {
  name: 'ml.performance.estimated_lower',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Lower end of the 95 % interval of the estimate',
  attributes: [
    ATTR_MODEL_NAME,
    ATTR_MODEL_VERSION,
    ATTR_PERFORMANCE_METRIC,
    ATTR_PERFORMANCE_METHOD,
  ],
  stability: 'development',
};

export const METRIC_PERFORMANCE_ESTIMATED_UPPER: MetricRow = {
  name: 'ml.performance.estimated_upper',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Upper end of the 95 % interval of the estimate',
  attributes: [
    ATTR_MODEL_NAME,
    ATTR_MODEL_VERSION,
    ATTR_PERFORMANCE_METRIC,
    ATTR_PERFORMANCE_METHOD,
  ],
  stability: 'development',
};

export const METRIC_PREDICTION_VALUE: MetricRow = {
  name: 'ml.prediction.value',
  instrument: 'histogram',
  isObservable: false,
  unit: '1',
  description: 'Numbers that a model answered, in exponential buckets of both signs',
  attributes: [...STREAM],
  stability: 'development',
};

export const METRIC_PREDICTION_UNCERTAINTY: MetricRow = {
  name: 'ml.prediction.uncertainty',
  instrument: 'histogram',
  isObservable: false,
  unit: '1',
  description: '1 - probability of the chosen class, at least 1e-6, in exponential buckets',
  attributes: [...STREAM],
  stability: 'development',
};

export const METRIC_FEATURE_VALUE: MetricRow = {
  name: 'ml.feature.value',
  instrument: 'histogram',
  isObservable: false,
  unit: '1',
  description: 'Numbers that a model was given, in exponential buckets of both signs',
  attributes: [...STREAM],
  stability: 'development',
};

/** Values of streams, which a metric producer hands to readers past the instruments of an SDK. */
export const DRIFT_VALUE_METRICS: readonly MetricRow[] = [
  METRIC_PREDICTION_VALUE,
  METRIC_PREDICTION_UNCERTAINTY,
  METRIC_FEATURE_VALUE,
];

export const METRIC_PERFORMANCE_GAP: MetricRow = {
  name: 'ml.performance.gap',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Accuracy that feedback tells minus the one that confidences promise',
  attributes: [ATTR_MODEL_NAME, ATTR_MODEL_VERSION],
  stability: 'development',
};

/** Drift of inputs and outputs, and performance without labels. */
export const DRIFT_METRICS: readonly MetricRow[] = [
  METRIC_DRIFT_EVIDENCE,
  METRIC_DRIFT_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_STATE,
  METRIC_DRIFT_DISTANCE,
  METRIC_DRIFT_NOISE_FLOOR,
  METRIC_DRIFT_P_VALUE,
  METRIC_DRIFT_RANK,
  METRIC_DRIFT_RECORDS,
  METRIC_DRIFT_TRANSITIONS,
  METRIC_DRIFT_WINDOW_SIZE,
  METRIC_DRIFT_BASELINE_SIZE,
  METRIC_DRIFT_BASELINE_AGE,
  METRIC_DRIFT_THINNING,
  METRIC_PERFORMANCE_ESTIMATED,
  METRIC_PERFORMANCE_ESTIMATED_LOWER,
  METRIC_PERFORMANCE_ESTIMATED_UPPER,
  METRIC_PERFORMANCE_GAP,
];

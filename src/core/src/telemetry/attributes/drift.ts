import type { AttributeRow } from '../rows.ts';

export const ATTR_DRIFT_STREAM: AttributeRow = {
  name: 'ml.drift.stream',
  type: 'string',
  description: 'Feature or output that is watched',
  stability: 'development',
};

export const ATTR_DRIFT_DIRECTION: AttributeRow = {
  name: 'ml.drift.direction',
  type: 'string',
  description: 'Whether the stream goes into the model or comes out of it',
  values: ['input', 'output'],
  stability: 'development',
};

export const ATTR_DRIFT_SEGMENT: AttributeRow = {
  name: 'ml.drift.segment',
  type: 'string',
  description: 'Part of the traffic that has a baseline of its own',
  stability: 'development',
};

export const ATTR_DRIFT_SEASON: AttributeRow = {
  name: 'ml.drift.season',
  type: 'string',
  description: 'Hour of the week in UTC that has a baseline of its own, such as `mon-09`',
  stability: 'development',
};

export const ATTR_METRIC_OVERFLOW: AttributeRow = {
  name: 'otel.metric.overflow',
  type: 'boolean',
  description: 'The stream that all streams beyond the limit share',
  stability: 'development',
};

export const ATTR_DRIFT_ASPECT: AttributeRow = {
  name: 'ml.drift.aspect',
  type: 'string',
  description: 'Which question about the stream: its values, missing ones or novel ones',
  values: ['value', 'missing', 'novelty'],
  stability: 'development',
};

export const ATTR_DRIFT_METRIC: AttributeRow = {
  name: 'ml.drift.metric',
  type: 'string',
  description: 'Which distance',
  values: [
    'ks',
    'total_variation',
    'psi',
    'psi_debiased',
    'jensen_shannon',
    'hellinger',
    'wasserstein_iqr',
    'rank_wasserstein',
    'ks_low',
    'ks_high',
  ],
  stability: 'development',
};

export const ATTR_DRIFT_OUTCOME: AttributeRow = {
  name: 'ml.drift.outcome',
  type: 'string',
  description: 'What a value was; `thinned` is counted beside the others',
  values: ['ok', 'null', 'invalid', 'unseen', 'out_of_range', 'thinned'],
  stability: 'development',
};

export const ATTR_DRIFT_FROM: AttributeRow = {
  name: 'ml.drift.from',
  type: 'string',
  description: 'State before',
  values: ['learning', 'stable', 'warning', 'drift', 'alert'],
  stability: 'development',
};

export const ATTR_DRIFT_TO: AttributeRow = {
  name: 'ml.drift.to',
  type: 'string',
  description: 'State after',
  values: ['learning', 'stable', 'warning', 'drift', 'alert'],
  stability: 'development',
};

export const ATTR_DRIFT_BASELINE_ID: AttributeRow = {
  name: 'ml.drift.baseline.id',
  type: 'string',
  description:
    'First 12 digits of the SHA-256 of the baseline; counts of different ones never add up',
  stability: 'development',
};

export const ATTR_DRIFT_EVIDENCE: AttributeRow = {
  name: 'ml.drift.evidence',
  type: 'double',
  description: 'Evidence at the change of state',
  stability: 'development',
};

export const ATTR_DRIFT_EVIDENCE_THRESHOLD: AttributeRow = {
  name: 'ml.drift.evidence_threshold',
  type: 'double',
  description: 'Evidence from which something changed',
  stability: 'development',
};

export const ATTR_DRIFT_DISTANCE: AttributeRow = {
  name: 'ml.drift.distance',
  type: 'double',
  description: 'Effect size at the change of state',
  stability: 'development',
};

export const ATTR_DRIFT_NOISE_FLOOR: AttributeRow = {
  name: 'ml.drift.noise_floor',
  type: 'double',
  description: 'Effect size that 95 % of unchanged windows stay below',
  stability: 'development',
};

export const ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO: AttributeRow = {
  name: 'ml.drift.change_point.records_ago',
  type: 'int',
  description: 'Records since the change most likely began',
  stability: 'development',
};

export const ATTR_DRIFT_CHANGE_POINT_TIME: AttributeRow = {
  name: 'ml.drift.change_point.time',
  type: 'string',
  description: 'When the change most likely began, ISO 8601',
  stability: 'development',
};

export const ATTR_DRIFT_TOP_MOVERS: AttributeRow = {
  name: 'ml.drift.top_movers',
  type: 'string[]',
  description: 'Categories whose share changed most, as `category share->share`',
  stability: 'development',
};

export const ATTR_DRIFT_OUTLYING: AttributeRow = {
  name: 'ml.drift.outlying',
  type: 'string[]',
  description: 'The most outlying predictions, as `trace_id/span_id/value/rank`',
  stability: 'development',
};

export const ATTR_PERFORMANCE_METRIC: AttributeRow = {
  name: 'ml.performance.metric',
  type: 'string',
  description: 'Which rate is estimated',
  values: ['accuracy', 'precision', 'recall', 'f1', 'specificity', 'auc'],
  stability: 'development',
};

export const ATTR_PERFORMANCE_METHOD: AttributeRow = {
  name: 'ml.performance.method',
  type: 'string',
  description: 'How it is estimated',
  values: ['cbpe', 'cbpe_uncalibrated'],
  stability: 'development',
};

export const ATTR_PERFORMANCE_PROMISED: AttributeRow = {
  name: 'ml.performance.promised',
  type: 'double',
  description: 'Accuracy that the confidences promise',
  stability: 'development',
};

export const ATTR_PERFORMANCE_REALISED: AttributeRow = {
  name: 'ml.performance.realised',
  type: 'double',
  description: 'Accuracy that feedback tells',
  stability: 'development',
};

export const ATTR_PERFORMANCE_LABELLED: AttributeRow = {
  name: 'ml.performance.labelled',
  type: 'int',
  description: 'Predictions with feedback behind it',
  stability: 'development',
};

export const ATTR_PERFORMANCE_GAP: AttributeRow = {
  name: 'ml.performance.difference',
  type: 'double',
  description: 'Realised accuracy minus the promised one',
  stability: 'development',
};

export const ATTR_DRIFT_SCOPE: AttributeRow = {
  name: 'ml.drift.scope',
  type: 'string',
  description: 'Present where something was merged over instances',
  values: ['fleet'],
  stability: 'development',
};

export const ATTR_DRIFT_STATE: AttributeRow = {
  name: 'ml.drift.state',
  type: 'string',
  description: 'State of a stream',
  values: ['learning', 'stable', 'warning', 'drift', 'alert'],
  stability: 'development',
};

export const ATTR_DRIFT_INSTANCE: AttributeRow = {
  name: 'ml.drift.instance',
  type: 'string',
  description: 'Which instance of a fleet differs from the others',
  stability: 'development',
};

/** Attributes of drift and of performance without labels. */
export const DRIFT_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_DRIFT_STREAM,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_SEASON,
  ATTR_METRIC_OVERFLOW,
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_METRIC,
  ATTR_DRIFT_OUTCOME,
  ATTR_DRIFT_FROM,
  ATTR_DRIFT_TO,
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_EVIDENCE,
  ATTR_DRIFT_EVIDENCE_THRESHOLD,
  ATTR_DRIFT_DISTANCE,
  ATTR_DRIFT_NOISE_FLOOR,
  ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO,
  ATTR_DRIFT_CHANGE_POINT_TIME,
  ATTR_DRIFT_TOP_MOVERS,
  ATTR_DRIFT_OUTLYING,
  ATTR_DRIFT_SCOPE,
  ATTR_DRIFT_STATE,
  ATTR_DRIFT_INSTANCE,
  ATTR_PERFORMANCE_METRIC,
  ATTR_PERFORMANCE_METHOD,
  ATTR_PERFORMANCE_PROMISED,
  ATTR_PERFORMANCE_REALISED,
  ATTR_PERFORMANCE_LABELLED,
  ATTR_PERFORMANCE_GAP,
];

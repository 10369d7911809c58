import type { OptionRow } from '@telltale/core';
import { DRIFT_DEFAULTS } from '@telltale/instrumentation-drift';

const PROFILE = {
  type: 'enum',
  values: ['standard', 'short'],
} as const;

/** What may differ for single streams. */
const STREAM_FIELDS: readonly OptionRow[] = [
  { key: 'profile', ...PROFILE, description: 'standard or short' },
  { key: 'window', type: 'integer', min: 10, max: 100_000, description: 'Records compared' },
  { key: 'drift_threshold', type: 'number', min: 0, max: 1, description: 'Effect of drift' },
  { key: 'alert_threshold', type: 'number', min: 0, max: 1, description: 'Effect of alert' },
  { key: 'false_alarm_every', type: 'string', description: 'A promise for this stream alone' },
  { key: 'baseline_size', type: 'integer', min: 12, max: 10_000, description: 'Records learned' },
  {
    key: 'thinning',
    type: 'integer',
    values: ['auto'],
    min: 1,
    max: 10_000,
    description: 'Take every n-th',
  },
  { key: 'classes', type: 'list', description: 'Categories watched each by itself' },
];

/** Options of the drift monitor. */
export const DRIFT_OPTIONS: readonly OptionRow[] = [
  {
    key: 'drift.outputs',
    env: 'TELLTALE_DRIFT_OUTPUTS',
    type: 'boolean',
    default: 'true',
    description: 'Watch what models answer: scores, confidences, classes and numbers',
  },
  {
    key: 'drift.derived',
    env: 'TELLTALE_DRIFT_DERIVED',
    type: 'boolean',
    default: 'false',
    description: 'Watch margin and entropy of class probabilities too',
  },
  {
    key: 'drift.inputs',
    env: 'TELLTALE_DRIFT_INPUTS',
    type: 'list',
    description: 'Input tensors to watch by name, or `all` of them; at most 64 columns a model',
  },
  {
    key: 'drift.columns',
    env: 'TELLTALE_DRIFT_COLUMNS',
    type: 'names',
    description:
      'Names of the columns of a tensor, by `tensor` or `model/tensor`, as a mapping or JSON: {"features": ["age", "income"]}',
  },
  {
    key: 'drift.profile',
    env: 'TELLTALE_DRIFT_PROFILE',
    ...PROFILE,
    default: DRIFT_DEFAULTS.profile,
    description:
      'short: for series of some hundred values; the last 4 to 16 are held against those before them, from 12 values on',
  },
  {
    key: 'drift.streams',
    env: 'TELLTALE_DRIFT_STREAMS',
    type: 'settings',
    fields: STREAM_FIELDS,
    description:
      'Settings of single streams by `name` or `model/name`, where * stands for any characters: profile, window, drift_threshold, alert_threshold, false_alarm_every, baseline_size, thinning, classes; as a mapping or JSON: {"amount": {"drift_threshold": 0.02}}',
  },
  {
    key: 'drift.window',
    env: 'TELLTALE_DRIFT_WINDOW',
    type: 'integer',
    min: 100,
    max: 100_000,
    default: String(DRIFT_DEFAULTS.window),
    description: 'Records that are compared with the baseline',
  },
  {
    key: 'drift.drift_threshold',
    env: 'TELLTALE_DRIFT_THRESHOLD',
    type: 'number',
    min: 0,
    max: 1,
    default: String(DRIFT_DEFAULTS.driftThreshold),
    description: 'Effect size from which evidence means drift',
  },
  {
    key: 'drift.alert_threshold',
    env: 'TELLTALE_DRIFT_ALERT_THRESHOLD',
    type: 'number',
    min: 0,
    max: 1,
    default: String(DRIFT_DEFAULTS.alertThreshold),
    description: 'Effect size from which evidence means alert; not below drift.drift_threshold',
  },
  {
    key: 'drift.false_alarm_every',
    env: 'TELLTALE_DRIFT_FALSE_ALARM_EVERY',
    type: 'string',
    default: String(DRIFT_DEFAULTS.falseAlarmEvery),
    description:
      'Promised mean distance between false alarms of the whole process: a number of records, or a time such as 30d',
  },
  {
    key: 'drift.decision',
    env: 'TELLTALE_DRIFT_DECISION',
    type: 'enum',
    values: ['evidence', 'threshold'],
    default: DRIFT_DEFAULTS.decision,
    description:
      'evidence keeps false alarms as rare as promised; threshold compares drift.metric with the thresholds as other tools do, and promises nothing',
  },
  {
    key: 'drift.metric',
    env: 'TELLTALE_DRIFT_METRIC',
    type: 'enum',
    values: ['psi', 'js', 'hellinger', 'ks', 'ks_p'],
    default: DRIFT_DEFAULTS.metric,
    description: 'What is compared where thresholds decide',
  },
  {
    key: 'drift.seasonal',
    env: 'TELLTALE_DRIFT_SEASONAL',
    type: 'enum',
    values: ['none', 'hour-of-week'],
    default: DRIFT_DEFAULTS.seasonal,
    description: 'hour-of-week: 168 baselines a stream, for traffic that depends on the hour (UTC)',
  },
  {
    key: 'drift.compare',
    env: 'TELLTALE_DRIFT_COMPARE',
    type: 'enum',
    values: ['baseline', 'previous', 'last_week'],
    default: DRIFT_DEFAULTS.compare,
    description:
      'What effects are measured against; evidence is against the baseline whatever this says',
  },
  {
    key: 'drift.sample_by',
    env: 'TELLTALE_DRIFT_SAMPLE_BY',
    type: 'duration',
    values: ['records', 'session', 'batch'],
    default: 'records',
    description:
      'Evidence takes every n-th record, or one random record of each session, batch (a run of the model) or stretch of time',
  },
  {
    key: 'drift.baseline.size',
    env: 'TELLTALE_DRIFT_BASELINE_SIZE',
    type: 'integer',
    min: 200,
    max: 10_000,
    default: String(DRIFT_DEFAULTS.baseline.size),
    description: 'Records of the first attempt to learn a baseline',
  },
  {
    key: 'drift.baseline.size_max',
    env: 'TELLTALE_DRIFT_BASELINE_SIZE_MAX',
    type: 'integer',
    min: 200,
    max: 10_000,
    default: '10000',
    description:
      'Records of the larger baseline that a learned one gives way to, when they came without a change; as baseline.size: never, where 80 KiB a stream for that time are too many',
  },
  {
    key: 'drift.baseline.warmup',
    env: 'TELLTALE_DRIFT_BASELINE_WARMUP',
    type: 'integer',
    default: String(DRIFT_DEFAULTS.baseline.warmup),
    description: 'Records skipped before a baseline is learned',
  },
  {
    key: 'drift.baseline.source',
    env: 'TELLTALE_DRIFT_BASELINE_SOURCE',
    type: 'enum',
    values: ['auto', 'file', 'fleet'],
    default: 'auto',
    description:
      'Where baselines come from: learned here, files, or the alert service; streams without one learn their own',
  },
  {
    key: 'drift.baseline.paths',
    env: 'TELLTALE_DRIFT_BASELINE_PATHS',
    type: 'list',
    description: 'Baseline files and folders of them, for the source file',
  },
  {
    key: 'drift.baseline.publish',
    env: 'TELLTALE_DRIFT_BASELINE_PUBLISH',
    type: 'boolean',
    default: 'false',
    description: 'Give the baselines learned here, which hold values, to the alert service',
  },
  {
    key: 'drift.fleet.url',
    env: 'TELLTALE_DRIFT_FLEET_URL',
    type: 'string',
    default: 'http://127.0.0.1:4328',
    description:
      'Address of the alert service that shares baselines; asked only where that is wanted',
  },
  {
    key: 'drift.fleet.key',
    env: 'TELLTALE_DRIFT_FLEET_KEY',
    type: 'string',
    isSecret: true,
    description: 'Bearer token for it',
  },
  {
    key: 'drift.fleet.key_file',
    env: 'TELLTALE_DRIFT_FLEET_KEY_FILE',
    type: 'string',
    description: 'File whose first line is that token',
  },
  {
    key: 'drift.state_dir',
    env: 'TELLTALE_DRIFT_STATE_DIR',
    type: 'string',
    description:
      'Folder in which baselines and evidence survive a restart; cluster workers and threads get folders of their own in it',
  },
  {
    key: 'drift.thinning',
    env: 'TELLTALE_DRIFT_THINNING',
    type: 'integer',
    values: ['auto'],
    min: 1,
    max: 10_000,
    default: 'auto',
    description: 'Take every n-th record for evidence; auto measures the serial dependence',
  },
  {
    key: 'drift.streams_max',
    env: 'TELLTALE_DRIFT_STREAMS_MAX',
    type: 'integer',
    min: 1,
    max: 100_000,
    default: String(DRIFT_DEFAULTS.streamsMax),
    description: 'Streams before the rest share one, at about 24 KiB each; 2688 with seasons',
  },
  {
    key: 'drift.seed',
    env: 'TELLTALE_DRIFT_SEED',
    type: 'integer',
    default: String(DRIFT_DEFAULTS.seed),
    description: 'Of the generators that break ties',
  },
];

import {
  ATTR_DRIFT_FROM,
  ATTR_DRIFT_OUTCOME,
  ATTR_DRIFT_TO,
  ATTR_PERFORMANCE_METRIC,
  METRIC_DRIFT_BASELINE_AGE,
  METRIC_DRIFT_BASELINE_SIZE,
  METRIC_DRIFT_DISTANCE,
  METRIC_DRIFT_EVIDENCE,
  METRIC_DRIFT_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_NOISE_FLOOR,
  METRIC_DRIFT_P_VALUE,
  METRIC_DRIFT_RANK,
  METRIC_DRIFT_RECORDS,
  METRIC_DRIFT_STATE,
  METRIC_DRIFT_TRANSITIONS,
  METRIC_DRIFT_WINDOW_SIZE,
  METRIC_FEATURE_VALUE,
  METRIC_PERFORMANCE_ESTIMATED,
  METRIC_PERFORMANCE_GAP,
  METRIC_PREDICTION_VALUE,
} from '@telltale/core';

import { type Board, MODEL_VARIABLES } from '../board.ts';
import { DRIFT_STATES, NONE_EXPECTED, rising } from '../colors.ts';
import { ASPECT, DISTANCE, INSTANCE, MODEL, STREAM } from '../labels.ts';
import type { PanelSpec, Target } from '../panels/panel.ts';
import { bargauge, stat, stateTimeline, table, timeseries } from '../panels/short.ts';
import { aggregate, events, NATIVE, rate, select, share } from '../queries/expressions.ts';
import { label, metric } from '../queries/metric.ts';
import { byStream } from './by-stream.ts';
import { WHOLE_FLEET } from './drift-fleet.ts';

const STATE = metric(METRIC_DRIFT_STATE);
const EVIDENCE = metric(METRIC_DRIFT_EVIDENCE);
const MEASURE = metric(METRIC_DRIFT_DISTANCE);
const RECORDS = metric(METRIC_DRIFT_RECORDS);
const TRANSITIONS = metric(METRIC_DRIFT_TRANSITIONS);
const RANKS = metric(METRIC_DRIFT_RANK);
const [FROM, TO, OUTCOME] = [
  label(ATTR_DRIFT_FROM),
  label(ATTR_DRIFT_TO),
  label(ATTR_DRIFT_OUTCOME),
];

const distances = (kinds: string): Target =>
  byStream(
    aggregate('max', MEASURE, { by: [MODEL, STREAM, DISTANCE], where: `${DISTANCE}=~"${kinds}"` }),
    ` {{${DISTANCE}}}`,
  );

const states: readonly PanelSpec[] = [
  stat(
    'Streams drifting',
    [{ expr: `count(${aggregate('max', STATE, { by: [MODEL, STREAM] })} >= 3) or vector(0)` }],
    {
      unit: 'short',
      thresholds: NONE_EXPECTED,
      description: 'Streams in the state drift or alert. Red: the timeline beside names them.',
    },
  ),
  stat(
    'Streams learning',
    [{ expr: `count(${aggregate('max', STATE, { by: [MODEL, STREAM] })} == 0) or vector(0)` }],
    {
      unit: 'short',
      description:
        'Streams without a baseline yet: they tell nothing. `telltale drift status` says why.',
    },
  ),
  stat(
    'Streams watched',
    [{ expr: `count(${aggregate('group', STATE, { by: [MODEL, STREAM] })}) or vector(0)` }],
    {
      unit: 'short',
      description: 'Inputs and outputs under watch.',
    },
  ),
  stateTimeline(
    'State of each stream',
    [byStream(aggregate('max', STATE, { by: [MODEL, STREAM] }))],
    {
      unit: 'none',
      texts: DRIFT_STATES,
      width: 24,
      height: 10,
      description:
        'Worst state over instances and aspects. Orange or red: find the stream in the panels below.',
    },
  ),
  table(
    'Transitions',
    [
      {
        expr: `${events(TRANSITIONS, { by: [MODEL, STREAM, FROM, TO] }, '$__range')} > 0`,
      },
    ],
    {
      unit: 'short',
      columns: { [MODEL]: 'Model', [STREAM]: 'Stream', [FROM]: 'From', [TO]: 'To', Value: 'Times' },
      description: 'Changes of state in the time range.',
    },
  ),
  timeseries(
    'Records by outcome',
    [{ expr: rate(RECORDS, { by: [OUTCOME] }), legend: `{{${OUTCOME}}}` }],
    {
      unit: 'cps',
      isStacked: true,
      width: 12,
      description: 'What became of records. Many nulls or unseen values: a feature broke upstream.',
    },
  ),
];

const evidence: readonly PanelSpec[] = [
  timeseries(
    'Evidence against its threshold',
    [
      byStream(
        `${aggregate('max', EVIDENCE, { by: [MODEL, STREAM, ASPECT] })} / ${aggregate('max', metric(METRIC_DRIFT_EVIDENCE_THRESHOLD), { by: [MODEL, STREAM, ASPECT] })}`,
        ` {{${ASPECT}}}`,
      ),
    ],
    {
      unit: 'none',
      isLogarithmic: true,
      width: 12,
      thresholds: rising(0.1, 1),
      description:
        'Above 1 the change is no chance: the promise is one false alarm in the configured number of records.',
    },
  ),
  timeseries(
    'Evidence per instance',
    [
      {
        expr: aggregate('max', EVIDENCE, { by: [INSTANCE, STREAM] }),
        legend: `{{${INSTANCE}}} {{${STREAM}}}`,
      },
    ],
    {
      unit: 'none',
      isLogarithmic: true,
      width: 12,
      description: 'One instance apart from the others: its inputs, not the world, have changed.',
    },
  ),
  timeseries('Kolmogorov-Smirnov distance', [distances('ks')], {
    unit: 'percentunit',
    thresholds: rising(0.05, 0.1),
    description:
      'Largest gap between the two distribution functions: 0.1 moved a tenth of all records.',
  }),
  timeseries('Population stability index', [distances('psi|psi_debiased')], {
    unit: 'none',
    thresholds: rising(0.1, 0.2),
    description:
      'Raw and with the bias of small windows removed. Above 0.2 is a large shift by custom.',
  }),
  timeseries(
    'Jensen-Shannon, Wasserstein, Hellinger',
    [distances('jensen_shannon|wasserstein_iqr|hellinger')],
    {
      unit: 'none',
      description:
        'The same change in other measures; Wasserstein is in units of the interquartile range.',
    },
  ),
  timeseries(
    'Distance above its noise floor',
    [
      byStream(
        `clamp_min(${aggregate('max', MEASURE, { by: [MODEL, STREAM, DISTANCE] })} - ${aggregate('max', metric(METRIC_DRIFT_NOISE_FLOOR), { by: [MODEL, STREAM, DISTANCE] })}, 0)`,
        ` {{${DISTANCE}}}`,
      ),
    ],
    {
      unit: 'none',
      description:
        'What is left when the noise of a window of this size is taken off. 0: no change to speak of.',
    },
  ),
  timeseries(
    'p-value',
    [
      byStream(
        aggregate('min', metric(METRIC_DRIFT_P_VALUE), { by: [MODEL, STREAM, DISTANCE] }),
        ` {{${DISTANCE}}}`,
      ),
    ],
    {
      unit: 'none',
      isLogarithmic: true,
      description:
        'For reading only: looked at again and again, a p-value falls below any level by chance. Evidence does not.',
    },
  ),
  timeseries(
    'Share of bad records',
    [
      byStream(
        share(
          rate(RECORDS, {
            by: [MODEL, STREAM],
            where: `${OUTCOME}=~"null|invalid|unseen|out_of_range"`,
          }),
          rate(RECORDS, { by: [MODEL, STREAM] }),
        ),
      ),
    ],
    {
      unit: 'percentunit',
      thresholds: rising(0.05, 0.2),
      description: 'Nulls, invalid and unseen values. A step: a broken feature or a new category.',
    },
  ),
];

const windows: readonly PanelSpec[] = [
  bargauge(
    'Ranks against the baseline (flat is no drift)',
    [
      {
        expr: `sum by (le) (increase(${select(RANKS, undefined, '_bucket')}[$__range]))`,
        format: 'heatmap',
        legend: '{{le}}',
      },
    ],
    {
      unit: 'short',
      height: 8,
      description:
        'Where new values fall in the baseline. High at one end: values moved that way; in the middle: they spread less.',
    },
  ),
  timeseries(
    'Predicted values',
    [0.1, 0.5, 0.9].map((quantile) => ({
      expr: NATIVE.quantile(quantile, metric(METRIC_PREDICTION_VALUE), { by: [MODEL] }),
      legend: `{{${MODEL}}} p${quantile * 100}`,
    })),
    {
      unit: 'none',
      description: 'Quantiles of numeric outputs.',
    },
  ),
  timeseries(
    'Feature values',
    [0.1, 0.5, 0.9].map((quantile) => ({
      expr: NATIVE.quantile(quantile, metric(METRIC_FEATURE_VALUE), { by: [STREAM] }),
      legend: `{{${STREAM}}} p${quantile * 100}`,
    })),
    {
      unit: 'none',
      description: 'Quantiles of numeric inputs: what a moved feature looks like in its own unit.',
    },
  ),
  table(
    'Baselines and windows',
    [
      { expr: aggregate('max', metric(METRIC_DRIFT_BASELINE_SIZE), { by: [MODEL, STREAM] }) },
      { expr: aggregate('max', metric(METRIC_DRIFT_BASELINE_AGE), { by: [MODEL, STREAM] }) },
      { expr: aggregate('max', metric(METRIC_DRIFT_WINDOW_SIZE), { by: [MODEL, STREAM] }) },
    ],
    {
      unit: 'short',
      width: 24,
      columns: {
        [MODEL]: 'Model',
        [STREAM]: 'Stream',
        'Value #A': 'Baseline records',
        'Value #B': 'Baseline age (s)',
        'Value #C': 'Window records',
      },
      description:
        'What is compared. A small or old baseline: build one from training data with `telltale drift baseline build`.',
    },
  ),
];

const performance: readonly PanelSpec[] = [
  timeseries(
    'Estimated performance',
    [
      {
        expr: aggregate('min', metric(METRIC_PERFORMANCE_ESTIMATED), {
          by: [MODEL, label(ATTR_PERFORMANCE_METRIC)],
        }),
        legend: `{{${MODEL}}} {{${label(ATTR_PERFORMANCE_METRIC)}}}`,
      },
    ],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      width: 12,
      description:
        'Performance estimated from confidences, without labels. Falling with drift: the change matters.',
    },
  ),
  timeseries(
    'Promised minus realised',
    [
      {
        expr: aggregate('max', metric(METRIC_PERFORMANCE_GAP), { by: [MODEL] }),
        legend: `{{${MODEL}}}`,
      },
    ],
    {
      unit: 'percentunit',
      width: 12,
      thresholds: rising(0.03, 0.05),
      description:
        'Gap between the accuracy that confidences promise and the one that feedback shows. Red: the relation itself changed.',
    },
  ),
];

/** Did the data move: which feature, by how much, since when? */
export const DRIFT: Board = {
  uid: 'telltale-drift',
  title: 'Telltale: Drift',
  description: 'Did the data move: which feature, by how much, since when, on which instance.',
  variables: MODEL_VARIABLES,
  annotations: ['alerts', 'model loads', 'drift'],
  rows: [
    { title: 'States', panels: states },
    { title: 'Evidence and distance', panels: evidence },
    { title: 'Windows and baselines', panels: windows },
    { title: 'Does it matter?', panels: performance },
    { title: 'The fleet', panels: WHOLE_FLEET },
  ],
};

import {
  ATTR_FEEDBACK_RESULT,
  ATTR_INVALID_REASON,
  ATTR_PREDICTION_CATEGORY,
  ATTR_PREDICTION_LEVEL,
  ATTR_PREDICTION_OUTCOME,
  METRIC_FEEDBACK_DELAY,
  METRIC_FEEDBACK_RECORDS,
  METRIC_PERFORMANCE_ACCURACY,
  METRIC_PERFORMANCE_CALIBRATION_ERROR,
  METRIC_PERFORMANCE_F1,
  METRIC_PERFORMANCE_FALSE_POSITIVE_RATE,
  METRIC_PERFORMANCE_PRECISION,
  METRIC_PERFORMANCE_RECALL,
  METRIC_PERFORMANCE_SAMPLE_COUNT,
  METRIC_PREDICTION_CONFIDENCE,
  METRIC_PREDICTION_INVALID,
  METRIC_PREDICTIONS,
} from '@telltale/core';

import { type Board, MODEL_VARIABLES } from '../board.ts';
import { falling, rising } from '../colors.ts';
import { MODEL } from '../labels.ts';
import { type PanelSpec } from '../panels/panel.ts';
import { bargauge, heatmap, stat, timeseries } from '../panels/short.ts';
import { aggregate, CLASSIC, rate } from '../queries/expressions.ts';
import { label, metric } from '../queries/metric.ts';
import { application } from './application-panels.ts';

const PREDICTIONS = metric(METRIC_PREDICTIONS);
const CONFIDENCE = metric(METRIC_PREDICTION_CONFIDENCE);
const [OUTCOME, LEVEL, CATEGORY] = [
  label(ATTR_PREDICTION_OUTCOME),
  label(ATTR_PREDICTION_LEVEL),
  label(ATTR_PREDICTION_CATEGORY),
];

const byLabel = (name: string, expr: string) => ({ expr, legend: `{{${name}}}` });

const answers: readonly PanelSpec[] = [
  timeseries('Predictions by outcome', [byLabel(OUTCOME, rate(PREDICTIONS, { by: [OUTCOME] }))], {
    unit: 'cps',
    isStacked: true,
    description: 'What the models answer. A new mix without a new release: open Drift.',
  }),
  timeseries(
    'Share of each outcome',
    [
      byLabel(
        OUTCOME,
        `${rate(PREDICTIONS, { by: [OUTCOME] })} / ignoring (${OUTCOME}) group_left () ${rate(PREDICTIONS)}`,
      ),
    ],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      description: 'The mix of answers, whatever the traffic.',
    },
  ),
  timeseries('Predictions by level', [byLabel(LEVEL, rate(PREDICTIONS, { by: [LEVEL] }))], {
    unit: 'cps',
    isStacked: true,
    description: 'Predictions by the level that the application gives, such as a severity.',
  }),
  timeseries(
    'Predictions by category',
    [byLabel(CATEGORY, rate(PREDICTIONS, { by: [CATEGORY] }))],
    {
      unit: 'cps',
      isStacked: true,
      description: 'Predictions by the category that the application gives.',
    },
  ),
  timeseries(
    'Confidence by outcome',
    [0.1, 0.5].map((quantile) => ({
      expr: CLASSIC.quantile(quantile, CONFIDENCE, { by: [OUTCOME] }),
      legend: `{{${OUTCOME}}} p${quantile * 100}`,
    })),
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      description: 'How sure the models are. A falling p10: inputs unlike those of the training.',
    },
  ),
  heatmap(
    'Confidence heatmap',
    [{ expr: CLASSIC.heat(CONFIDENCE), legend: '{{le}}', format: 'heatmap' }],
    {
      unit: 'percentunit',
      description: 'How many predictions at which confidence.',
    },
  ),
  timeseries(
    'Predictions not recorded',
    [
      byLabel(
        label(ATTR_INVALID_REASON),
        rate(metric(METRIC_PREDICTION_INVALID), { by: [label(ATTR_INVALID_REASON)] }),
      ),
    ],
    {
      unit: 'cps',
      thresholds: rising(0.001, 1),
      description:
        'Predictions, or parts of them, that were refused. Above zero: mend the call that records them.',
    },
  ),
];

const performanceGauge = (
  title: string,
  row: Parameters<typeof metric>[0],
  description: string,
): PanelSpec =>
  timeseries(title, [byLabel(MODEL, aggregate('min', metric(row), { by: [MODEL] }))], {
    unit: 'percentunit',
    min: 0,
    max: 1,
    width: 6,
    description,
  });

const performance: readonly PanelSpec[] = [
  bargauge(
    'Accuracy now',
    [byLabel(MODEL, aggregate('min', metric(METRIC_PERFORMANCE_ACCURACY), { by: [MODEL] }))],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: falling(0.9, 0.8),
      description:
        'Share of correct predictions among the last labelled ones. Red: retrain or roll back.',
    },
  ),
  stat(
    'Labelled predictions in the window',
    [{ expr: aggregate('sum', metric(METRIC_PERFORMANCE_SAMPLE_COUNT)) }],
    {
      unit: 'short',
      height: 6,
      width: 8,
      thresholds: falling(200, 50),
      description: 'Few: the figures beside are noisy. None: no feedback arrives.',
    },
  ),
  bargauge(
    'False positive rate now',
    [
      byLabel(
        MODEL,
        aggregate('max', metric(METRIC_PERFORMANCE_FALSE_POSITIVE_RATE), { by: [MODEL] }),
      ),
    ],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: rising(0.05, 0.2),
      description:
        'Share of false positives among actual negatives. Red: raise the decision threshold or retrain.',
    },
  ),
  performanceGauge(
    'Accuracy',
    METRIC_PERFORMANCE_ACCURACY,
    'Over time. Compare with the estimate on Drift, which needs no labels.',
  ),
  performanceGauge(
    'Precision',
    METRIC_PERFORMANCE_PRECISION,
    'Share of true positives among predicted positives.',
  ),
  performanceGauge(
    'Recall',
    METRIC_PERFORMANCE_RECALL,
    'Share of true positives among actual positives.',
  ),
  performanceGauge('F1', METRIC_PERFORMANCE_F1, 'Harmonic mean of precision and recall.'),
  performanceGauge(
    'Calibration error',
    METRIC_PERFORMANCE_CALIBRATION_ERROR,
    'Mean gap between confidence and accuracy. Rising: confidences can no longer be taken at their word.',
  ),
  timeseries(
    'Feedback by result',
    [
      byLabel(
        label(ATTR_FEEDBACK_RESULT),
        rate(metric(METRIC_FEEDBACK_RECORDS), { by: [label(ATTR_FEEDBACK_RESULT)] }),
      ),
    ],
    {
      unit: 'cps',
      isStacked: true,
      width: 9,
      description:
        'Truths that arrive, by how they compare. Many unmatched: ids differ, or truths come too late.',
    },
  ),
  timeseries(
    'Feedback delay',
    [
      {
        expr: CLASSIC.quantile(0.95, metric(METRIC_FEEDBACK_DELAY), { by: [MODEL] }),
        legend: `{{${MODEL}}} p95`,
      },
    ],
    {
      unit: 's',
      width: 9,
      description: 'Time from the prediction to its truth.',
    },
  ),
];

/** Are the answers right, and does the application around the model keep up? */
export const PREDICTIONS_BOARD: Board = {
  uid: 'telltale-predictions',
  title: 'Telltale: Predictions and performance',
  description:
    'Are the answers right: outcomes, confidence, accuracy; and caches, queues and health around the model.',
  variables: MODEL_VARIABLES,
  annotations: ['alerts', 'model loads', 'drift'],
  rows: [
    { title: 'Answers', panels: answers },
    { title: 'Performance against the truth', panels: performance },
    { title: 'The application', panels: application },
  ],
};

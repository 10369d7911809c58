import {
  METRIC_DRIFT_STATE,
  METRIC_INFERENCE_ACTIVE,
  METRIC_INFERENCE_DURATION,
  METRIC_MODEL_LOADED,
  METRIC_PREDICTIONS,
  METRIC_REQUEST_DURATION,
} from '@telltale/core';

import { type Board, MODEL_VARIABLES } from '../board.ts';
import { DRIFT_STATES, NONE_EXPECTED, rising } from '../colors.ts';
import { ERROR_TYPE, INSTANCE, MODEL, STREAM, VERSION } from '../labels.ts';
import type { PanelSpec } from '../panels/panel.ts';
import { heatmap, stat, stateTimeline, table, timeseries } from '../panels/short.ts';
import { aggregate, type HistogramQueries, rate, share } from '../queries/expressions.ts';
import { FOREIGN, RECORDED } from '../queries/foreign.ts';
import { metric } from '../queries/metric.ts';

const RUNS = metric(METRIC_INFERENCE_DURATION);
const STATE = metric(METRIC_DRIFT_STATE);
const QUANTILES = [0.5, 0.95, 0.99] as const;

const failed = (queries: HistogramQueries, by: readonly string[]): string =>
  share(queries.count(RUNS, { by, where: `${ERROR_TYPE}!=""` }), queries.count(RUNS, { by }));

const glance = (queries: HistogramQueries): readonly PanelSpec[] => [
  stat(
    'Models loaded',
    [
      {
        expr: `count(${aggregate('group', metric(METRIC_MODEL_LOADED), { by: [MODEL, VERSION] })})`,
      },
    ],
    {
      unit: 'short',
      description:
        'Model versions with an open session. None: no process runs a model, or nothing arrives; see Fleet and pipeline.',
    },
  ),
  stat('Inference rate', [{ expr: queries.count(RUNS) }], {
    unit: 'reqps',
    description:
      'Runs a second of all chosen models. Zero with traffic: look at Traffic by instance.',
  }),
  stat('Error ratio', [{ expr: failed(queries, []) }], {
    unit: 'percentunit',
    thresholds: rising(0.001, 0.01),
    description: 'Share of runs that failed. Red: open Inference and look at Errors by type.',
  }),
  stat('Latency p95', [{ expr: queries.quantile(0.95, RUNS) }], {
    unit: 's',
    thresholds: rising(0.25, 0.5),
    description:
      'Time that 95 % of runs stay below. Red: compare queue and compute time on Inference.',
  }),
  stat(
    'Streams drifting',
    [{ expr: `count(${aggregate('max', STATE, { by: [MODEL, STREAM] })} >= 3) or vector(0)` }],
    {
      unit: 'short',
      thresholds: NONE_EXPECTED,
      description:
        'Inputs and outputs in the state drift or alert. Red: open Drift, which names them.',
    },
  ),
  stat(
    'Firing alerts',
    [
      {
        expr: `count(${aggregate('group', FOREIGN.alerts, { by: ['alertname'], where: 'alertstate="firing"' })}) or vector(0)`,
      },
    ],
    {
      unit: 'short',
      thresholds: NONE_EXPECTED,
      description: 'Names of alerts that fire. Red: open Alerts for their age and runbook.',
    },
  ),
];

const traffic = (queries: HistogramQueries): readonly PanelSpec[] => [
  timeseries(
    'Inference rate by model',
    [{ expr: queries.count(RUNS, { by: [MODEL] }), legend: `{{${MODEL}}}` }],
    {
      unit: 'reqps',
      description:
        'Runs a second. A step down without one in requests: runs are cached, batched or failing early.',
    },
  ),
  timeseries('Error ratio by model', [{ expr: failed(queries, [MODEL]), legend: `{{${MODEL}}}` }], {
    unit: 'percentunit',
    min: 0,
    thresholds: rising(0.001, 0.01),
    description: 'Share of runs that failed. Rising: open Inference, Errors by type.',
  }),
  timeseries(
    'Latency quantiles and mean',
    [
      ...QUANTILES.map((quantile) => ({
        expr: queries.quantile(quantile, RUNS),
        legend: `p${quantile * 100}`,
        hasExemplars: true,
      })),
      { expr: queries.mean(RUNS), legend: 'mean' },
    ],
    {
      unit: 's',
      description:
        'Wall time of runs; a dot is one run and opens its trace. p99 far above p50: look for queueing or a cold model.',
    },
  ),
  heatmap(
    'Latency heatmap',
    [{ expr: queries.heat(RUNS), legend: '{{le}}', format: 'heatmap', hasExemplars: true }],
    {
      unit: 's',
      description:
        'How many runs took how long. Two bands: two kinds of inputs, batch sizes or instances.',
    },
  ),
  timeseries(
    'Runs in flight',
    [
      {
        expr: aggregate('sum', metric(METRIC_INFERENCE_ACTIVE), { by: [MODEL] }),
        legend: `{{${MODEL}}}`,
      },
    ],
    {
      unit: 'short',
      description:
        'Runs that wait or compute. Growing without end: more arrives than is computed; scale out or shed load.',
    },
  ),
  timeseries(
    'Traffic by instance',
    [{ expr: queries.count(RUNS, { by: [INSTANCE] }), legend: `{{${INSTANCE}}}` }],
    {
      unit: 'reqps',
      description:
        'Runs a second of each process. One apart from the others: the load balancer or that process.',
    },
  ),
];

const requests = (queries: HistogramQueries): readonly PanelSpec[] => [
  timeseries(
    'Request rate by route and method',
    [
      {
        expr: rate(FOREIGN.spanCalls, { by: ['span_name'], where: 'span_kind="SPAN_KIND_SERVER"' }),
        legend: '{{span_name}}',
      },
    ],
    {
      unit: 'reqps',
      description: 'HTTP requests to the application, from its server spans before sampling.',
    },
  ),
  timeseries(
    'Application requests by name',
    [
      {
        expr: queries.count(metric(METRIC_REQUEST_DURATION), { by: ['ml_request_name'] }),
        legend: '{{ml_request_name}}',
      },
    ],
    {
      unit: 'reqps',
      description: 'Requests that the application times itself with `requests.start`.',
    },
  ),
  timeseries(
    'Prediction rate by model',
    [{ expr: rate(metric(METRIC_PREDICTIONS), { by: [MODEL] }), legend: `{{${MODEL}}}` }],
    {
      unit: 'cps',
      description:
        'Predictions recorded a second. Below the inference rate: some answers are not recorded.',
    },
  ),
];

const objectives = (queries: HistogramQueries): readonly PanelSpec[] => [
  timeseries(
    'Error budget burn',
    [
      {
        expr: `${aggregate('max', RECORDED.errorRatio5m, { by: [MODEL] })} / (1 - $slo)`,
        legend: `{{${MODEL}}} 5 min`,
      },
      {
        expr: `${aggregate('max', RECORDED.errorRatio1h, { by: [MODEL] })} / (1 - $slo)`,
        legend: `{{${MODEL}}} 1 h`,
      },
    ],
    {
      unit: 'none',
      min: 0,
      thresholds: rising(1, 14.4),
      description:
        '1 spends the error budget of the chosen objective exactly; 14.4 over an hour pages. Both lines above: act now.',
    },
  ),
  stateTimeline(
    'Drift state',
    [
      {
        expr: aggregate('max', STATE, { by: [MODEL, STREAM] }),
        legend: `{{${MODEL}}} {{${STREAM}}}`,
      },
    ],
    {
      unit: 'none',
      texts: DRIFT_STATES,
      width: 16,
      description:
        'The worst state of each stream. Orange or red: open Drift for the evidence and the change point.',
    },
  ),
  table(
    'Versions side by side',
    [
      { expr: queries.count(RUNS, { by: [MODEL, VERSION] }) },
      { expr: failed(queries, [MODEL, VERSION]) },
      { expr: queries.quantile(0.95, RUNS, { by: [MODEL, VERSION] }) },
    ],
    {
      unit: 'none',
      width: 24,
      columns: {
        [MODEL]: 'Model',
        [VERSION]: 'Version',
        'Value #A': 'Runs/s',
        'Value #B': 'Error ratio',
        'Value #C': 'p95 (s)',
      },
      description:
        'Each version’s rate, errors and latency. A new version that is worse: roll it back.',
    },
  ),
];

/** Is everything well? The first board to open, and the one for a wall. */
export const overview = (queries: HistogramQueries): Board => ({
  uid: queries.kind === 'native' ? 'telltale-overview-native' : 'telltale-overview',
  title:
    queries.kind === 'native' ? 'Telltale: Overview (native histograms)' : 'Telltale: Overview',
  description: 'Is everything well: traffic, errors, latency, drift and alerts of all models.',
  variables: [...MODEL_VARIABLES, 'slo'],
  annotations: ['alerts', 'model loads', 'drift'],
  rows: [
    { title: 'At a glance', panels: glance(queries) },
    { title: 'Traffic and latency', panels: traffic(queries) },
    { title: 'Requests', panels: requests(queries) },
    { title: 'Objectives, drift and versions', panels: objectives(queries) },
  ],
});

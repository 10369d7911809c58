import {
  ATTR_IO_DIRECTION,
  ATTR_NON_FINITE_KIND,
  ATTR_OPERATOR_NAME,
  ATTR_SUPPRESSION_REASON,
  METRIC_INFERENCE_ACTIVE,
  METRIC_INFERENCE_BATCH_SIZE,
  METRIC_INFERENCE_BLOCKED_TIME,
  METRIC_INFERENCE_COMPUTE_DURATION,
  METRIC_INFERENCE_DURATION,
  METRIC_INFERENCE_IO,
  METRIC_INFERENCE_ITEMS,
  METRIC_INFERENCE_NON_FINITE,
  METRIC_INFERENCE_QUEUE_DURATION,
  METRIC_INFERENCE_SPANS_SUPPRESSED,
  METRIC_MODEL_INFO,
  METRIC_MODEL_LOAD_DURATION,
  METRIC_MODEL_LOAD_MEMORY,
  METRIC_MODEL_LOADED,
  METRIC_MODEL_SIZE,
  METRIC_MODEL_WARMUP_DURATION,
  METRIC_OPERATOR_DURATION,
} from '@telltale/core';

import { type Board, MODEL_VARIABLES } from '../board.ts';
import { rising } from '../colors.ts';
import { ERROR_TYPE, INSTANCE, MODEL, VERSION } from '../labels.ts';
import type { PanelSpec, Target } from '../panels/panel.ts';
import { heatmap, table, timeseries } from '../panels/short.ts';
import { aggregate, type HistogramQueries, rate, share } from '../queries/expressions.ts';
import { label, type Metric, metric } from '../queries/metric.ts';

const RUNS = metric(METRIC_INFERENCE_DURATION);
const QUEUE = metric(METRIC_INFERENCE_QUEUE_DURATION);
const COMPUTE = metric(METRIC_INFERENCE_COMPUTE_DURATION);
const QUANTILES = [0.5, 0.95, 0.99] as const;

const quantiles = (queries: HistogramQueries, of: Metric, by: readonly string[]): Target[] =>
  QUANTILES.map((quantile) => ({
    expr: queries.quantile(quantile, of, { by }),
    legend: [...by.map((name) => `{{${name}}}`), `p${quantile * 100}`].join(' '),
    hasExemplars: of === RUNS,
  }));

const time = (queries: HistogramQueries): readonly PanelSpec[] => [
  timeseries('Duration by model', quantiles(queries, RUNS, [MODEL]), {
    unit: 's',
    description:
      'Wall time of runs; a dot opens its trace. Rising: see whether the queue or the computation grew.',
  }),
  timeseries('Queue time', quantiles(queries, QUEUE, [MODEL]), {
    unit: 's',
    description:
      'Wait before native code starts. Rising: the thread pool is busy; fewer runs at once, or more instances.',
  }),
  timeseries('Compute time', quantiles(queries, COMPUTE, [MODEL]), {
    unit: 's',
    description:
      'Time in native code. Rising with equal traffic: larger inputs, a throttled CPU or GPU, or noisy neighbours.',
  }),
  timeseries(
    'Queue and compute share of the mean',
    [
      { expr: queries.mean(QUEUE), legend: 'queue' },
      { expr: queries.mean(COMPUTE), legend: 'compute' },
    ],
    {
      unit: 's',
      isStacked: true,
      description:
        'What a run spends its time on. Mostly queue: scale out. Mostly compute: a smaller or faster model.',
    },
  ),
  heatmap('Duration heatmap', [{ expr: queries.heat(RUNS), legend: '{{le}}', format: 'heatmap' }], {
    unit: 's',
    description: 'How many runs took how long. A second band: another kind of input.',
  }),
  timeseries(
    'Blocked event loop',
    [
      {
        expr: rate(metric(METRIC_INFERENCE_BLOCKED_TIME), { by: [INSTANCE] }),
        legend: `{{${INSTANCE}}}`,
      },
    ],
    {
      unit: 'percentunit',
      thresholds: rising(0.05, 0.2),
      description:
        'Share of time in which runs blocked JavaScript. Red: create sessions and run in a worker thread.',
    },
  ),
];

const load = (queries: HistogramQueries): readonly PanelSpec[] => [
  timeseries(
    'In flight by instance',
    [
      {
        expr: aggregate('sum', metric(METRIC_INFERENCE_ACTIVE), { by: [INSTANCE, MODEL] }),
        legend: `{{${INSTANCE}}} {{${MODEL}}}`,
      },
    ],
    {
      unit: 'short',
      description: 'Runs that wait or compute in each process. Growing without end: overload.',
    },
  ),
  timeseries(
    'Items per second',
    [{ expr: rate(metric(METRIC_INFERENCE_ITEMS), { by: [MODEL] }), legend: `{{${MODEL}}}` }],
    {
      unit: 'cps',
      description: 'Rows computed a second: throughput, whatever the batch size.',
    },
  ),
  timeseries(
    'Mean batch',
    [
      {
        expr: `${rate(metric(METRIC_INFERENCE_ITEMS), { by: [MODEL] })} / ${queries.count(RUNS, { by: [MODEL] })}`,
        legend: `{{${MODEL}}}`,
      },
    ],
    {
      unit: 'short',
      description: 'Rows a run. 1 under load: batching would raise the throughput.',
    },
  ),
  heatmap(
    'Batch size',
    [
      {
        expr: queries.heat(metric(METRIC_INFERENCE_BATCH_SIZE)),
        legend: '{{le}}',
        format: 'heatmap',
      },
    ],
    {
      unit: 'short',
      description: 'Batches by size. Recorded once a batch other than 1 was seen.',
    },
  ),
  timeseries(
    'Tensor bytes',
    [
      {
        expr: rate(metric(METRIC_INFERENCE_IO), { by: [MODEL, label(ATTR_IO_DIRECTION)] }),
        legend: `{{${MODEL}}} {{${label(ATTR_IO_DIRECTION)}}}`,
      },
    ],
    { unit: 'Bps', description: 'Bytes of tensors in and out. A step: inputs of another shape.' },
  ),
  timeseries(
    'Runs without a span of their own',
    [
      {
        expr: rate(metric(METRIC_INFERENCE_SPANS_SUPPRESSED), {
          by: [label(ATTR_SUPPRESSION_REASON)],
        }),
        legend: `{{${label(ATTR_SUPPRESSION_REASON)}}}`,
      },
    ],
    {
      unit: 'cps',
      description: 'Runs whose span a cap held back; metrics count them all the same.',
    },
  ),
];

const faults = (queries: HistogramQueries): readonly PanelSpec[] => [
  timeseries(
    'Errors by type',
    [
      {
        expr: queries.count(RUNS, { by: [ERROR_TYPE], where: `${ERROR_TYPE}!=""` }),
        legend: `{{${ERROR_TYPE}}}`,
      },
    ],
    {
      unit: 'reqps',
      isStacked: true,
      description:
        'Failed runs by error. Open a failed run on Traces and exemplars for its message.',
    },
  ),
  timeseries(
    'Error ratio by version',
    [
      {
        expr: share(
          queries.count(RUNS, { by: [MODEL, VERSION], where: `${ERROR_TYPE}!=""` }),
          queries.count(RUNS, { by: [MODEL, VERSION] }),
        ),
        legend: `{{${MODEL}}} {{${VERSION}}}`,
      },
    ],
    {
      unit: 'percentunit',
      thresholds: rising(0.001, 0.01),
      description: 'Only one version red: roll it back.',
    },
  ),
  timeseries(
    'Non-finite values',
    [
      {
        expr: rate(metric(METRIC_INFERENCE_NON_FINITE), {
          by: [MODEL, label(ATTR_IO_DIRECTION), label(ATTR_NON_FINITE_KIND)],
        }),
        legend: `{{${MODEL}}} {{${label(ATTR_IO_DIRECTION)}}} {{${label(ATTR_NON_FINITE_KIND)}}}`,
      },
    ],
    {
      unit: 'cps',
      description:
        'NaN and infinities in tensors. In inputs: mend the feature. In outputs only: overflow in the model.',
    },
  ),
];

const models = (queries: HistogramQueries): readonly PanelSpec[] => [
  timeseries(
    'Model loads',
    [
      {
        expr: queries.events(metric(METRIC_MODEL_LOAD_DURATION), { by: [MODEL] }),
        legend: `{{${MODEL}}}`,
      },
    ],
    {
      unit: 'short',
      description:
        'Sessions created in each step. Steady loads: sessions are made for each request; keep one.',
    },
  ),
  timeseries(
    'Model load time',
    [
      {
        expr: queries.lifetimeQuantile(0.95, metric(METRIC_MODEL_LOAD_DURATION), { by: [MODEL] }),
        legend: `{{${MODEL}}}`,
      },
    ],
    {
      unit: 's',
      description:
        'Time to create a session, p95 of living processes. Long: optimise the graph offline and load the optimised file.',
    },
  ),
  timeseries(
    'First run of a session',
    [
      {
        expr: queries.lifetimeQuantile(0.95, metric(METRIC_MODEL_WARMUP_DURATION), { by: [MODEL] }),
        legend: `{{${MODEL}}}`,
      },
    ],
    {
      unit: 's',
      description: 'The first run is slower. Far above the median: warm up before taking traffic.',
    },
  ),
  timeseries(
    'Model size and memory of the load',
    [
      {
        expr: aggregate('max', metric(METRIC_MODEL_SIZE), { by: [MODEL] }),
        legend: `{{${MODEL}}} file`,
      },
      {
        expr: aggregate('max', metric(METRIC_MODEL_LOAD_MEMORY), { by: [MODEL] }),
        legend: `{{${MODEL}}} memory`,
      },
    ],
    {
      unit: 'bytes',
      description: 'The file, and by how much resident memory grew at the last load.',
    },
  ),
  table(
    'Loaded models',
    [{ expr: aggregate('sum', metric(METRIC_MODEL_LOADED), { by: [INSTANCE, MODEL, VERSION] }) }],
    {
      unit: 'short',
      width: 16,
      columns: {
        [INSTANCE]: 'Instance',
        [MODEL]: 'Model',
        [VERSION]: 'Version',
        Value: 'Sessions',
      },
      description:
        'Open sessions of each process. A number that only grows: sessions are not released.',
    },
  ),
  table(
    'Models and runtimes',
    [
      {
        expr: aggregate('group', metric(METRIC_MODEL_INFO), {
          by: [
            MODEL,
            VERSION,
            'ml_runtime_name',
            'ml_runtime_version',
            'ml_runtime_providers',
            'ml_model_opset',
          ],
        }),
      },
    ],
    {
      unit: 'none',
      width: 16,
      columns: {
        [MODEL]: 'Model',
        [VERSION]: 'Version',
        ml_runtime_name: 'Runtime',
        ml_runtime_version: 'Runtime version',
        ml_runtime_providers: 'Providers',
        ml_model_opset: 'Opset',
      },
      description: 'What runs where. Another provider than asked for: the runtime fell back.',
    },
  ),
  timeseries(
    'Version p95 against all',
    [
      {
        expr: `${queries.quantile(0.95, RUNS, { by: [VERSION] })} / scalar(${queries.quantile(0.95, RUNS)})`,
        legend: `{{${VERSION}}}`,
      },
    ],
    {
      unit: 'none',
      thresholds: rising(1.2, 2),
      description: '1 is as fast as all together. A canary above 1.2: hold the roll-out.',
    },
  ),
  table(
    'Slowest operators',
    [
      {
        expr: `topk(15, ${queries.lifetimeMean(metric(METRIC_OPERATOR_DURATION), { by: [MODEL, label(ATTR_OPERATOR_NAME)] })})`,
      },
    ],
    {
      unit: 's',
      width: 24,
      columns: { [MODEL]: 'Model', [label(ATTR_OPERATOR_NAME)]: 'Operator', Value: 'Mean (s)' },
      description:
        'Mean time of operators in sampled runs; empty unless the operator profile is on.',
    },
  ),
];

/** Why is a model slow or failing? */
export const inference = (queries: HistogramQueries): Board => ({
  uid: queries.kind === 'native' ? 'telltale-inference-native' : 'telltale-inference',
  title:
    queries.kind === 'native' ? 'Telltale: Inference (native histograms)' : 'Telltale: Inference',
  description: 'Why is a model slow or failing: queue, compute, batches, errors, loads.',
  variables: MODEL_VARIABLES,
  annotations: ['alerts', 'model loads'],
  rows: [
    { title: 'Time', panels: time(queries) },
    { title: 'Load', panels: load(queries) },
    { title: 'Faults', panels: faults(queries) },
    { title: 'Models', panels: models(queries) },
  ],
});

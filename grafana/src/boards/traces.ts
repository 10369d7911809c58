import { ATTR_MODEL_NAME } from '@telltale/core';

import type { Board } from '../board.ts';
import { rising } from '../colors.ts';
import type { PanelSpec, Target } from '../panels/panel.ts';
import { table, timeseries } from '../panels/short.ts';
import { CLASSIC, rate, share } from '../queries/expressions.ts';
import { FOREIGN } from '../queries/foreign.ts';

const ERROR = 'status_code="STATUS_CODE_ERROR"';
const SERVICE = 'resource.service.name =~ "$service"';
const MODEL = `span.${ATTR_MODEL_NAME.name}`;

const traceQl = (expr: string): Target => ({ expr, traceQuery: 'traceql' });
const found = (title: string, condition: string, description: string): PanelSpec =>
  table(title, [{ ...traceQl(`{ ${SERVICE} && ${condition} }`) }], {
    unit: 'none',
    source: 'traces',
    width: 8,
    description,
  });

const spans: readonly PanelSpec[] = [
  timeseries(
    'Span rate',
    [{ expr: rate(FOREIGN.spanCalls, { by: ['span_name'] }), legend: '{{span_name}}' }],
    {
      unit: 'reqps',
      description: 'Spans a second before sampling: every request and every run.',
    },
  ),
  timeseries(
    'Span error ratio',
    [
      {
        expr: share(
          rate(FOREIGN.spanCalls, { by: ['service_name'], where: ERROR }),
          rate(FOREIGN.spanCalls, { by: ['service_name'] }),
        ),
        legend: '{{service_name}}',
      },
    ],
    {
      unit: 'percentunit',
      thresholds: rising(0.001, 0.01),
      description: 'Share of spans with an error. Red: open a failed trace below.',
    },
  ),
  timeseries(
    'Span p95',
    [
      {
        expr: CLASSIC.quantile(0.95, FOREIGN.spanDuration, { by: ['span_name'] }),
        legend: '{{span_name}}',
        hasExemplars: true,
      },
    ],
    {
      unit: 's',
      description: 'A dot is one span and opens its trace.',
    },
  ),
];

const graph: readonly PanelSpec[] = [
  {
    title: 'Service graph',
    kind: 'node-graph',
    unit: 'none',
    source: 'traces',
    targets: [{ expr: '', traceQuery: 'serviceMap' }],
    description: 'Who calls whom. A red ring: errors on that edge.',
  },
  table(
    'Edge p95',
    [{ expr: CLASSIC.quantile(0.95, FOREIGN.edgeDuration, { by: ['client', 'server'] }) }],
    {
      unit: 's',
      height: 10,
      columns: { client: 'Client', server: 'Server', Value: 'p95 (s)' },
      description: 'Latency between services as the server sees it.',
    },
  ),
  timeseries(
    'Edge requests',
    [
      {
        expr: rate(FOREIGN.edgeRequests, { by: ['client', 'server'] }),
        legend: '{{client}} to {{server}}',
      },
    ],
    {
      unit: 'reqps',
      width: 12,
      description: 'Requests between services.',
    },
  ),
  timeseries(
    'Failed edges',
    [
      {
        expr: share(
          rate(FOREIGN.edgeFailures, { by: ['client', 'server'] }),
          rate(FOREIGN.edgeRequests, { by: ['client', 'server'] }),
        ),
        legend: '{{client}} to {{server}}',
      },
    ],
    {
      unit: 'percentunit',
      width: 12,
      description: 'Share of requests between services that failed.',
    },
  ),
];

const traces: readonly PanelSpec[] = [
  found(
    'Slow inferences',
    `${MODEL} =~ "$model" && duration > 500ms`,
    'Runs above half a second; sampled traces.',
  ),
  found(
    'Failed inferences',
    `${MODEL} =~ "$model" && status = error`,
    'Runs that failed: the span’s events hold the error.',
  ),
  found('Flagged', 'span.telltale.keep = true', 'Traces that the application marked to be kept.'),
  timeseries(
    'Sampled runs by model',
    [{ ...traceQl(`{ ${SERVICE} && ${MODEL} != nil } | rate() by (${MODEL})`), legend: '' }],
    {
      unit: 'reqps',
      source: 'traces',
      width: 12,
      description: 'From stored traces, after sampling: a part of the inference rate.',
    },
  ),
  timeseries(
    'Sampled duration p95 by model',
    [
      {
        ...traceQl(
          `{ ${SERVICE} && ${MODEL} != nil } | quantile_over_time(duration, 0.95) by (${MODEL})`,
        ),
        legend: '',
      },
    ],
    {
      unit: 's',
      source: 'traces',
      width: 12,
      description:
        'From stored traces; slow ones are kept more often, so it lies above the true p95.',
    },
  ),
  {
    title: 'One trace',
    kind: 'traces',
    unit: 'none',
    source: 'traces',
    targets: [{ expr: '$traceId', traceQuery: 'traceql' }],
    description: 'The trace whose id stands in the box at the top.',
  },
];

const sampling: readonly PanelSpec[] = [
  timeseries(
    'Sampler decisions',
    [{ expr: rate(FOREIGN.sampledTraces, { by: ['sampled'] }), legend: 'sampled {{sampled}}' }],
    {
      unit: 'cps',
      width: 12,
      description:
        'Traces kept and dropped. Exemplars of dropped traces open nothing: raise TELLTALE_SAMPLING_PERCENT.',
    },
  ),
  timeseries(
    'Decisions by policy',
    [
      {
        expr: rate(FOREIGN.sampledByPolicy, { by: ['policy', 'sampled'] }),
        legend: '{{policy}} {{sampled}}',
      },
    ],
    {
      unit: 'cps',
      width: 12,
      description: 'Which rule of the OTel Collector kept a trace.',
    },
  ),
];

/** From a number to the one request behind it. */
export const TRACES: Board = {
  uid: 'telltale-traces',
  title: 'Telltale: Traces and exemplars',
  description:
    'From a number to the one request behind it: spans, the service graph, slow and failed runs.',
  variables: ['datasource', 'traces', 'environment', 'service', 'model', 'traceId'],
  annotations: ['alerts'],
  rows: [
    { title: 'Spans', panels: spans },
    { title: 'Services', panels: graph },
    { title: 'Traces', panels: traces },
    { title: 'Sampling', panels: sampling },
  ],
};

import {
  METRIC_TELLTALE_ERRORS,
  METRIC_TELLTALE_EVENTS_DROPPED,
  METRIC_TELLTALE_EXPORT_FAILURES,
  type MetricRow,
} from '@telltale/core';

import type { Board } from '../board.ts';
import { NONE_EXPECTED, rising } from '../colors.ts';
import type { PanelSpec, Target } from '../panels/panel.ts';
import { stat, table, timeseries } from '../panels/short.ts';
import { aggregate, events, rate, select } from '../queries/expressions.ts';
import { FOREIGN } from '../queries/foreign.ts';
import { metric } from '../queries/metric.ts';

const INSTANCES = aggregate('group', FOREIGN.targetInfo, {
  by: ['service_name', 'service_instance_id'],
  where: 'job!="otel-collector"',
});
const BEFORE = `group by (service_name, service_instance_id) (${select(FOREIGN.targetInfo, 'job!="otel-collector"')} offset 15m)`;

/** Series of these are born with the first loss; before it the plot shows zero. */
const losses = (row: MetricRow, by: string): string =>
  `${events(metric(row, 'service name'), { by: [by] })} or vector(0)`;

const SIGNALS = ['Spans', 'Points', 'Logs'] as const;
const signals = (stage: 'accepted' | 'refused' | 'sent' | 'failed', labelName: string): Target[] =>
  SIGNALS.map((signal) => ({
    expr:
      rate(FOREIGN[`${stage}${signal}`], { by: [labelName] }) +
      // A healthy exporter has no series of failures.
      (stage === 'failed' ? ` or 0 * ${rate(FOREIGN[`sent${signal}`], { by: [labelName] })}` : ''),
    legend: `${signal.toLowerCase()} {{${labelName}}}`,
  }));

const instances: readonly PanelSpec[] = [
  stat('Instances reporting', [{ expr: `count(${INSTANCES}) or vector(0)` }], {
    unit: 'short',
    description: 'Processes whose telemetry arrives.',
  }),
  stat('Gone silent', [{ expr: `count(${BEFORE} unless ${INSTANCES}) or vector(0)` }], {
    unit: 'short',
    thresholds: [{ color: 'green' }, { from: 1, color: 'orange' }],
    description:
      'Instances seen 15 minutes ago and not now: ended, or cut off. The table names them.',
  }),
  table(
    'Versions deployed',
    [{ expr: aggregate('count', FOREIGN.targetInfo, { by: ['service_name', 'service_version'] }) }],
    {
      unit: 'short',
      width: 8,
      columns: { service_name: 'Service', service_version: 'Version', Value: 'Instances' },
      description: 'How far a roll-out is.',
    },
  ),
  table(
    'Instances and when they last reported',
    [
      {
        expr: `max by (service_name, service_instance_id) (timestamp(${select(FOREIGN.targetInfo)}))`,
      },
    ],
    {
      unit: 'dateTimeFromNow',
      width: 8,
      columns: { service_name: 'Service', service_instance_id: 'Instance', Value: 'Last report' },
      description: 'The newest sample of each process.',
    },
  ),
  timeseries(
    'Telltale’s own losses',
    [
      {
        expr: losses(METRIC_TELLTALE_ERRORS, 'telltale_reason'),
        legend: 'errors {{telltale_reason}}',
      },
      {
        expr: losses(METRIC_TELLTALE_EVENTS_DROPPED, 'telltale_reason'),
        legend: 'events dropped {{telltale_reason}}',
      },
      {
        expr: losses(METRIC_TELLTALE_EXPORT_FAILURES, 'telltale_signal'),
        legend: 'exports failed {{telltale_signal}}',
      },
    ],
    {
      unit: 'short',
      width: 24,
      thresholds: NONE_EXPECTED,
      description:
        'What the instrumentation kept from the application or dropped. Above zero: `telltale doctor`.',
    },
  ),
];

const collector: readonly PanelSpec[] = [
  timeseries('Accepted', signals('accepted', 'receiver'), {
    unit: 'cps',
    description: 'What the OTel Collector took in.',
  }),
  timeseries('Refused', signals('refused', 'receiver'), {
    unit: 'cps',
    thresholds: NONE_EXPECTED,
    description:
      'Refused for lack of memory or a full queue; senders try again. Steady: more memory or a second OTel Collector.',
  }),
  timeseries('Sent', signals('sent', 'exporter'), {
    unit: 'cps',
    description: 'What left towards each backend.',
  }),
  timeseries('Send failed', signals('failed', 'exporter'), {
    unit: 'cps',
    thresholds: NONE_EXPECTED,
    description:
      'Dropped after all tries or refused for good: the log of the OTel Collector says why.',
  }),
  timeseries(
    'Queue fill',
    [
      {
        expr: `${aggregate('max', FOREIGN.queueSize, { by: ['exporter'] })} / ${aggregate('max', FOREIGN.queueCapacity, { by: ['exporter'] })}`,
        legend: '{{exporter}}',
      },
    ],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: rising(0.6, 0.9),
      description:
        'Red: that backend is slow or down, and data will be lost when the queue is full.',
    },
  ),
  timeseries(
    'OTel Collector memory',
    [{ expr: aggregate('max', FOREIGN.collectorMemory), legend: 'resident' }],
    {
      unit: 'bytes',
      description: 'Near the limit it refuses data.',
    },
  ),
];

const prometheus: readonly PanelSpec[] = [
  timeseries(
    'Series in Prometheus',
    [{ expr: aggregate('max', FOREIGN.prometheusSeries), legend: 'series' }],
    {
      unit: 'short',
      description: 'Growing without end: a label with ever new values.',
    },
  ),
  timeseries(
    'OTLP answers of Prometheus',
    [
      {
        expr: rate(FOREIGN.prometheusRequests, {
          by: ['code'],
          where: 'handler=~"/api/v1/otlp.*"',
        }),
        legend: '{{code}}',
      },
    ],
    {
      unit: 'reqps',
      description: 'Anything but 2xx: a request with one bad point is lost whole.',
    },
  ),
  stat('Exemplars stored', [{ expr: aggregate('max', FOREIGN.prometheusExemplars) }], {
    unit: 'short',
    width: 8,
    height: 8,
    description: 'Points of a plot that open a trace. None: exemplar storage is off.',
  }),
];

const service: readonly PanelSpec[] = [
  timeseries(
    'Alert service samples by outcome',
    [{ expr: rate(FOREIGN.serviceSamples, { by: ['outcome'] }), legend: '{{outcome}}' }],
    {
      unit: 'cps',
      description: 'What became of samples. Many too old: a sender whose clock is behind.',
    },
  ),
  timeseries(
    'Alert service series',
    [
      { expr: aggregate('max', FOREIGN.serviceSeries), legend: 'held' },
      {
        // What no rule asks for is left out on purpose.
        expr: rate(FOREIGN.serviceSeriesRefused, { by: ['limit'], where: 'limit!="unselected"' }),
        legend: 'refused {{limit}}',
      },
    ],
    {
      unit: 'short',
      description: 'Series that rules ask for. Refused for a limit: raise it or narrow the rules.',
    },
  ),
  timeseries(
    'Alert service requests',
    [
      {
        expr: rate(FOREIGN.serviceRequests, { by: ['route', 'status'] }),
        legend: '{{route}} {{status}}',
      },
    ],
    {
      unit: 'reqps',
      description: 'Requests by route and status. 5xx: its log says why.',
    },
  ),
  timeseries(
    'Write-ahead log',
    [{ expr: aggregate('max', FOREIGN.serviceWalSize), legend: 'size' }],
    {
      unit: 'bytes',
      description: 'What a restart reads again. At its limit the oldest is dropped.',
    },
  ),
];

/** Does everything report, and does the pipeline lose nothing? */
export const FLEET: Board = {
  uid: 'telltale-fleet',
  title: 'Telltale: Fleet and pipeline',
  description: 'Does everything report, and does the pipeline lose nothing.',
  variables: ['datasource', 'environment', 'service'],
  annotations: ['alerts'],
  rows: [
    { title: 'Instances', panels: instances },
    { title: 'OTel Collector', panels: collector },
    { title: 'Prometheus', panels: prometheus },
    { title: 'Alert service', panels: service },
  ],
};

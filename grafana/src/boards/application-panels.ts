import {
  ATTR_CACHE_NAME,
  ATTR_CACHE_RESULT,
  ATTR_COMPONENT_NAME,
  ATTR_COMPONENT_STATE,
  ATTR_DETECTOR_STATE,
  ATTR_QUEUE_NAME,
  ATTR_REQUEST_NAME,
  METRIC_CACHE_REQUESTS,
  METRIC_CACHE_SIZE,
  METRIC_COMPONENT_HEALTH,
  METRIC_COMPONENT_TRANSITIONS,
  METRIC_DETECTOR_COUNT,
  METRIC_QUEUE_CAPACITY,
  METRIC_QUEUE_SIZE,
  METRIC_QUEUE_WAIT_DURATION,
  METRIC_REQUEST_ACTIVE,
  METRIC_REQUEST_DURATION,
} from '@telltale/core';

import { falling, HEALTH, rising } from '../colors.ts';
import { ERROR_TYPE } from '../labels.ts';
import { type PanelSpec } from '../panels/panel.ts';
import { stat, stateTimeline, timeseries } from '../panels/short.ts';
import { aggregate, CLASSIC, events, rate, share } from '../queries/expressions.ts';
import { label, metric } from '../queries/metric.ts';

const CACHE = metric(METRIC_CACHE_REQUESTS);
const REQUESTS = metric(METRIC_REQUEST_DURATION);
const [CACHE_NAME, CACHE_RESULT] = [label(ATTR_CACHE_NAME), label(ATTR_CACHE_RESULT)];
const [QUEUE, COMPONENT, REQUEST] = [
  label(ATTR_QUEUE_NAME),
  label(ATTR_COMPONENT_NAME),
  label(ATTR_REQUEST_NAME),
];

const byLabel = (name: string, expr: string) => ({ expr, legend: `{{${name}}}` });

/** Requests, caches, queues, components and detectors around the model. */
export const application: readonly PanelSpec[] = [
  timeseries(
    'Application latency',
    [0.5, 0.95, 0.99].map((quantile) => ({
      expr: CLASSIC.quantile(quantile, REQUESTS, { by: [REQUEST] }),
      legend: `{{${REQUEST}}} p${quantile * 100}`,
    })),
    {
      unit: 's',
      description: 'Time of the requests that the application times.',
    },
  ),
  timeseries(
    'Application errors',
    [
      byLabel(
        REQUEST,
        share(
          rate(REQUESTS, { by: [REQUEST], where: `${ERROR_TYPE}!=""` }),
          rate(REQUESTS, { by: [REQUEST] }),
        ),
      ),
    ],
    {
      unit: 'percentunit',
      thresholds: rising(0.001, 0.01),
      description: 'Share of timed requests that failed.',
    },
  ),
  timeseries(
    'Application requests in flight',
    [byLabel(REQUEST, aggregate('sum', metric(METRIC_REQUEST_ACTIVE), { by: [REQUEST] }))],
    {
      unit: 'short',
      description: 'Timed requests in work. Growing without end: overload.',
    },
  ),
  timeseries(
    'Cache hit rate',
    [
      byLabel(
        CACHE_NAME,
        share(
          rate(CACHE, { by: [CACHE_NAME], where: `${CACHE_RESULT}="hit"` }),
          rate(CACHE, { by: [CACHE_NAME] }),
        ),
      ),
    ],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: falling(0.5, 0.1),
      description:
        'Share of look-ups that found something. Falling: other keys, a flushed or a small cache.',
    },
  ),
  timeseries(
    'Cache entries',
    [byLabel(CACHE_NAME, aggregate('sum', metric(METRIC_CACHE_SIZE), { by: [CACHE_NAME] }))],
    {
      unit: 'short',
      description: 'Entries held. Flat at its limit with a low hit rate: make it larger.',
    },
  ),
  timeseries(
    'Queue depth',
    [
      byLabel(QUEUE, aggregate('sum', metric(METRIC_QUEUE_SIZE), { by: [QUEUE] })),
      {
        expr: aggregate('sum', metric(METRIC_QUEUE_CAPACITY), { by: [QUEUE] }),
        legend: `{{${QUEUE}}} capacity`,
      },
    ],
    {
      unit: 'short',
      description:
        'Items that wait, and how many may. Near the capacity: workers are too few or stuck.',
    },
  ),
  timeseries(
    'Queue wait',
    [
      {
        expr: CLASSIC.quantile(0.95, metric(METRIC_QUEUE_WAIT_DURATION), { by: [QUEUE] }),
        legend: `{{${QUEUE}}} p95`,
      },
    ],
    {
      unit: 's',
      description: 'Time in the queue. Above the deadline of a request: its answer comes too late.',
    },
  ),
  stateTimeline(
    'Component health',
    [byLabel(COMPONENT, aggregate('min', metric(METRIC_COMPONENT_HEALTH), { by: [COMPONENT] }))],
    {
      unit: 'none',
      texts: HEALTH,
      width: 8,
      description: 'The application’s own checks. Red: the named component needs help first.',
    },
  ),
  timeseries(
    'Component transitions',
    [
      {
        expr: events(metric(METRIC_COMPONENT_TRANSITIONS), {
          by: [COMPONENT, label(ATTR_COMPONENT_STATE)],
        }),
        legend: `{{${COMPONENT}}} {{${label(ATTR_COMPONENT_STATE)}}}`,
      },
    ],
    {
      unit: 'short',
      description:
        'Changes of state. Many: a component that flaps; see its dependency or its timeout.',
    },
  ),
  stat(
    'Active detectors',
    [
      {
        expr: aggregate('sum', metric(METRIC_DETECTOR_COUNT), { by: [label(ATTR_DETECTOR_STATE)] }),
        legend: `{{${label(ATTR_DETECTOR_STATE)}}}`,
      },
    ],
    {
      unit: 'short',
      width: 8,
      height: 8,
      description: 'Detectors of the application by state.',
    },
  ),
];

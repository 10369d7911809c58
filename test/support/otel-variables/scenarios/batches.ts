import { itemsOf, requestsOf } from '../seen.ts';
import { hasArrived, LIVE, largest, type Scenario, TO_SINK } from './scenario.ts';

export const BATCHES: readonly Scenario[] = [
  {
    name: 'sizes of queues',
    base: TO_SINK,
    variables: { OTEL_BSP_MAX_QUEUE_SIZE: '6', OTEL_BLRP_MAX_QUEUE_SIZE: '4' },
    facts: {
      OTEL_BSP_MAX_QUEUE_SIZE: (run) => itemsOf(run, 'traces').length,
      OTEL_BLRP_MAX_QUEUE_SIZE: (run) => itemsOf(run, 'logs').length,
    },
  },
  {
    name: 'sizes of batches',
    base: TO_SINK,
    variables: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4', OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '3' },
    facts: {
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: (run) => largest(run, 'traces'),
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: (run) => largest(run, 'logs'),
    },
  },
  {
    name: 'times of batches',
    base: { ...LIVE, OTEL_BLRP_SCHEDULE_DELAY: '' },
    variables: { OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_METRIC_EXPORT_INTERVAL: '300' },
    facts: {
      OTEL_BSP_SCHEDULE_DELAY: (run) => requestsOf(run, 'traces').length > 1,
      OTEL_METRIC_EXPORT_INTERVAL: (run) => requestsOf(run, 'metrics').length > 1,
    },
    differing: { OTEL_METRIC_EXPORT_INTERVAL: { upstream: true, ours: true } },
  },
  {
    name: 'the time of batches of log records',
    base: LIVE,
    variables: { OTEL_BLRP_SCHEDULE_DELAY: '60000' },
    facts: { OTEL_BLRP_SCHEDULE_DELAY: (run) => requestsOf(run, 'logs').length > 1 },
  },
  {
    name: 'exports that hang',
    base: {
      ...LIVE,
      PROBE_END_MS: '100',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '5',
      OTEL_BLRP_SCHEDULE_DELAY: '50',
    },
    variables: { OTEL_BSP_EXPORT_TIMEOUT: '100', OTEL_BLRP_EXPORT_TIMEOUT: '100' },
    sink: { kind: 'http', answerAfterMs: Number.POSITIVE_INFINITY },
    facts: {
      OTEL_BSP_EXPORT_TIMEOUT: (run) => requestsOf(run, 'traces').length > 1,
      OTEL_BLRP_EXPORT_TIMEOUT: (run) => requestsOf(run, 'logs').length > 1,
    },
    differing: {
      OTEL_BSP_EXPORT_TIMEOUT: { upstream: true, ours: true },
      OTEL_BLRP_EXPORT_TIMEOUT: { upstream: true, ours: true },
    },
  },
  {
    name: 'a callback that hangs',
    base: { ...LIVE, PROBE_HANGING: '1', PROBE_END_MS: '100', OTEL_METRIC_EXPORT_INTERVAL: '500' },
    variables: { OTEL_METRIC_EXPORT_TIMEOUT: '200' },
    facts: { OTEL_METRIC_EXPORT_TIMEOUT: (run) => hasArrived(run, 'metrics') },
    differing: { OTEL_METRIC_EXPORT_TIMEOUT: { upstream: true, ours: true } },
  },
];

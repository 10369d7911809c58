import type { FleetCounters } from '../../drift/fleet-status.ts';
import type { SeriesStore } from '../../storage/series-store.ts';
import type { AlertForwarder } from '../deliver/alert-forwarder.ts';
import type { AlertNotifier } from '../deliver/alert-notifier.ts';
import type { OutboxDelivery } from '../deliver/outbox-delivery.ts';
import type { RuleRunner } from '../evaluate/rule-runner.ts';
import type { FleetService } from '../fleet/fleet-service.ts';
import type { MetricIngest } from '../ingest/metric-ingest.ts';
import type { KeyedCounter } from './keyed-counter.ts';
import { readingsBy, type SelfMetric } from './self-metrics.ts';

/** Everything that is counted somewhere in the service. */
export interface MetricSources {
  readonly store: SeriesStore;
  readonly ingest: MetricIngest;
  readonly runner: RuleRunner;
  readonly delivery: OutboxDelivery;
  readonly notifier: AlertNotifier;
  readonly forwarder: AlertForwarder;
  readonly fleet: FleetService;
  readonly requests: KeyedCounter;
  readonly discarded: KeyedCounter;
  readonly state: () => {
    readonly missedEvaluations: number;
    readonly isConfigCurrent: boolean;
    readonly walBytes: number;
    readonly replayedRecords: number;
    readonly quarantinedFiles: number;
    readonly authFailures: number;
  };
}

type Row = readonly [
  name: string,
  kind: SelfMetric['kind'],
  unit: string,
  description: string,
  read: SelfMetric['read'],
];

/** The service's metrics about itself, each once. */
export function selfMetricTable(sources: MetricSources): SelfMetric[] {
  const rows = [
    ...storeRows(sources),
    ...ruleRows(sources),
    ...fleetRows(sources),
    ...notificationRows(sources),
    ...fileRows(sources),
  ];
  return rows.map(([name, kind, unit, description, read]) => {
    return { name: `telltale.collector.${name}`, kind, unit, description, read };
  });
}

function storeRows({ store, ingest }: MetricSources): Row[] {
  const { counters } = store;
  return [
    [
      'samples',
      'counter',
      '{sample}',
      'Samples by what became of them.',
      () => readingsBy('outcome', counters.samples),
    ],
    [
      'samples.out_of_order',
      'counter',
      '{sample}',
      'Accepted samples that arrived behind a newer one.',
      () => [[counters.outOfOrder]],
    ],
    ['series', 'gauge', '{series}', 'Series in memory.', () => [[store.seriesCount]]],
    [
      'series.created',
      'counter',
      '{series}',
      'Series that appeared.',
      () => [[counters.seriesCreated]],
    ],
    [
      'series.removed',
      'counter',
      '{series}',
      'Series that went.',
      () => [[counters.seriesRemoved]],
    ],
    [
      'series.refused',
      'counter',
      '{series}',
      'Series that were not stored, by the limit they hit; unselected means that no rule asks.',
      () => readingsBy('limit', counters.refusedSeries),
    ],
    [
      'series.marked_stale',
      'counter',
      '{series}',
      'Series whose resource stopped to export.',
      () => [[counters.seriesMarkedStale]],
    ],
    ['series.size', 'gauge', 'By', 'Memory of sample columns.', () => [[store.sampleBytes]]],
    [
      'points.rejected',
      'counter',
      '{point}',
      'Data points refused and explained to their sender.',
      () => readingsBy('reason', ingest.rejections),
    ],
  ];
}

function ruleRows({ runner, state }: MetricSources): Row[] {
  const { counters } = runner;
  return [
    [
      'rule.evaluations',
      'counter',
      '{evaluation}',
      'Evaluations of rule groups, by slot or on arrival.',
      () => [[counters.evaluations]],
    ],
    [
      'rule.evaluation.time',
      'counter',
      's',
      'Time spent on evaluations.',
      () => [[counters.secondsTotal]],
    ],
    ['rule.errors', 'counter', '{error}', 'Rules that failed.', () => [[counters.ruleErrors]]],
    [
      'rule.missed',
      'counter',
      '{evaluation}',
      'Slots that went by without an evaluation.',
      () => [[state().missedEvaluations]],
    ],
    [
      'alert.transitions',
      'counter',
      '{transition}',
      'Changes of alert states.',
      () => [[counters.transitions]],
    ],
    [
      'alerts',
      'gauge',
      '{alert}',
      'Alerts by state.',
      () => readingsBy('state', alertStates(runner)),
    ],
  ];
}

function fleetRows({ fleet }: MetricSources): Row[] {
  const { counters } = fleet.drift;
  return [
    [
      'drift.points',
      'counter',
      '{point}',
      'Points of drift metrics by what became of them.',
      () => readingsBy('outcome', outcomesOf(counters)),
    ],
    [
      'drift.streams',
      'gauge',
      '{stream}',
      'Streams whose instances are merged.',
      () => [[fleet.drift.streamCount]],
    ],
    [
      'drift.series',
      'gauge',
      '{series}',
      'Series of instances that are remembered for their window.',
      () => [[fleet.drift.seriesCount]],
    ],
    [
      'drift.exports',
      'counter',
      '{request}',
      'Requests with fleet drift that were sent on.',
      () => readingsBy('outcome', fleet.exports),
    ],
  ];
}

function outcomesOf({
  accepted,
  duplicates,
  outOfOrder,
  ignored,
  rejected,
}: FleetCounters): Record<string, number> {
  return { accepted, duplicate: duplicates, out_of_order: outOfOrder, ignored, ...rejected };
}

function notificationRows(sources: MetricSources): Row[] {
  const { delivery, notifier, forwarder, requests, discarded, state } = sources;
  return [
    [
      'alerts.refused',
      'counter',
      '{alert}',
      'Posted alerts for which there was no room.',
      () => [[notifier.floods.refused]],
    ],
    [
      'forward.alerts',
      'counter',
      '{alert}',
      'Alerts told to other Alertmanagers, by what became of them.',
      () => readingsBy('outcome', forwarder.counts()),
    ],
    [
      'notifications',
      'counter',
      '{notification}',
      'Attempts and ends of notifications.',
      () => readingsBy('outcome', { ...delivery.counters }),
    ],
    [
      'notifications.waiting',
      'gauge',
      '{notification}',
      'Notifications not delivered yet.',
      () => [[delivery.waitingCount]],
    ],
    [
      'requests',
      'counter',
      '{request}',
      'Requests by route and status.',
      () => requests.readings(),
    ],
    [
      'discarded',
      'counter',
      '{record}',
      'Log records and spans that were read and not kept.',
      () => discarded.readings(),
    ],
    [
      'auth.failures',
      'counter',
      '{request}',
      'Requests with no or a wrong API key.',
      () => [[state().authFailures]],
    ],
  ];
}

function fileRows({ state }: MetricSources): Row[] {
  return [
    ['wal.size', 'gauge', 'By', 'Size of the write-ahead log.', () => [[state().walBytes]]],
    [
      'wal.replayed',
      'gauge',
      '{record}',
      'Records applied at the start.',
      () => [[state().replayedRecords]],
    ],
    [
      'files.quarantined',
      'gauge',
      '{file}',
      'Damaged files moved aside at the start.',
      () => [[state().quarantinedFiles]],
    ],
    [
      'config.current',
      'gauge',
      '1',
      '0 after a reload that failed.',
      () => [[state().isConfigCurrent ? 1 : 0]],
    ],
  ];
}

function alertStates(runner: RuleRunner): Record<string, number> {
  const counts = { pending: 0, firing: 0, inactive: 0 };
  for (const group of runner.groups) for (const { status } of group.alerts()) counts[status] += 1;
  return { pending: counts.pending, firing: counts.firing, resolved: counts.inactive };
}

import type { CollectorConfig } from '../../../config/schema/collector-config.ts';
import { Labels } from '../../../model/labels.ts';
import type { Notifier } from '../../../notify/notifier.ts';
import type { OutboxDelivery } from '../../deliver/outbox-delivery.ts';
import type { RuleRunner } from '../../evaluate/rule-runner.ts';
import type { Scheduler } from '../../evaluate/scheduler.ts';
import type { BaselineStore } from '../../fleet/baseline-store.ts';
import type { FleetService } from '../../fleet/fleet-service.ts';
import type { Database } from '../../sqlite/database.ts';
import type { HistoryTable } from '../../sqlite/history.ts';
import { OutboxTable } from '../../sqlite/outbox.ts';
import type { DataPlane } from '../parts/data-plane.ts';
import type { LateGroups } from '../parts/late-groups.ts';
import type { RequestLog } from '../parts/request-log.ts';
import type { SenderRhythm } from '../parts/sender-rhythm.ts';
import type { ServiceFaults } from '../parts/service-faults.ts';
import type { MaintenanceJob } from './maintenance.ts';
import { SenderClocks } from './sender-clocks.ts';

export interface MaintenanceParts {
  readonly plane: DataPlane;
  readonly database: Database;
  readonly history: HistoryTable;
  readonly notifier: Notifier;
  readonly runner: RuleRunner;
  readonly delivery: OutboxDelivery;
  readonly scheduler: Scheduler;
  readonly requestLog: RequestLog;
  readonly lateGroups: LateGroups;
  readonly rhythm: SenderRhythm;
  readonly faults: ServiceFaults;
  /** Whether the files are still the ones in the data folder. */
  readonly isInPlace: () => boolean;
  readonly fleet: FleetService;
  readonly baselines: BaselineStore;
  readonly config: () => CollectorConfig;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Settled messages are kept for a day beside their history. */
const SETTLED_RETENTION_MS = 24 * 60 * MINUTE_MS;

/** A fault that did not come back for this long is over. */
const QUIET_MS = 5 * MINUTE_MS;

/** The chores of the running service. */
export function maintenanceJobs(parts: MaintenanceParts): MaintenanceJob[] {
  const senderClocks = new SenderClocks(parts.plane.store, parts.runner);
  return [
    { name: 'sweep', everyMs: 5 * SECOND_MS, run: (nowMs) => parts.plane.store.sweep(nowMs) },
    { name: 'liveness', everyMs: SECOND_MS, run: (nowMs) => checkLiveness(parts, nowMs) },
    {
      name: 'fleet drift',
      everyMs: parts.fleet.evaluateEveryMs,
      run: (nowMs) => parts.fleet.evaluate(nowMs),
    },
    { name: 'data folder', everyMs: 10 * SECOND_MS, run: () => checkDataFolder(parts) },
    { name: 'sender rhythm', everyMs: 10 * SECOND_MS, run: () => parts.rhythm.save() },
    { name: 'sender clocks', everyMs: 10 * SECOND_MS, run: () => senderClocks.check() },
    { name: 'baselines', everyMs: MINUTE_MS, run: (nowMs) => parts.baselines.trim(nowMs) },
    {
      name: 'log retention',
      everyMs: 10 * SECOND_MS,
      run: (nowMs) => parts.requestLog.trim(nowMs),
    },
    { name: 'notifications', everyMs: 30 * SECOND_MS, run: () => renotify(parts) },
    { name: 'history', everyMs: MINUTE_MS, run: (nowMs) => trimTables(parts, nowMs) },
    { name: 'late groups', everyMs: MINUTE_MS, run: (nowMs) => parts.lateGroups.clearQuiet(nowMs) },
    { name: 'series limit', everyMs: 10 * SECOND_MS, run: watchSeriesLimit(parts) },
  ];
}

function checkLiveness(
  { plane: { store }, scheduler, config }: MaintenanceParts,
  nowMs: number,
): void {
  const missedIntervals = config().otlp.liveness?.missed_intervals;
  if (missedIntervals === undefined) return;
  store.advanceTo(nowMs);
  store.expireResources(nowMs, missedIntervals);
  for (const { job, instance, isLive } of store.resources) {
    const labels = Labels.of({ __name__: 'resource_up', job, instance });
    const reference = store.resolve(labels, config().promql.lookback);
    if (typeof reference === 'number') store.append(reference, nowMs, isLive ? 1 : 0);
  }
  scheduler.notifyArrival(store.retention.takeTouchedGroups());
}

function renotify({ notifier, runner, delivery }: MaintenanceParts): void {
  notifier.onTimer(runner.snapshot());
  delivery.wake();
}

function trimTables({ database, history, config }: MaintenanceParts, nowMs: number): void {
  history.deleteBefore(nowMs - config().retention.history);
  new OutboxTable(database).deleteSettledBefore(nowMs - SETTLED_RETENTION_MS);
}

/** SQLite goes on writing to a file that was deleted, and a restart would find nothing. */
function checkDataFolder({ faults, isInPlace }: MaintenanceParts): void {
  const error = isInPlace()
    ? undefined
    : new Error('alerting goes on from memory; restart the service to create the folder again');
  faults.report({ fault: 'the data folder was deleted or replaced', error });
}

/** Raises an alert while new series are refused. */
function watchSeriesLimit({ plane: { store }, runner }: MaintenanceParts): MaintenanceJob['run'] {
  let seen = 0;
  let lastMs = 0;
  return (nowMs) => {
    const { refusedSeries } = store.counters;
    const refused =
      refusedSeries.max_series + refusedSeries.max_series_per_metric + refusedSeries.label_memory;
    if (refused > seen) {
      seen = refused;
      lastMs = nowMs;
      const summary = 'New series are refused: raise collector.limits or send fewer label values';
      runner.raise('TelltaleSeriesLimit', 'series', summary);
    } else if (nowMs - lastMs >= QUIET_MS) {
      runner.clear('TelltaleSeriesLimit', 'series');
    }
  };
}

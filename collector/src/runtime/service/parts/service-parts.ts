import type { QueryPool } from '../../../query/query-pool.ts';
import { ClockWatch } from '../../clock-watch.ts';
import { HistoryTable } from '../../sqlite/history.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { ServiceSignals } from '../service-signals.ts';
import { type AlertingParts, createAlertingParts } from './alerting-parts.ts';
import { createDataPlane, type DataPlane } from './data-plane.ts';
import { EventHub } from './event-hub.ts';
import { createFleetParts, type FleetParts } from './fleet-parts.ts';
import { LateGroups } from './late-groups.ts';
import { createQueryPool } from './query-parts.ts';
import { RequestLog } from './request-log.ts';
import { SenderRhythm } from './sender-rhythm.ts';
import { ServiceFaults } from './service-faults.ts';
import type { ServiceFiles } from './service-files.ts';

/** Everything that runs in the service. */
export interface ServiceParts extends AlertingParts, FleetParts {
  readonly plane: DataPlane;
  readonly history: HistoryTable;
  readonly requestLog: RequestLog;
  /** What readers ask. */
  readonly queries: QueryPool;
  readonly faults: ServiceFaults;
  readonly lateGroups: LateGroups;
  readonly rhythm: SenderRhythm;
  readonly events: EventHub;
  readonly clockWatch: ClockWatch;
}

/** Makes all parts. Each takes what it needs as an input, so the compiler knows the order. */
export function createServiceParts(
  options: ServiceOptions,
  files: ServiceFiles,
  signals: ServiceSignals,
): ServiceParts {
  const { config, clock, log } = options;
  const { database, baselineDatabase } = files;
  const plane = createDataPlane(options, signals);
  const clockWatch = new ClockWatch(clock, options.monotonicMs, (jumpMs) =>
    signals.clockSet.tell(jumpMs),
  );
  const alerting = createAlertingParts(options, { plane, database, signals, clockWatch });
  return {
    ...alerting,
    ...createFleetParts(options, { store: plane.store, baselineDatabase, signals }),
    plane,
    clockWatch,
    history: new HistoryTable(database),
    requestLog: new RequestLog({
      folder: files.walFolder,
      bytesMax: config.wal.max_bytes,
      plane,
      clock,
      log,
      signals,
    }),
    queries: createQueryPool(options, plane.store),
    faults: new ServiceFaults({ runner: alerting.runner, clock, log }),
    lateGroups: new LateGroups(alerting.runner),
    rhythm: new SenderRhythm(database, plane.store),
    events: new EventHub(),
  };
}

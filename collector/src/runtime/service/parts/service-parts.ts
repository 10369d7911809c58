import type { QueryPool } from '../../../query/query-pool.ts';
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
  readonly events: EventHub;
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
  const alerting = createAlertingParts(options, { plane, database, signals });
  return {
    ...alerting,
    ...createFleetParts(options, { store: plane.store, baselineDatabase, signals }),
    plane,
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
    faults: new ServiceFaults(alerting.runner, log),
    lateGroups: new LateGroups(alerting.runner),
    events: new EventHub(),
  };
}

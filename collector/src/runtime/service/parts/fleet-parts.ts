import { readSecretFile } from '../../../config/secrets.ts';
import type { SeriesStore } from '../../../storage/series-store.ts';
import { BaselineStore } from '../../fleet/baseline-store.ts';
import { FleetExport } from '../../fleet/fleet-export.ts';
import { FleetService } from '../../fleet/fleet-service.ts';
import { BaselineTable } from '../../sqlite/baselines.ts';
import type { Database } from '../../sqlite/database.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { ServiceSignals } from '../service-signals.ts';

export interface FleetInputs {
  readonly store: SeriesStore;
  readonly baselineDatabase: Database;
  readonly signals: ServiceSignals;
}

/** Drift of the fleet and the baselines it compares with. */
export interface FleetParts {
  readonly fleet: FleetService;
  readonly baselines: BaselineStore;
}

export function createFleetParts(options: ServiceOptions, inputs: FleetInputs): FleetParts {
  const { config, log } = options;
  const baselines = new BaselineStore({
    table: new BaselineTable(inputs.baselineDatabase),
    config: config.drift.baselines,
  });
  const fleet = new FleetService({
    config,
    store: inputs.store,
    references: baselines,
    exporter: createExport(options),
    onStored: () => inputs.signals.fleetStored.tell(undefined),
    onFailure: (error) => log.error({ error: String(error) }, 'Cannot merge for fleet drift'),
  });
  return { fleet, baselines };
}

function createExport(options: ServiceOptions): FleetExport | undefined {
  const { config, folder, log, send, clientName } = options;
  const exportConfig = config.drift.export;
  if (exportConfig === undefined) return undefined;
  const readSecret = (path: string): string => readSecretFile(folder, path);
  return new FleetExport({ config: exportConfig, log, send, readSecret, clientName });
}

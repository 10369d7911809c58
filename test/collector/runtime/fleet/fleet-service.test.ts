import { expect, test, vi } from 'vitest';

import { readMetrics } from '../../../../collector/src/otlp/read/read-metrics.ts';
import { FleetService } from '../../../../collector/src/runtime/fleet/fleet-service.ts';
import { fleetBody, rankPoint } from '../../../support/collector/drift-points.ts';

const T0 = 1_700_000_040_000;

test('what fails inside is told once and does not fail the request', () => {
  const failures: unknown[] = [];
  const limits = { streams: 10, instances: 10, series: 100 };
  const drift = { enabled: true, interval: 60_000, window: 1_800_000, limits };
  const fleet = new FleetService({
    config: { drift } as never,
    store: undefined as never,
    references: { byId: () => undefined, current: () => undefined },
    exporter: undefined,
    onStored: () => undefined,
    onFailure: (error) => failures.push(error),
  });
  const point = rankPoint(
    Array.from({ length: 20 }, () => 1),
    { timeMs: T0, startTimeMs: T0 - 1000, temporality: 'cumulative' },
  );
  const batch = readMetrics(fleetBody([point]));
  fleet.take(batch, T0);
  expect([fleet.drift.counters.accepted, failures]).toEqual([1, []]);
  const broken = new RangeError('inside');
  vi.spyOn(fleet.drift, 'take').mockImplementation(() => {
    throw broken;
  });
  fleet.take(batch, T0);
  fleet.take(batch, T0);
  expect(failures).toEqual([broken]);
});

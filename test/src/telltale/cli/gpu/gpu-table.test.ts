import { expect, test } from 'vitest';

import type { Snapshot } from '@telltale/instrumentation-gpu';

import { gpuTable } from '../../../../../src/telltale/src/cli/gpu/gpu-table.ts';

const GIB = 1024 ** 3;

test('gpuTable() shows what a device gives, and a dash for what it does not', () => {
  const snapshot: Snapshot = {
    takenAtUs: 0,
    cycles: [],
    events: [],
    notes: [],
    implausible: 0,
    gpus: [
      {
        identity: { id: 'GPU-1', name: 'gpu0', vendor: 'NVIDIA', index: 0, model: 'NVIDIA H200' },
        state: 'ok',
        utilization: { general: 0.995 },
        profiling: { sm: 0.8 },
        memory: { usedBytes: 31.6 * GIB, limitBytes: 140 * GIB },
        powerWatts: 627.4,
        powerLimitWatts: 700,
        temperatures: { gpu: 52 },
        energyJoules: 1000.4,
        throttleActive: { sw_power_cap: true, hw_thermal: false, hw_slowdown: true },
      },
      {
        identity: { id: '0000:03:00.0', name: 'gpu1', vendor: 'Intel', index: 1 },
        state: 'degraded',
        powerWatts: 37.5,
      },
    ],
  };
  expect(gpuTable(snapshot)).toBe(
    [
      'GPU   MODEL        BUSY   SM    MEMORY             POWER         TEMP  ENERGY  THROTTLED BY               STATE',
      'gpu0  NVIDIA H200  100 %  80 %  31.6 of 140.0 GiB  627 of 700 W  52 C  1000 J  sw_power_cap, hw_slowdown  ok',
      'gpu1  Intel        -      -     -                  38 W          -     -       -                          degraded',
    ].join('\n'),
  );
});

import { expect, test } from 'vitest';

import { deviceLines } from '../../../../examples/gpu-check/stub/devices.ts';
import { FIELDS } from '../../../../instrumentations/gpu/src/nvidia-smi/fields.ts';
import { parseRow } from '../../../../instrumentations/gpu/src/nvidia-smi/parse-row.ts';
import type { GpuReading } from '../../../../instrumentations/gpu/src/snapshot/reading.ts';
import { canCompile, readerOf, useStubs } from '../../../support/gpu/stub-reader.ts';

const stubOf = useStubs();
const MEBIBYTE = 2 ** 20;

/** The device of the stand-in, as `nvidia-smi` shows it. */
const ROW =
  '0, GPU-00000000-0000-0000-0000-000000000000, NVIDIA H200, 590.48.01, 00000000:80:00.0, 100, 7, 0, 0, 143771, 32363, 110796, 614, 627.40, 700.00, 52, 40, 30, 1980, 3201, P0, 0x0000000000000004, 2000000, 0, 0, 0, 0, 0, 0, Disabled, 1650000000000, 96.00.A5.00.03';

/** What both ways of reading have, the sizes of memory apart. */
function shared(reading: GpuReading): object {
  const { identity, clocksHz, errors, memory: _, ...rest } = reading;
  const { cudaVersion: __, ...known } = identity;
  return {
    identity: known,
    state: rest.state,
    utilization: rest.utilization,
    controllerUtilization: rest.controllerUtilization,
    powerWatts: rest.powerWatts,
    powerLimitWatts: rest.powerLimitWatts,
    temperatures: rest.temperatures,
    fanRatio: rest.fanRatio,
    performanceState: rest.performanceState,
    throttleActive: rest.throttleActive,
    throttleSeconds: rest.throttleSeconds,
    clocks: [clocksHz?.sm, clocksHz?.memory],
    errors: [errors?.['corrected'], errors?.['uncorrected']],
  };
}

test.skipIf(!canCompile)('NVML and nvidia-smi give equal values for what both have', () => {
  const reader = readerOf(stubOf(deviceLines(0, { values: { fan: 30, reasons: 0x4 } })));
  const [nvml] = reader.read(1e6).gpus;
  reader.close();
  const smi = parseRow(ROW, FIELDS);
  if (nvml === undefined || smi === undefined) throw new Error('Cannot compare: nothing was read');
  expect(shared(nvml)).toEqual(shared(smi));
  for (const size of ['limitBytes', 'usedBytes', 'reservedBytes'] as const) {
    // nvidia-smi rounds up to MiB.
    const gap = (smi.memory?.[size] ?? 0) - (nvml.memory?.[size] ?? Number.NaN);
    expect(Math.abs(gap)).toBeLessThanOrEqual(MEBIBYTE);
  }
});

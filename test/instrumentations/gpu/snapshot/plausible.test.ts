import { expect, test } from 'vitest';

import { plausible } from '../../../../instrumentations/gpu/src/snapshot/plausible.ts';
import type { GpuReading } from '../../../../instrumentations/gpu/src/snapshot/reading.ts';

const BARE: GpuReading = {
  identity: { id: 'GPU-1', name: 'gpu0', vendor: 'NVIDIA', index: 0 },
  state: 'ok',
};

const WHOLE: GpuReading = {
  ...BARE,
  utilization: { general: 1, encoder: 0 },
  memory: { limitBytes: 10, usedBytes: 10 },
  powerWatts: 10_000,
  temperatures: { gpu: -50, memory: 200 },
  performanceState: 15,
  errors: { corrected: 0 },
};

test('plausible() leaves a reading alone that can be true, without a copy', () => {
  const result = plausible(WHOLE);
  expect(result.reading).toBe(WHOLE);
  expect(result.dropped).toBe(0);
});

test.for<{ readonly name: string; readonly part: Partial<GpuReading>; readonly kept: object }>([
  { name: 'a power of 10 kW and more', part: { powerWatts: 10_000.1 }, kept: {} },
  { name: 'a power below 0', part: { powerWatts: -1 }, kept: {} },
  { name: 'no number', part: { energyJoules: Number.NaN }, kept: {} },
  { name: 'an infinite number', part: { clocksHz: { sm: Infinity } }, kept: { clocksHz: {} } },
  {
    name: 'a temperature',
    part: { temperatures: { gpu: 201, memory: 40 } },
    kept: { temperatures: { memory: 40 } },
  },
  {
    name: 'more memory than there is',
    part: { memory: { limitBytes: 10, usedBytes: 11, reservedBytes: 1 } },
    kept: { memory: { limitBytes: 10, reservedBytes: 1 } },
  },
  { name: 'a performance state', part: { performanceState: 16 }, kept: {} },
  { name: 'a counter below 0', part: { errors: { corrected: -1 } }, kept: { errors: {} } },
])('$name is dropped and counted', ({ part, kept }) => {
  expect(plausible({ ...BARE, ...part })).toEqual({ reading: { ...BARE, ...kept }, dropped: 1 });
});

test('a share a little out of range is clamped, as windows of drivers differ', () => {
  const { reading, dropped } = plausible({
    ...BARE,
    utilization: { general: 1.02 },
    profiling: { sm: -0.01 },
    processes: [{ pid: 1, utilization: { general: 1.5 } }],
  });
  expect([reading.utilization, reading.profiling, reading.processes, dropped]).toEqual([
    { general: 1 },
    { sm: 0 },
    [{ pid: 1, utilization: { general: 1 } }],
    0,
  ]);
});

import { printable } from '@telltale/core';
import type { GpuReading, Snapshot } from '@telltale/instrumentation-gpu';

import { inColumns } from '../columns.ts';

const PERCENT = 100;
const GIBIBYTE = 1024 ** 3;
const HEAD: readonly string[] = [
  'GPU',
  'MODEL',
  'BUSY',
  'SM',
  'MEMORY',
  'POWER',
  'TEMP',
  'ENERGY',
  'THROTTLED BY',
  'STATE',
];
/** What a device does not give. */
const NONE = '-';

/** The devices of a snapshot, one a line; numbers stand to the right of nothing else. */
export function gpuTable({ gpus }: Snapshot): string {
  return inColumns([HEAD, ...gpus.map(rowOf)]);
}

function rowOf(gpu: GpuReading): readonly string[] {
  const { identity, memory, temperatures = {} } = gpu;
  const { gpu: chip, edge, junction } = temperatures;
  return [
    identity.name,
    printable(identity.model ?? identity.vendor),
    share(gpu.utilization?.general),
    share(gpu.profiling?.sm),
    pair(gibibytes(memory?.usedBytes), gibibytes(memory?.limitBytes), 'GiB'),
    pair(rounded(gpu.powerWatts), rounded(gpu.powerLimitWatts), 'W'),
    withUnit(rounded(chip ?? edge ?? junction), 'C'),
    withUnit(rounded(gpu.energyJoules), 'J'),
    throttling(gpu),
    gpu.state,
  ];
}

function throttling({ throttleActive }: GpuReading): string {
  if (throttleActive === undefined) return NONE;
  const reasons = Object.entries(throttleActive).filter(([, isActive]) => isActive);
  return reasons.length === 0 ? 'nothing' : reasons.map(([reason]) => reason).join(', ');
}

const share = (value: number | undefined): string =>
  value === undefined ? NONE : `${Math.round(value * PERCENT)} %`;

const rounded = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(Math.round(value));

const gibibytes = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : (bytes / GIBIBYTE).toFixed(1);

const withUnit = (text: string | undefined, unit: string): string =>
  text === undefined ? NONE : `${text} ${unit}`;

function pair(used: string | undefined, limit: string | undefined, unit: string): string {
  if (used === undefined && limit === undefined) return NONE;
  return limit === undefined ? `${used} ${unit}` : `${used ?? '?'} of ${limit} ${unit}`;
}

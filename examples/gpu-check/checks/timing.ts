import { setTimeout as delay } from 'node:timers/promises';

import type { SymbolName } from '../../../instrumentations/gpu/src/nvml/symbols.ts';
import { absent, type Finding, judged, measured } from './finding.ts';
import type { Machine } from './machine.ts';

const CALLS = 1_000;
/** A look at events that takes longer than this waits for some. */
const LOOK_MS_MAX = 5;
const REFRESH_MS = 3_000;

/** Functions that are called in each cycle and take a handle and a place for the answer. */
const FUNCTIONS: readonly SymbolName[] = [
  'nvmlDeviceGetUtilizationRates',
  'nvmlDeviceGetPowerUsage',
  'nvmlDeviceGetEnforcedPowerLimit',
  'nvmlDeviceGetTotalEnergyConsumption',
  'nvmlDeviceGetPerformanceState',
  'nvmlDeviceGetFanSpeed',
  'nvmlDeviceGetCurrentClocksEventReasons',
  'nvmlDeviceGetCurrPcieLinkGeneration',
  'nvmlDeviceGetCurrPcieLinkWidth',
];

/** The handle of the first device. */
export function firstHandle({ library }: Machine): bigint {
  const place = Buffer.alloc(8);
  library.call('nvmlDeviceGetHandleByIndex_v2', 0, place);
  return place.readBigUInt64LE(0);
}

/** How long calls take. */
export function checkLatency(machine: Machine): readonly Finding[] {
  const handle = firstHandle(machine);
  const place = Buffer.alloc(64);
  const functions = FUNCTIONS.map((name) => {
    const code = machine.library.call(name, handle, place);
    if (code !== 0) return absent('latency', name, `NVML answered ${code}`);
    return latency(name, () => machine.library.call(name, handle, place));
  });
  return [...functions, latency('a whole cycle', () => machine.readNvml())];
}

function latency(subject: string, call: () => unknown): Finding {
  const times = Array.from({ length: CALLS }, () => {
    const start = performance.now();
    call();
    return (performance.now() - start) * 1e3;
  }).toSorted((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * (CALLS - 1))] ?? 0).toFixed(1);
  const detail = `p50 ${at(0.5)} us, p99 ${at(0.99)} us, longest ${at(1)} us`;
  return measured('latency', subject, detail);
}

/** Whether a look at the events returns at once. */
export function checkEvents({ library }: Machine): readonly Finding[] {
  const place = Buffer.alloc(64);
  if (library.call('nvmlEventSetCreate', place) !== 0) {
    return [absent('events', 'nvmlEventSetWait_v2', 'no event set can be made')];
  }
  const set = place.readBigUInt64LE(0);
  const start = performance.now();
  const code = library.call('nvmlEventSetWait_v2', set, place, 0);
  const ms = performance.now() - start;
  library.call('nvmlEventSetFree', set);
  const detail = `${ms.toFixed(3)} ms, NVML answered ${code}`;
  return [judged('events', 'nvmlEventSetWait_v2 with 0', { isRight: ms <= LOOK_MS_MAX, detail })];
}

/** How often power and energy change. */
export async function checkRefresh(machine: Machine): Promise<readonly Finding[]> {
  const handle = firstHandle(machine);
  const place = Buffer.alloc(8);
  const changes: Record<string, number[]> = {};
  const last: Record<string, bigint> = {};
  const names = ['nvmlDeviceGetPowerUsage', 'nvmlDeviceGetTotalEnergyConsumption'] as const;
  const end = performance.now() + REFRESH_MS;
  while (performance.now() < end) {
    for (const name of names) {
      place.fill(0);
      if (machine.library.call(name, handle, place) !== 0) continue;
      const value = place.readBigUInt64LE(0);
      if (last[name] !== undefined && last[name] !== value) {
        (changes[name] ??= []).push(performance.now());
      }
      last[name] = value;
    }
    await delay(2);
  }
  return names.map((name) => {
    const at = changes[name] ?? [];
    const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
    if (gaps.length === 0) return absent('refresh', name, 'did not change in 3 s');
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    return measured('refresh', name, `changes each ${mean.toFixed(0)} ms`);
  });
}

import { setTimeout as delay } from 'node:timers/promises';

import { FIELD, FieldBatch } from '../../../instrumentations/gpu/src/nvml/fields.ts';
import type { GpuReading } from '../../../instrumentations/gpu/src/snapshot/reading.ts';
import { absent, type Finding, measured } from './finding.ts';
import type { Machine } from './machine.ts';
import { firstHandle } from './timing.ts';

/** Profiling counters need two samples that are a second apart. */
const PROFILING_MS = 1_100;
const WRAP_32 = 2 ** 32;
const NANOSECONDS = 1e9;

/** What this device has, and what this user may see of it. */
export async function checkSupport(machine: Machine): Promise<readonly Finding[]> {
  machine.readNvml();
  await delay(PROFILING_MS);
  const [gpu] = machine.readNvml();
  if (gpu === undefined) return [];
  return [...fieldSupport(machine), ...limits(gpu), ...permissions(gpu), wrap(gpu)];
}

function fieldSupport(machine: Machine): readonly Finding[] {
  const batch = new FieldBatch();
  batch.prepare();
  const handle = firstHandle(machine);
  const code = machine.library.call('nvmlDeviceGetFieldValues', handle, batch.count, batch.buffer);
  if (code !== 0) return [absent('support', 'field values', `NVML answered ${code}`)];
  const values = batch.read();
  return Object.entries(FIELD).map(([name, id]) => {
    const value = values.get(name as keyof typeof FIELD);
    const subject = `field ${id} ${name}`;
    return value === undefined
      ? absent('support', subject, 'this device does not have it')
      : measured('support', subject, String(value));
  });
}

function limits({ temperatureLimits = [], temperatureMargin }: GpuReading): readonly Finding[] {
  const named = temperatureLimits.map(({ location, type, celsius }) =>
    measured('support', `limit ${location} ${type}`, `${celsius} C`),
  );
  const margin =
    temperatureMargin === undefined
      ? absent('support', 'temperature margin', 'this device does not have it')
      : measured('support', 'temperature margin', `${temperatureMargin} C`);
  return [...named, margin];
}

function permissions({ profiling, processes, errors }: GpuReading): readonly Finding[] {
  const user = `uid ${process.getuid?.() ?? 'unknown'}`;
  const told = (subject: string, isGiven: boolean, detail: string): Finding =>
    isGiven
      ? measured('permissions', subject, `${detail} as ${user}`)
      : absent('permissions', subject, `not given to ${user}`);
  const pids = (processes ?? []).map(({ pid }) => pid).join(', ');
  return [
    told('profiling', profiling !== undefined, JSON.stringify(profiling ?? {})),
    told('processes', processes !== undefined, `pids ${pids === '' ? 'none' : pids}`),
    told('errors', errors !== undefined, `${Object.keys(errors ?? {}).length} kinds`),
  ];
}

function wrap({ pcieBytes }: GpuReading): Finding {
  const bytes = Math.max(pcieBytes?.transmit ?? 0, pcieBytes?.receive ?? 0);
  if (bytes === 0) return absent('wrap', 'PCIe counters', 'no bytes were counted');
  const detail = bytes > WRAP_32 ? 'wider than 32 bits' : `${bytes} so far: not known`;
  return measured('wrap', 'PCIe counters', detail);
}

/** Throttle times against the counters of nvidia-smi, which are in microseconds. */
export function checkUnit(machine: Machine): readonly Finding[] {
  const [gpu] = machine.readNvml();
  const [smi] = machine.readNvidiaSmi();
  const pairs = Object.entries(smi?.throttleSeconds ?? {}).flatMap(([reason, seconds]) => {
    const own = gpu?.throttleSeconds?.[reason as keyof typeof gpu.throttleSeconds];
    return own === undefined || seconds === 0 ? [] : [[reason, own, seconds] as const];
  });
  if (pairs.length === 0) return [absent('unit', 'throttle times', 'nothing was throttled so far')];
  return pairs.map(([reason, own, seconds]) => {
    const nanoseconds = own * NANOSECONDS;
    const ratio = nanoseconds / (seconds * 1e6);
    const detail = `the field is ${ratio.toFixed(2)} times the microseconds of nvidia-smi`;
    // 1000: nanoseconds, as the driver's header says; 1: microseconds.
    return Math.abs(ratio - 1_000) < 50
      ? { check: 'unit', subject: reason, result: 'same' as const, detail }
      : { check: 'unit', subject: reason, result: 'differs' as const, detail };
  });
}

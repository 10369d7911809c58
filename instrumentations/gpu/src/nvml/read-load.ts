import type { GpuReading, TaskShares } from '../snapshot/reading.ts';
import { MEMORY, MEMORY_V2, structVersion, UTILIZATION } from './layouts.ts';
import type { NvmlSession, Target } from './session.ts';

const PERCENT = 100;
const HERTZ_PER_MHZ = 1e6;
const DOMAINS = ['graphics', 'sm', 'memory', 'video'] as const;
const CLOCK_KEYS = DOMAINS.map((domain) => `nvmlDeviceGetClockInfo ${domain}`);
const PERFORMANCE_STATE_UNKNOWN = 32;

/** Utilization by task, of the memory controller, clocks and performance state. */
export function readLoad(session: NvmlSession, target: Target): Partial<GpuReading> {
  const { scratch } = session;
  const isBusyKnown = session.ask(target, {
    name: 'nvmlDeviceGetUtilizationRates',
    args: [scratch],
  });
  const general = isBusyKnown ? scratch.readUInt32LE(UTILIZATION.fields.gpu) : undefined;
  const controller = isBusyKnown ? scratch.readUInt32LE(UTILIZATION.fields.memory) : undefined;
  const encoder = readCodec(session, target, 'nvmlDeviceGetEncoderUtilization');
  const decoder = readCodec(session, target, 'nvmlDeviceGetDecoderUtilization');
  const state = session.uint32(target, 'nvmlDeviceGetPerformanceState');
  const utilization: TaskShares = {
    ...(general === undefined ? {} : { general: general / PERCENT }),
    ...(encoder === undefined ? {} : { encoder: encoder / PERCENT }),
    ...(decoder === undefined ? {} : { decoder: decoder / PERCENT }),
  };
  return {
    ...(Object.keys(utilization).length === 0 ? {} : { utilization }),
    ...(controller === undefined ? {} : { controllerUtilization: controller / PERCENT }),
    ...(state === undefined || state === PERFORMANCE_STATE_UNKNOWN
      ? {}
      : { performanceState: state }),
    ...readClocks(session, target),
  };
}

function readCodec(
  session: NvmlSession,
  target: Target,
  name: 'nvmlDeviceGetEncoderUtilization' | 'nvmlDeviceGetDecoderUtilization',
): number | undefined {
  const { scratch } = session;
  const args = [scratch, scratch.subarray(8)];
  return session.ask(target, { name, args }) ? scratch.readUInt32LE(0) : undefined;
}

function readClocks(session: NvmlSession, target: Target): Partial<GpuReading> {
  const { scratch } = session;
  const clocks: Partial<Record<(typeof DOMAINS)[number], number>> = {};
  DOMAINS.forEach((domain, index) => {
    const key = CLOCK_KEYS[index] ?? domain;
    const isGiven = session.ask(target, {
      name: 'nvmlDeviceGetClockInfo',
      args: [index, scratch],
      key,
    });
    if (isGiven) clocks[domain] = scratch.readUInt32LE(0) * HERTZ_PER_MHZ;
  });
  return Object.keys(clocks).length === 0 ? {} : { clocksHz: clocks };
}

/** Memory; the older struct counts what the driver reserves as used. */
export function readMemory(session: NvmlSession, target: Target): Partial<GpuReading> {
  const { scratch } = session;
  scratch.writeUInt32LE(structVersion(MEMORY_V2, 2), MEMORY_V2.fields.version);
  if (session.ask(target, { name: 'nvmlDeviceGetMemoryInfo_v2', args: [scratch] })) {
    const { total, used, reserved } = MEMORY_V2.fields;
    return {
      memory: {
        limitBytes: Number(scratch.readBigUInt64LE(total)),
        usedBytes: Number(scratch.readBigUInt64LE(used)),
        reservedBytes: Number(scratch.readBigUInt64LE(reserved)),
      },
    };
  }
  if (!session.ask(target, { name: 'nvmlDeviceGetMemoryInfo', args: [scratch] })) return {};
  const { total, used } = MEMORY.fields;
  return {
    memory: {
      limitBytes: Number(scratch.readBigUInt64LE(total)),
      usedBytes: Number(scratch.readBigUInt64LE(used)),
    },
  };
}

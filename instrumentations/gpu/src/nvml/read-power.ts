import type { GpuReading, TemperatureLimit } from '../snapshot/reading.ts';
import type { RisingCounters } from '../snapshot/rising-counter.ts';
import type { NvmlDevice } from './device.ts';
import { MARGIN_TEMPERATURE, structVersion, TEMPERATURE } from './layouts.ts';
import type { NvmlSession } from './session.ts';

const PERCENT = 100;
const MILLI = 1_000;

/** NVML's number of a threshold, and what it means here. */
const THRESHOLDS: readonly (readonly [number, Omit<TemperatureLimit, 'celsius'>])[] = [
  [1, { location: 'gpu', type: 'high.degraded' }],
  [0, { location: 'gpu', type: 'high.critical' }],
  [2, { location: 'memory', type: 'high.degraded' }],
];

/** Power, energy, temperature and fan. */
export function readPower(
  session: NvmlSession,
  device: NvmlDevice,
  counters: RisingCounters,
): Partial<GpuReading> {
  const power = session.uint32(device, 'nvmlDeviceGetPowerUsage');
  const limit = session.uint32(device, 'nvmlDeviceGetEnforcedPowerLimit');
  const energy = session.uint64(device, 'nvmlDeviceGetTotalEnergyConsumption');
  const fan = session.uint32(device, 'nvmlDeviceGetFanSpeed');
  const margin = readMargin(session, device);
  const limits = readLimits(session, device);
  return {
    ...(power === undefined ? {} : { powerWatts: power / MILLI }),
    ...(limit === undefined ? {} : { powerLimitWatts: limit / MILLI }),
    ...(energy === undefined
      ? {}
      : { energyJoules: Number(counters.update(`${device.identity.id} energy`, energy)) / MILLI }),
    ...(fan === undefined ? {} : { fanRatio: fan / PERCENT }),
    ...(margin === undefined ? {} : { temperatureMargin: margin }),
    ...(limits.length === 0 ? {} : { temperatureLimits: limits }),
  };
}

/** Temperature of the chip: the newer struct, else the deprecated function. */
export function readTemperature(session: NvmlSession, device: NvmlDevice): number | undefined {
  const { scratch } = session;
  scratch.writeUInt32LE(structVersion(TEMPERATURE, 1), TEMPERATURE.fields.version);
  scratch.writeUInt32LE(0, TEMPERATURE.fields.sensorType);
  if (session.ask(device, { name: 'nvmlDeviceGetTemperatureV', args: [scratch] })) {
    return scratch.readInt32LE(TEMPERATURE.fields.temperature);
  }
  const isGiven = session.ask(device, { name: 'nvmlDeviceGetTemperature', args: [0, scratch] });
  return isGiven ? scratch.readUInt32LE(0) : undefined;
}

/** Degrees to the nearest of several limits. Never added to the temperature: which limit differs. */
function readMargin(session: NvmlSession, device: NvmlDevice): number | undefined {
  const { scratch } = session;
  scratch.writeUInt32LE(structVersion(MARGIN_TEMPERATURE, 1), MARGIN_TEMPERATURE.fields.version);
  const isGiven = session.ask(device, { name: 'nvmlDeviceGetMarginTemperature', args: [scratch] });
  return isGiven ? scratch.readInt32LE(MARGIN_TEMPERATURE.fields.marginTemperature) : undefined;
}

function readLimits(session: NvmlSession, device: NvmlDevice): readonly TemperatureLimit[] {
  const { scratch } = session;
  return THRESHOLDS.flatMap(([threshold, what]) => {
    const isGiven = session.ask(device, {
      name: 'nvmlDeviceGetTemperatureThreshold',
      args: [threshold, scratch],
      key: `nvmlDeviceGetTemperatureThreshold ${threshold}`,
    });
    return isGiven ? [{ ...what, celsius: scratch.readUInt32LE(0) }] : [];
  });
}

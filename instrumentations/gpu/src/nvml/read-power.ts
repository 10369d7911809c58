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

/** Limits are set by people and drivers, not by load: they are read once a minute. */
const LIMITS_US = 60e6;

/** Power, energy, temperature and fan. */
export function readPower(
  session: NvmlSession,
  device: NvmlDevice,
  { counters, nowUs }: { readonly counters: RisingCounters; readonly nowUs: number },
): Partial<GpuReading> {
  const power = session.uint32(device, 'nvmlDeviceGetPowerUsage');
  const energy = session.uint64(device, 'nvmlDeviceGetTotalEnergyConsumption');
  const fan = session.uint32(device, 'nvmlDeviceGetFanSpeed');
  const margin = readMargin(session, device);
  return {
    ...(power === undefined ? {} : { powerWatts: power / MILLI }),
    ...(energy === undefined
      ? {}
      : { energyJoules: Number(counters.update('energy', energy)) / MILLI }),
    ...(fan === undefined ? {} : { fanRatio: fan / PERCENT }),
    ...(margin === undefined ? {} : { temperatureMargin: margin }),
    ...currentLimits(session, device, nowUs),
  };
}

/** The limits of the device as they were last read, at most a minute ago. */
function currentLimits(
  session: NvmlSession,
  device: NvmlDevice,
  nowUs: number,
): Partial<GpuReading> {
  const { limits } = device;
  if (limits !== undefined && nowUs - limits.readAtUs < LIMITS_US) {
    return canAsk(session, device) ? limits.reading : {};
  }
  const reading = readLimits(session, device);
  // A call that failed may have cut it short.
  if (canAsk(session, device)) device.limits = { readAtUs: nowUs, reading };
  return reading;
}

/** A device that is lost, or a driver that must be started again, has no values. */
const canAsk = (session: NvmlSession, device: NvmlDevice): boolean =>
  !device.isLost && session.restartCode === undefined;

function readLimits(session: NvmlSession, device: NvmlDevice): Partial<GpuReading> {
  const power = session.uint32(device, 'nvmlDeviceGetEnforcedPowerLimit');
  const temperatures = readThresholds(session, device);
  return {
    ...(power === undefined ? {} : { powerLimitWatts: power / MILLI }),
    ...(temperatures.length === 0 ? {} : { temperatureLimits: temperatures }),
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

function readThresholds(session: NvmlSession, device: NvmlDevice): readonly TemperatureLimit[] {
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

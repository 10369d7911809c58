import type { GpuReading, ThrottleReason, Traffic } from '../snapshot/reading.ts';
import type { RisingCounters } from '../snapshot/rising-counter.ts';
import { type Health, stateOf } from '../snapshot/state.ts';
import { throttleReasons } from '../snapshot/throttle.ts';
import type { XidHistory } from '../snapshot/xid.ts';
import type { NvmlDevice } from './device.ts';
import type { FieldName } from './fields.ts';
import type { NvmlSession } from './session.ts';

const NANOSECONDS = 1e9;
const KIBIBYTE = 1024;

const THROTTLE_FIELDS: readonly (readonly [ThrottleReason, FieldName])[] = [
  ['sw_power_cap', 'swPowerCapNs'],
  ['sync_boost', 'syncBoostNs'],
  ['sw_thermal', 'swThermalNs'],
  ['hw_thermal', 'hwThermalNs'],
  ['hw_power_brake', 'hwPowerBrakeNs'],
];

type Fields = ReadonlyMap<FieldName, bigint>;

/** The counters and the history of one device, which outlive a driver that is started again. */
export interface Memories {
  readonly counters: RisingCounters;
  readonly xids: XidHistory;
}

/** One batch of field values for the device. */
export function readFields(session: NvmlSession, device: NvmlDevice): Fields {
  const { fields } = device;
  fields.prepare();
  const args = [fields.count, fields.buffer];
  const isGiven = session.ask(device, { name: 'nvmlDeviceGetFieldValues', args });
  return isGiven ? fields.read() : new Map();
}

/** Link traffic, throttling times and remapped rows out of the batch. */
export function fieldReadings(fields: Fields, counters: RisingCounters): Partial<GpuReading> {
  const count = (field: FieldName, wraps: boolean = false): number | undefined => {
    const raw = fields.get(field);
    return raw === undefined ? undefined : Number(counters.update(field, raw, wraps));
  };
  const throttle = THROTTLE_FIELDS.flatMap(([reason, field]) => {
    const ns = count(field);
    return ns === undefined ? [] : [[reason, ns / NANOSECONDS] as const];
  });
  const pcie = traffic(count('pcieTransmitBytes', true), count('pcieReceiveBytes', true));
  const nvlink = traffic(
    scaled(count('nvlinkTransmitKib'), KIBIBYTE),
    scaled(count('nvlinkReceiveKib'), KIBIBYTE),
  );
  const corrected = fields.get('remappedCorrected');
  const uncorrected = fields.get('remappedUncorrected');
  const remapped = {
    ...(corrected === undefined ? {} : { corrected: Number(corrected) }),
    ...(uncorrected === undefined ? {} : { uncorrected: Number(uncorrected) }),
  };
  const action = fields.get('recoveryAction');
  return {
    ...(throttle.length === 0 ? {} : { throttleSeconds: Object.fromEntries(throttle) }),
    ...(pcie === undefined ? {} : { pcieBytes: pcie }),
    ...(nvlink === undefined ? {} : { nvlinkBytes: nvlink }),
    ...(Object.keys(remapped).length === 0 ? {} : { remappedRows: remapped }),
    ...(action === undefined ? {} : { recoveryAction: Number(action) }),
  };
}

/** Errors, what holds clocks down, the PCIe link, and the state that follows from all of it. */
export function readHealth(
  session: NvmlSession,
  device: NvmlDevice,
  { fields, memories, nowUs }: { fields: Fields; memories: Memories; nowUs: number },
): Partial<GpuReading> & Pick<GpuReading, 'state'> {
  const mask =
    session.uint64(device, 'nvmlDeviceGetCurrentClocksEventReasons') ??
    session.uint64(device, 'nvmlDeviceGetCurrentClocksThrottleReasons');
  const throttle = mask === undefined ? undefined : throttleReasons(mask);
  const { errors, isUncorrectedRising } = readErrors(session, device, { fields, memories });
  const generation = session.uint32(device, 'nvmlDeviceGetCurrPcieLinkGeneration');
  const width = session.uint32(device, 'nvmlDeviceGetCurrPcieLinkWidth');
  const action = fields.get('recoveryAction');
  const health: Health = {
    isLost: device.isLost || memories.xids.isLost,
    isCorrupt: device.isCorrupt,
    hasRemapFailure: (fields.get('remapFailure') ?? 0n) > 0n,
    isRemapPending: (fields.get('remapPending') ?? 0n) > 0n,
    hasRecentResetXid: memories.xids.hasRecentReset(nowUs),
    isUncorrectedRising,
    ...(action === undefined ? {} : { recoveryAction: Number(action) }),
    ...(throttle === undefined ? {} : { throttle }),
  };
  const link = {
    ...(generation === undefined ? {} : { generation }),
    ...(width === undefined ? {} : { width }),
  };
  return {
    state: stateOf(health),
    errors,
    ...(throttle === undefined ? {} : { throttleActive: throttle }),
    ...(Object.keys(link).length === 0 ? {} : { pcieLink: link }),
  };
}

function readErrors(
  session: NvmlSession,
  device: NvmlDevice,
  { fields, memories }: { fields: Fields; memories: Memories },
): { readonly errors: Readonly<Record<string, number>>; readonly isUncorrectedRising: boolean } {
  const { counters, xids } = memories;
  const corrected = readEcc(session, device, 0);
  const uncorrected = readEcc(session, device, 1);
  const before = device.uncorrected;
  device.uncorrected = uncorrected ?? before;
  const replays = fields.get('pcieReplays') ?? readReplays(session, device);
  const count = (type: string, raw: bigint | undefined): object =>
    raw === undefined ? {} : { [type]: Number(counters.update(type, raw)) };
  return {
    errors: {
      ...count('corrected', corrected),
      ...count('uncorrected', uncorrected),
      ...count('pcie_replay', replays),
      ...xids.counts(),
    },
    isUncorrectedRising: before !== undefined && uncorrected !== undefined && uncorrected > before,
  };
}

function readReplays(session: NvmlSession, device: NvmlDevice): bigint | undefined {
  const count = session.uint32(device, 'nvmlDeviceGetPcieReplayCounter');
  return count === undefined ? undefined : BigInt(count);
}

/** Errors since the driver was loaded; kind 0 corrected, 1 uncorrected. */
function readEcc(session: NvmlSession, device: NvmlDevice, kind: 0 | 1): bigint | undefined {
  const isGiven = session.ask(device, {
    name: 'nvmlDeviceGetTotalEccErrors',
    args: [kind, 0, session.scratch],
    key: `nvmlDeviceGetTotalEccErrors ${kind}`,
  });
  return isGiven ? session.scratch.readBigUInt64LE(0) : undefined;
}

const scaled = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor;

function traffic(transmit: number | undefined, receive: number | undefined): Traffic | undefined {
  if (transmit === undefined && receive === undefined) return undefined;
  return {
    ...(transmit === undefined ? {} : { transmit }),
    ...(receive === undefined ? {} : { receive }),
  };
}

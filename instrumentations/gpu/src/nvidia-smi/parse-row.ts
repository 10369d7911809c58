import { knownOrNone } from '../snapshot/known.ts';
import type { GpuIdentity, GpuReading, TaskShares, ThrottleReason } from '../snapshot/reading.ts';
import { stateOf } from '../snapshot/state.ts';
import { throttleReasons } from '../snapshot/throttle.ts';
import { type Cell, maskOf, numberOf, parseCell, textOf } from './cell.ts';
import type { FieldName } from './fields.ts';

const PERCENT = 100;
const MEBIBYTE = 1024 * 1024;
const HERTZ_PER_MHZ = 1e6;
const MICROSECONDS = 1e6;

const COUNTERS: readonly (readonly [ThrottleReason, FieldName])[] = [
  ['sw_power_cap', 'clocks_event_reasons_counters.sw_power_cap'],
  ['sync_boost', 'clocks_event_reasons_counters.sync_boost'],
  ['sw_thermal', 'clocks_event_reasons_counters.sw_thermal_slowdown'],
  ['hw_thermal', 'clocks_event_reasons_counters.hw_thermal_slowdown'],
  ['hw_power_brake', 'clocks_event_reasons_counters.hw_power_brake_slowdown'],
];

type Row = ReadonlyMap<FieldName, Cell>;

/**
 * The reading of one line; `undefined` when it is no row of these fields. There is no quoting in
 * this format, so a row with another number of columns cannot be taken apart.
 */
export function parseRow(line: string, fields: readonly FieldName[]): GpuReading | undefined {
  const cells = line.split(',').map(parseCell);
  if (cells.length !== fields.length) return undefined;
  const row: Row = new Map(fields.map((field, index) => [field, cells[index] ?? parseCell('')]));
  const identity = identityOf(row);
  if (identity === undefined) return undefined;
  const utilization = tasksOf(row);
  const mask = maskOf(
    row.get('clocks_event_reasons.active') ?? row.get('clocks_throttle_reasons.active'),
  );
  const throttle = mask === undefined ? undefined : throttleReasons(mask);
  return {
    identity,
    state: stateOf({
      isLost: cells.some(({ kind }) => kind === 'failed'),
      ...(throttle === undefined ? {} : { throttle }),
    }),
    ...(utilization === undefined ? {} : { utilization }),
    ...(throttle === undefined ? {} : { throttleActive: throttle }),
    ...amounts(row),
    ...groups(row),
  };
}

function identityOf(row: Row): GpuIdentity | undefined {
  const id = textOf(row.get('uuid'));
  const index = numberOf(row.get('index'));
  if (id === undefined || !/^(?:GPU|MIG)-[\w-]+$/u.test(id) || index === undefined)
    return undefined;
  const texts = {
    model: textOf(row.get('name')),
    driverVersion: textOf(row.get('driver_version')),
    busId: textOf(row.get('pci.bus_id')),
    serial: textOf(row.get('serial')),
    firmwareVersion: textOf(row.get('vbios_version')),
  };
  const known = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
  return { id, name: `gpu${index}`, vendor: 'NVIDIA', index, ...known };
}

function tasksOf(row: Row): TaskShares | undefined {
  return knownOrNone({
    general: scaled(row, 'utilization.gpu', 1 / PERCENT),
    encoder: scaled(row, 'utilization.encoder', 1 / PERCENT),
    decoder: scaled(row, 'utilization.decoder', 1 / PERCENT),
  });
}

function amounts(row: Row): Partial<GpuReading> {
  const state = /^P(\d{1,2})$/u.exec(textOf(row.get('pstate')) ?? '')?.[1];
  return (
    knownOrNone({
      controllerUtilization: scaled(row, 'utilization.memory', 1 / PERCENT),
      powerWatts: scaled(row, 'power.draw', 1),
      powerLimitWatts: scaled(row, 'enforced.power.limit', 1),
      fanRatio: scaled(row, 'fan.speed', 1 / PERCENT),
      performanceState: state === undefined ? undefined : Number(state),
    }) ?? {}
  );
}

function groups(row: Row): Partial<GpuReading> {
  const throttle = COUNTERS.map(([reason, field]) => [
    reason,
    scaled(row, field, 1 / MICROSECONDS),
  ]);
  const all = {
    memory: knownOrNone({
      limitBytes: scaled(row, 'memory.total', MEBIBYTE),
      usedBytes: scaled(row, 'memory.used', MEBIBYTE),
      reservedBytes: scaled(row, 'memory.reserved', MEBIBYTE),
    }),
    temperatures: knownOrNone({
      gpu: scaled(row, 'temperature.gpu', 1),
      memory: scaled(row, 'temperature.memory', 1),
    }),
    clocksHz: knownOrNone({
      sm: scaled(row, 'clocks.sm', HERTZ_PER_MHZ),
      memory: scaled(row, 'clocks.mem', HERTZ_PER_MHZ),
    }),
    throttleSeconds: knownOrNone(Object.fromEntries(throttle)),
    errors: knownOrNone({
      corrected: scaled(row, 'ecc.errors.corrected.volatile.total', 1),
      uncorrected: scaled(row, 'ecc.errors.uncorrected.volatile.total', 1),
    }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, group]) => group !== undefined));
}

function scaled(row: Row, field: FieldName, factor: number): number | undefined {
  const value = numberOf(row.get(field));
  if (value === undefined) return undefined;
  // Dividing keeps 7 % at 0.07, where multiplying by 0.01 does not.
  return factor < 1 ? value / Math.round(1 / factor) : value * factor;
}

import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_ERROR_TYPE,
  ATTR_GPU_CLOCK_DOMAIN,
  ATTR_GPU_REMAP_CAUSE,
  ATTR_GPU_THROTTLE_REASON,
  ATTR_HW_GPU_TASK,
  ATTR_HW_LIMIT_TYPE,
  ATTR_HW_SENSOR_LOCATION,
  ATTR_HW_STATE,
  ATTR_HW_TYPE,
  ATTR_NETWORK_IO_DIRECTION,
  type AttributeRow,
  METRIC_GPU_CLOCK,
  METRIC_GPU_GRAPHICS_UTILIZATION,
  METRIC_GPU_INFO,
  METRIC_GPU_MEMORY_BANDWIDTH_UTILIZATION,
  METRIC_GPU_MEMORY_CONTROLLER_UTILIZATION,
  METRIC_GPU_MEMORY_RESERVED,
  METRIC_GPU_NVLINK_IO,
  METRIC_GPU_PCIE_IO,
  METRIC_GPU_PCIE_LINK_GENERATION,
  METRIC_GPU_PCIE_LINK_WIDTH,
  METRIC_GPU_PERFORMANCE_STATE,
  METRIC_GPU_POWER_LIMIT,
  METRIC_GPU_RECOVERY_ACTION,
  METRIC_GPU_REMAPPED_ROW_COUNT,
  METRIC_GPU_SM_OCCUPANCY,
  METRIC_GPU_SM_UTILIZATION,
  METRIC_GPU_TEMPERATURE_MARGIN,
  METRIC_GPU_TENSOR_UTILIZATION,
  METRIC_GPU_THROTTLE_ACTIVE,
  METRIC_GPU_THROTTLE_TIME,
  METRIC_HW_ENERGY,
  METRIC_HW_ERRORS,
  METRIC_HW_FAN_SPEED,
  METRIC_HW_FAN_SPEED_RATIO,
  METRIC_HW_GPU_IO,
  METRIC_HW_GPU_MEMORY_LIMIT,
  METRIC_HW_GPU_MEMORY_USAGE,
  METRIC_HW_GPU_MEMORY_UTILIZATION,
  METRIC_HW_GPU_UTILIZATION,
  METRIC_HW_POWER,
  METRIC_HW_STATUS,
  METRIC_HW_TEMPERATURE,
  METRIC_HW_TEMPERATURE_LIMIT,
  type MetricRow,
} from '@telltale/core';

import { GPU_STATES, type GpuReading, type GpuState, type Traffic } from '../snapshot/reading.ts';
import type { DeviceAttributes, PointGroup } from './device-attributes.ts';

/** Takes one value. A value that is absent is not reported at all. */
export type Report = (row: MetricRow, value: number | undefined, attributes: Attributes) => void;

const GPU: Attributes = { [ATTR_HW_TYPE.name]: 'gpu' };

/** One point a key of a group, with the key as the value of an attribute. */
interface Group extends PointGroup {
  readonly row: MetricRow;
}

const groupOf = (row: MetricRow, attribute: AttributeRow, more: Attributes = {}): Group => ({
  row,
  point: (key) => ({ ...more, [attribute.name]: key }),
});

const TASKS = groupOf(METRIC_HW_GPU_UTILIZATION, ATTR_HW_GPU_TASK);
const PLACES = groupOf(METRIC_HW_TEMPERATURE, ATTR_HW_SENSOR_LOCATION);
const CLOCKS = groupOf(METRIC_GPU_CLOCK, ATTR_GPU_CLOCK_DOMAIN);
const THROTTLED = groupOf(METRIC_GPU_THROTTLE_TIME, ATTR_GPU_THROTTLE_REASON);
const THROTTLING = groupOf(METRIC_GPU_THROTTLE_ACTIVE, ATTR_GPU_THROTTLE_REASON);
const PCIE = groupOf(METRIC_GPU_PCIE_IO, ATTR_NETWORK_IO_DIRECTION);
const NVLINK = groupOf(METRIC_GPU_NVLINK_IO, ATTR_NETWORK_IO_DIRECTION);
const IO = groupOf(METRIC_HW_GPU_IO, ATTR_NETWORK_IO_DIRECTION);
const ERRORS = groupOf(METRIC_HW_ERRORS, ATTR_ERROR_TYPE, GPU);
const REMAPPED = groupOf(METRIC_GPU_REMAPPED_ROW_COUNT, ATTR_GPU_REMAP_CAUSE);
const STATES = groupOf(METRIC_HW_STATUS, ATTR_HW_STATE, GPU);
/** Metrics of the device as a piece of hardware. */
const HARDWARE: PointGroup = { point: () => GPU };
/** Limits by their kind, of which there are few; the key of a point is its place. */
const LIMITS = new Map<string, PointGroup>();

/** All of a device but its processes. */
export function observeReading(
  reading: GpuReading,
  attributes: DeviceAttributes,
  report: Report,
): void {
  const { plain } = attributes;
  const powered = attributes.of(HARDWARE, 'gpu');
  report(METRIC_GPU_INFO, 1, attributes.info);
  observeState(reading.state, attributes, report);
  observeMemory(reading, attributes, report);
  report(METRIC_HW_POWER, reading.powerWatts, powered);
  report(METRIC_HW_ENERGY, reading.energyJoules, powered);
  report(METRIC_GPU_POWER_LIMIT, reading.powerLimitWatts, plain);
  report(METRIC_GPU_PERFORMANCE_STATE, reading.performanceState, plain);
  report(METRIC_HW_FAN_SPEED_RATIO, reading.fanRatio, plain);
  report(METRIC_HW_FAN_SPEED, reading.fanRpm, plain);
  report(METRIC_GPU_TEMPERATURE_MARGIN, reading.temperatureMargin, plain);
  report(METRIC_GPU_PCIE_LINK_GENERATION, reading.pcieLink?.generation, plain);
  report(METRIC_GPU_PCIE_LINK_WIDTH, reading.pcieLink?.width, plain);
  report(METRIC_GPU_RECOVERY_ACTION, reading.recoveryAction, plain);
  observeProfiling(reading, plain, report);
  const target = { attributes, report };
  const group = (values: object | undefined, how: Group): void => observeGroup(values, how, target);
  group(reading.utilization, TASKS);
  group(reading.temperatures, PLACES);
  group(reading.clocksHz, CLOCKS);
  group(reading.throttleSeconds, THROTTLED);
  group(reading.throttleActive, THROTTLING);
  group(reading.pcieBytes, PCIE);
  group(reading.nvlinkBytes, NVLINK);
  group(allTraffic(reading), IO);
  group(reading.errors, ERRORS);
  group(reading.remappedRows, REMAPPED);
  observeLimits(reading, attributes, report);
}

function observeGroup(
  group: object | undefined,
  how: Group,
  { attributes, report }: { readonly attributes: DeviceAttributes; readonly report: Report },
): void {
  const values = group as Readonly<Record<string, number | boolean | undefined>> | undefined;
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) report(how.row, Number(value), attributes.of(how, key));
  }
}

/** All states each time, one of them 1. */
export function observeState(state: GpuState, attributes: DeviceAttributes, report: Report): void {
  for (const one of GPU_STATES) {
    report(METRIC_HW_STATUS, one === state ? 1 : 0, attributes.of(STATES, one));
  }
}

function observeMemory(
  { memory = {}, controllerUtilization }: GpuReading,
  { plain }: DeviceAttributes,
  report: Report,
): void {
  const { limitBytes, usedBytes, reservedBytes } = memory;
  report(METRIC_HW_GPU_MEMORY_LIMIT, limitBytes, plain);
  report(METRIC_HW_GPU_MEMORY_USAGE, usedBytes, plain);
  report(METRIC_GPU_MEMORY_RESERVED, reservedBytes, plain);
  if (usedBytes !== undefined && limitBytes !== undefined && limitBytes > 0) {
    report(METRIC_HW_GPU_MEMORY_UTILIZATION, usedBytes / limitBytes, plain);
  }
  report(METRIC_GPU_MEMORY_CONTROLLER_UTILIZATION, controllerUtilization, plain);
}

function observeProfiling({ profiling }: GpuReading, plain: Attributes, report: Report): void {
  if (profiling === undefined) return;
  report(METRIC_GPU_GRAPHICS_UTILIZATION, profiling.graphics, plain);
  report(METRIC_GPU_SM_UTILIZATION, profiling.sm, plain);
  report(METRIC_GPU_SM_OCCUPANCY, profiling.occupancy, plain);
  report(METRIC_GPU_TENSOR_UTILIZATION, profiling.tensor, plain);
  report(METRIC_GPU_MEMORY_BANDWIDTH_UTILIZATION, profiling.memoryBandwidth, plain);
}

function observeLimits(
  { temperatureLimits = [] }: GpuReading,
  attributes: DeviceAttributes,
  report: Report,
): void {
  for (const { location, type, celsius } of temperatureLimits) {
    report(METRIC_HW_TEMPERATURE_LIMIT, celsius, attributes.of(limitsOf(type), location));
  }
}

function limitsOf(type: string): PointGroup {
  const known = LIMITS.get(type);
  if (known !== undefined) return known;
  const made: PointGroup = {
    point: (location) => ({
      [ATTR_HW_SENSOR_LOCATION.name]: location,
      [ATTR_HW_LIMIT_TYPE.name]: type,
    }),
  };
  LIMITS.set(type, made);
  return made;
}

/** PCIe and NVLink together; a direction that neither has is absent. */
function allTraffic({ pcieBytes, nvlinkBytes }: GpuReading): Traffic | undefined {
  if (pcieBytes === undefined && nvlinkBytes === undefined) return undefined;
  const sum = (direction: keyof Traffic): number | undefined => {
    const pcie = pcieBytes?.[direction];
    const nvlink = nvlinkBytes?.[direction];
    return pcie === undefined ? nvlink : pcie + (nvlink ?? 0);
  };
  const transmit = sum('transmit');
  const receive = sum('receive');
  return {
    ...(transmit === undefined ? {} : { transmit }),
    ...(receive === undefined ? {} : { receive }),
  };
}

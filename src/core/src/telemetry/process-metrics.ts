import {
  ATTR_CONTAINER_PRESSURE_KIND,
  ATTR_CONTAINER_RESOURCE,
  ATTR_CONTEXT_SWITCH_TYPE,
  ATTR_CPU_MODE,
  ATTR_DISK_IO_DIRECTION,
  ATTR_PAGING_FAULT_TYPE,
} from './attributes/process.ts';
import type { MetricRow } from './rows.ts';

export const METRIC_PROCESS_CPU_TIME: MetricRow = {
  name: 'process.cpu.time',
  instrument: 'counter',
  isObservable: true,
  unit: 's',
  description: 'CPU time the process used',
  attributes: [ATTR_CPU_MODE],
  stability: 'development',
};

export const METRIC_PROCESS_CPU_UTILIZATION: MetricRow = {
  name: 'process.cpu.utilization',
  instrument: 'gauge',
  isObservable: true,
  unit: '1',
  description: 'Share of the available CPUs the process used since the last collection',
  attributes: [ATTR_CPU_MODE],
  stability: 'development',
};

export const METRIC_PROCESS_MEMORY_USAGE: MetricRow = {
  name: 'process.memory.usage',
  instrument: 'updowncounter',
  isObservable: true,
  unit: 'By',
  description: 'Resident memory',
  attributes: [],
  stability: 'development',
};

export const METRIC_PROCESS_MEMORY_VIRTUAL: MetricRow = {
  name: 'process.memory.virtual',
  instrument: 'updowncounter',
  isObservable: true,
  unit: 'By',
  description: 'Virtual memory',
  attributes: [],
  stability: 'development',
};

export const METRIC_PROCESS_THREAD_COUNT: MetricRow = {
  name: 'process.thread.count',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{thread}',
  description: 'Threads of the process',
  attributes: [],
  stability: 'development',
};

export const METRIC_PROCESS_UNIX_FILE_DESCRIPTOR_COUNT: MetricRow = {
  name: 'process.unix.file_descriptor.count',
  instrument: 'updowncounter',
  isObservable: true,
  unit: '{file_descriptor}',
  description: 'Open file descriptors',
  attributes: [],
  stability: 'development',
};

export const METRIC_PROCESS_CONTEXT_SWITCHES: MetricRow = {
  name: 'process.context_switches',
  instrument: 'counter',
  isObservable: true,
  unit: '{context_switch}',
  description: 'Context switches',
  attributes: [ATTR_CONTEXT_SWITCH_TYPE],
  stability: 'development',
};

export const METRIC_PROCESS_PAGING_FAULTS: MetricRow = {
  name: 'process.paging.faults',
  instrument: 'counter',
  isObservable: true,
  unit: '{fault}',
  description: 'Page faults',
  attributes: [ATTR_PAGING_FAULT_TYPE],
  stability: 'development',
};

export const METRIC_PROCESS_DISK_IO: MetricRow = {
  name: 'process.disk.io',
  instrument: 'counter',
  isObservable: true,
  unit: 'By',
  description: 'Bytes that went to and came from storage',
  attributes: [ATTR_DISK_IO_DIRECTION],
  stability: 'development',
};

export const METRIC_PROCESS_UPTIME: MetricRow = {
  name: 'process.uptime',
  instrument: 'gauge',
  isObservable: true,
  unit: 's',
  description: 'Time since the process started',
  attributes: [],
  stability: 'development',
};

export const METRIC_CONTAINER_CPU_TIME: MetricRow = {
  name: 'container.cpu.time',
  instrument: 'counter',
  isObservable: true,
  unit: 's',
  description: 'CPU time the control group used',
  attributes: [],
  stability: 'development',
};

export const METRIC_CONTAINER_CPU_THROTTLE_TIME: MetricRow = {
  name: 'ml.container.cpu.throttle.time',
  instrument: 'counter',
  isObservable: true,
  unit: 's',
  description: 'Time in which the quota held the control group back',
  attributes: [],
  stability: 'development',
};

export const METRIC_CONTAINER_CPU_LIMIT: MetricRow = {
  name: 'ml.container.cpu.limit',
  instrument: 'gauge',
  isObservable: true,
  unit: '{cpu}',
  description: 'CPUs that the quota allows; absent without a quota',
  attributes: [],
  stability: 'development',
};

export const METRIC_CONTAINER_MEMORY_USAGE: MetricRow = {
  name: 'container.memory.usage',
  instrument: 'updowncounter',
  isObservable: true,
  unit: 'By',
  description: 'Memory the control group uses',
  attributes: [],
  stability: 'development',
};

export const METRIC_CONTAINER_MEMORY_AVAILABLE: MetricRow = {
  name: 'container.memory.available',
  instrument: 'updowncounter',
  isObservable: true,
  unit: 'By',
  description: 'Memory left below the limit; absent without a limit',
  attributes: [],
  stability: 'development',
};

export const METRIC_CONTAINER_PRESSURE_TIME: MetricRow = {
  name: 'ml.container.pressure.time',
  instrument: 'counter',
  isObservable: true,
  unit: 's',
  description: 'Time in which tasks of the control group waited for a resource',
  attributes: [ATTR_CONTAINER_RESOURCE, ATTR_CONTAINER_PRESSURE_KIND],
  stability: 'development',
};

/** Metrics of the process and of its control group. */
export const PROCESS_METRICS: readonly MetricRow[] = [
  METRIC_PROCESS_CPU_TIME,
  METRIC_PROCESS_CPU_UTILIZATION,
  METRIC_PROCESS_MEMORY_USAGE,
  METRIC_PROCESS_MEMORY_VIRTUAL,
  METRIC_PROCESS_THREAD_COUNT,
  METRIC_PROCESS_UNIX_FILE_DESCRIPTOR_COUNT,
  METRIC_PROCESS_CONTEXT_SWITCHES,
  METRIC_PROCESS_PAGING_FAULTS,
  METRIC_PROCESS_DISK_IO,
  METRIC_PROCESS_UPTIME,
  METRIC_CONTAINER_CPU_TIME,
  METRIC_CONTAINER_CPU_THROTTLE_TIME,
  METRIC_CONTAINER_CPU_LIMIT,
  METRIC_CONTAINER_MEMORY_USAGE,
  METRIC_CONTAINER_MEMORY_AVAILABLE,
  METRIC_CONTAINER_PRESSURE_TIME,
];

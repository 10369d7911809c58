import type { AttributeRow } from '../rows.ts';

export const ATTR_CPU_MODE: AttributeRow = {
  name: 'cpu.mode',
  type: 'string',
  description: 'Kind of CPU time',
  values: ['user', 'system'],
  stability: 'development',
};

export const ATTR_CONTEXT_SWITCH_TYPE: AttributeRow = {
  name: 'process.context_switch.type',
  type: 'string',
  description: 'Whether the process gave the CPU up or was taken off it',
  values: ['voluntary', 'involuntary'],
  stability: 'development',
};

export const ATTR_PAGING_FAULT_TYPE: AttributeRow = {
  name: 'system.paging.fault.type',
  type: 'string',
  description: 'Page fault with or without a read from storage',
  values: ['major', 'minor'],
  stability: 'development',
};

export const ATTR_DISK_IO_DIRECTION: AttributeRow = {
  name: 'disk.io.direction',
  type: 'string',
  description: 'Direction of storage traffic',
  values: ['read', 'write'],
  stability: 'development',
};

export const ATTR_CONTAINER_RESOURCE: AttributeRow = {
  name: 'ml.container.resource',
  type: 'string',
  description: 'Resource that tasks of the control group waited for',
  values: ['cpu', 'memory', 'io'],
  stability: 'development',
};

export const ATTR_CONTAINER_PRESSURE_KIND: AttributeRow = {
  name: 'ml.container.pressure.kind',
  type: 'string',
  description: 'Whether some or all tasks waited',
  values: ['some', 'full'],
  stability: 'development',
};

export const PROCESS_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_CPU_MODE,
  ATTR_CONTEXT_SWITCH_TYPE,
  ATTR_PAGING_FAULT_TYPE,
  ATTR_DISK_IO_DIRECTION,
  ATTR_CONTAINER_RESOURCE,
  ATTR_CONTAINER_PRESSURE_KIND,
];

import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_HW_GPU_TASK,
  ATTR_PROCESS_PID,
  METRIC_GPU_PROCESS_COUNT,
  METRIC_GPU_PROCESS_MEMORY_USAGE,
  METRIC_GPU_PROCESS_UTILIZATION,
} from '@telltale/core';

import type { GpuProcess, GpuReading, TaskShares } from '../snapshot/reading.ts';
import type { DeviceAttributes, PointGroup } from './device-attributes.ts';
import type { Report } from './observe-reading.ts';

const TASKS = ['general', 'encoder', 'decoder'] as const;
const SHARES: PointGroup = { point: (task) => ({ [ATTR_HW_GPU_TASK.name]: task }) };

/**
 * Processes of a device. Pids are reported only where all processes were asked for: each new pid is a
 * series that observable instruments never forget.
 */
export function observeProcesses(
  reading: GpuReading,
  attributes: DeviceAttributes,
  { report, hasPids }: { readonly report: Report; readonly hasPids: boolean },
): void {
  report(METRIC_GPU_PROCESS_COUNT, reading.processCount, attributes.plain);
  for (const process of reading.processes ?? []) {
    const pid: Attributes = hasPids ? { [ATTR_PROCESS_PID.name]: process.pid } : {};
    // Not kept: pids come and go, and the SDK keeps what it needs.
    const plain = hasPids ? { ...attributes.plain, ...pid } : attributes.plain;
    report(METRIC_GPU_PROCESS_MEMORY_USAGE, process.memoryBytes, plain);
    const pointOf = (task: string): Attributes =>
      hasPids ? { ...plain, [ATTR_HW_GPU_TASK.name]: task } : attributes.of(SHARES, task);
    observeShares(process, pointOf, report);
  }
}

function observeShares(
  { utilization }: GpuProcess,
  pointOf: (task: string) => Attributes,
  report: Report,
): void {
  if (utilization === undefined) return;
  for (const task of TASKS) {
    const share: number | undefined = (utilization as TaskShares)[task];
    if (share === undefined) continue;
    report(METRIC_GPU_PROCESS_UTILIZATION, share, pointOf(task));
  }
}

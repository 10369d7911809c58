import { isMainThread } from 'node:worker_threads';

import { sharedState } from '@telltale/core';
import { GpuInstrumentation, type GpuInstrumentationConfig } from '@telltale/instrumentation-gpu';

import type { Config } from '../config.ts';
import { wantsEvents } from '../events/wanted.ts';

/** The one that watches the GPUs of this process, if it is wanted; at most one a process. */
export function gpuInstrumentations(config: Config): readonly GpuInstrumentation[] {
  const isWanted = config.list('instrumentations').includes('gpu');
  // The main thread reads for the threads of the application too: they see the same devices.
  if (!isMainThread || !isWanted || config.text('gpu.enabled') === 'false') return [];
  return sharedState('telltale.gpu', () => [new GpuInstrumentation(gpuConfig(config))]);
}

/** What the options mean to the instrumentation. */
export function gpuConfig(config: Config): GpuInstrumentationConfig {
  const devices = config.list('gpu.devices');
  const library = config.text('gpu.nvml_library');
  const text = <K extends keyof GpuInstrumentationConfig>(
    key: string,
  ): NonNullable<GpuInstrumentationConfig[K]> =>
    config.text(`gpu.${key}`) as NonNullable<GpuInstrumentationConfig[K]>;
  return {
    presence: config.text('gpu.enabled') === 'true' ? 'required' : 'auto',
    reader: text<'reader'>('reader'),
    mode: text<'mode'>('mode'),
    intervalMs: config.number('gpu.interval_ms') ?? 1_000,
    processes: text<'processes'>('processes'),
    gpm: text<'gpm'>('gpm'),
    energy: text<'energy'>('energy'),
    sysfsRoot: config.text('gpu.sysfs_root') ?? '/',
    wantsEvents,
    ...(devices.length === 0 ? {} : { devices }),
    ...(library === undefined ? {} : { nvmlLibrary: library }),
  };
}

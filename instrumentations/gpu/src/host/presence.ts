import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { SamplerOptions } from '../worker/options.ts';

/** Device files and folders of drivers, and where a driver puts its library. */
const TRACES: readonly string[] = [
  'dev/nvidiactl',
  'dev/dxg',
  'proc/driver/nvidia',
  'sys/module/nvidia',
  'sys/class/drm/card0',
  'sys/class/drm/card1',
  'usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1',
  'usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1',
  'usr/lib64/libnvidia-ml.so.1',
  'usr/lib/libnvidia-ml.so.1',
  'usr/local/nvidia/lib64/libnvidia-ml.so.1',
];

/**
 * Whether a look at GPUs is worth a thread. A few calls of `access`, so that a machine without a GPU
 * pays nothing else.
 */
export function mayHaveGpu(options: SamplerOptions, platform: string): boolean {
  const isAsked = options.reader !== 'auto' || options.nvmlLibrary !== undefined;
  if (isAsked || platform === 'win32') return true;
  return TRACES.some((path) => existsSync(join(options.sysfsRoot, path)));
}

import type { GpuInstrumentationConfig } from '../types.ts';
import type { SamplerOptions } from '../worker/options.ts';

const INTERVAL_MS_DEFAULT = 1_000;
const INTERVAL_MS_MIN = 200;

/** The options of the sampler that a configuration means. */
export function samplerOptions(
  config: GpuInstrumentationConfig,
  places: readonly string[],
): SamplerOptions {
  return {
    reader: config.reader ?? 'auto',
    intervalMs: Math.max(INTERVAL_MS_MIN, config.intervalMs ?? INTERVAL_MS_DEFAULT),
    devices: config.devices,
    nvmlLibrary: config.nvmlLibrary,
    processes: config.processes ?? 'self',
    gpm: config.gpm !== 'off',
    sysfsRoot: config.sysfsRoot ?? '/',
    places,
    pid: process.pid,
  };
}

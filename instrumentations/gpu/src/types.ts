import type { InstrumentationConfig } from '@opentelemetry/instrumentation';

import type { ReaderName } from './snapshot/reading.ts';

export interface GpuInstrumentationConfig extends InstrumentationConfig {
  /** `required`: a machine without a GPU is worth a warning. Default `auto`: it is silent. */
  readonly presence?: 'auto' | 'required';
  /** Where values come from. Default `auto`: NVML, else nvidia-smi; amdgpu and intel beside it. */
  readonly reader?: 'auto' | ReaderName;
  /**
   * `worker`: a thread of this process reads (the default). `sidecar`: another process does, so this
   * one reads nothing. `inline`: the calling thread reads at each collection; for tests and tools.
   */
  readonly mode?: 'worker' | 'sidecar' | 'inline';
  /** Milliseconds between readings, at least 200: drivers take their own samples no faster. Default 1000. */
  readonly intervalMs?: number;
  /** UUIDs or indices of the devices to read. Default: all. */
  readonly devices?: readonly string[];
  /** Path of NVML, tried before the usual ones. */
  readonly nvmlLibrary?: string;
  /** Whose use of the devices is reported. `all` adds the attribute `process.pid`. Default `self`. */
  readonly processes?: 'self' | 'all' | 'none';
  /** Profiling counters of Hopper and later. Default `auto`: where the device has them. */
  readonly gpm?: 'auto' | 'off';
  /** `per_inference` records `ml.inference.energy`. Default `off`. */
  readonly energy?: 'off' | 'per_inference';
  /** Folder in front of `/sys`, `/proc` and `/dev`. Default `/`. */
  readonly sysfsRoot?: string;
  /** Whether events of a kind go anywhere. Default: all do. */
  readonly wantsEvents?: (type: 'ALERT') => boolean;
}

import type { OptionRow } from '@telltale/core';

const INTERVAL_MS_MIN = 200;
const INTERVAL_MS_MAX = 600_000;

/** Options of the readings of GPUs. */
export const GPU_OPTIONS: readonly OptionRow[] = [
  {
    key: 'gpu.enabled',
    env: 'TELLTALE_GPU_ENABLED',
    type: 'enum',
    values: ['auto', 'true', 'false'],
    default: 'auto',
    description: 'auto: silent on a machine without a GPU; true: that is an error line',
  },
  {
    key: 'gpu.reader',
    env: 'TELLTALE_GPU_READER',
    type: 'enum',
    values: ['auto', 'nvml', 'nvidia-smi', 'amdgpu', 'intel'],
    default: 'auto',
    description:
      'Where values come from; auto: NVML, else nvidia-smi, and the kernel for AMD and Intel',
  },
  {
    key: 'gpu.mode',
    env: 'TELLTALE_GPU_MODE',
    type: 'enum',
    values: ['worker', 'sidecar', 'inline'],
    default: 'worker',
    description:
      'worker: a thread of this process reads; sidecar: `telltale gpu serve` does, this process does not; inline: at each collection, for tests',
  },
  {
    key: 'gpu.interval_ms',
    env: 'TELLTALE_GPU_INTERVAL_MS',
    type: 'integer',
    min: INTERVAL_MS_MIN,
    max: INTERVAL_MS_MAX,
    default: '1000',
    description: 'Milliseconds between readings',
  },
  {
    key: 'gpu.devices',
    env: 'TELLTALE_GPU_DEVICES',
    type: 'list',
    description: 'UUIDs or indices of the GPUs to read; default: all',
  },
  {
    key: 'gpu.nvml_library',
    env: 'TELLTALE_GPU_NVML_LIBRARY',
    type: 'string',
    description: 'Path of the NVML library, tried before the usual ones',
  },
  {
    key: 'gpu.processes',
    env: 'TELLTALE_GPU_PROCESSES',
    type: 'enum',
    values: ['self', 'all', 'none'],
    default: 'self',
    description: 'Whose use of GPUs is reported; all adds the attribute `process.pid`',
  },
  {
    key: 'gpu.gpm',
    env: 'TELLTALE_GPU_GPM',
    type: 'enum',
    values: ['auto', 'off'],
    default: 'auto',
    description: 'Profiling counters of Hopper and later',
  },
  {
    key: 'gpu.energy',
    env: 'TELLTALE_GPU_ENERGY',
    type: 'enum',
    values: ['off', 'per_inference'],
    default: 'off',
    description: 'per_inference: record the energy of each run as `ml.inference.energy`',
  },
  {
    key: 'gpu.sysfs_root',
    env: 'TELLTALE_GPU_SYSFS_ROOT',
    type: 'string',
    default: '/',
    description: "Folder in front of /sys, /proc and /dev, for a container that mounts the host's",
  },
];

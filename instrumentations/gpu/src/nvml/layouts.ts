/**
 * Sizes and offsets of NVML's structs on 64-bit machines, in bytes. A C program that writes the same
 * structs by hand is compared with this table in a test.
 */
export interface StructLayout {
  readonly size: number;
  readonly fields: Readonly<Record<string, number>>;
}

const layout = <F extends Readonly<Record<string, number>>>(
  size: number,
  fields: F,
): { readonly size: number; readonly fields: F } => ({ size, fields });

export const UTILIZATION: Layout<'gpu' | 'memory'> = layout(8, { gpu: 0, memory: 4 });

export const MEMORY_V2: Layout<'version' | 'total' | 'reserved' | 'free' | 'used'> = layout(40, {
  version: 0,
  total: 8,
  reserved: 16,
  free: 24,
  used: 32,
});

export const MEMORY: Layout<'total' | 'free' | 'used'> = layout(24, {
  total: 0,
  free: 8,
  used: 16,
});

export const TEMPERATURE: Layout<'version' | 'sensorType' | 'temperature'> = layout(12, {
  version: 0,
  sensorType: 4,
  temperature: 8,
});

export const MARGIN_TEMPERATURE: Layout<'version' | 'marginTemperature'> = layout(8, {
  version: 0,
  marginTemperature: 4,
});

export const PCI_INFO: Layout<'busIdLegacy' | 'domain' | 'bus' | 'device' | 'busId'> = layout(68, {
  busIdLegacy: 0,
  domain: 16,
  bus: 20,
  device: 24,
  busId: 36,
});

export const PROCESS_INFO: Layout<'pid' | 'usedGpuMemory' | 'gpuInstanceId' | 'computeInstanceId'> =
  layout(24, { pid: 0, usedGpuMemory: 8, gpuInstanceId: 16, computeInstanceId: 20 });

export const PROCESS_SAMPLE: Layout<
  'pid' | 'timeStamp' | 'smUtil' | 'memUtil' | 'encUtil' | 'decUtil'
> = layout(32, { pid: 0, timeStamp: 8, smUtil: 16, memUtil: 20, encUtil: 24, decUtil: 28 });

export const FIELD_VALUE: Layout<
  'fieldId' | 'scopeId' | 'timestamp' | 'latencyUsec' | 'valueType' | 'nvmlReturn' | 'value'
> = layout(40, {
  fieldId: 0,
  scopeId: 4,
  timestamp: 8,
  latencyUsec: 16,
  valueType: 24,
  nvmlReturn: 28,
  value: 32,
});

export const EVENT: Layout<
  'device' | 'eventType' | 'eventData' | 'gpuInstanceId' | 'computeInstanceId'
> = layout(32, {
  device: 0,
  eventType: 8,
  eventData: 16,
  gpuInstanceId: 24,
  computeInstanceId: 28,
});

export const GPM_SUPPORT: Layout<'version' | 'isSupportedDevice'> = layout(8, {
  version: 0,
  isSupportedDevice: 4,
});

export const GPM_METRIC: Layout<'metricId' | 'nvmlReturn' | 'value'> = layout(40, {
  metricId: 0,
  nvmlReturn: 4,
  value: 8,
});

/** The length of the array of metrics grows with releases; only as many as asked for are read. */
export const GPM_METRICS_GET: Layout<'version' | 'numMetrics' | 'sample1' | 'sample2' | 'metrics'> =
  layout(13_344, { version: 0, numMetrics: 4, sample1: 8, sample2: 16, metrics: 24 });

export interface Layout<F extends string> extends StructLayout {
  readonly fields: Readonly<Record<F, number>>;
}

/** NVIDIA's `NVML_STRUCT_VERSION`. */
export const structVersion = ({ size }: StructLayout, version: number): number =>
  ((version << 24) | size) >>> 0;

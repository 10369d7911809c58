export { type WatchedGpus, watchGpus } from './host/watch-gpus.ts';
export { GpuInstrumentation } from './instrumentation.ts';
export type {
  Collection,
  GpuIdentity,
  GpuProcess,
  GpuReading,
  GpuState,
  Note,
  ProfilingShares,
  ReaderCycle,
  ReaderName,
  SensorLocation,
  Snapshot,
  TaskShares,
  TemperatureLimit,
  ThrottleReason,
  Traffic,
  XidEvent,
} from './snapshot/reading.ts';
export type { GpuInstrumentationConfig } from './types.ts';

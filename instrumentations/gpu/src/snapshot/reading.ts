/** Where values come from. */
export type ReaderName = 'nvml' | 'nvidia-smi' | 'amdgpu' | 'intel';

export type GpuState = 'ok' | 'degraded' | 'failed' | 'predicted_failure';

export type ThrottleReason =
  | 'sw_power_cap'
  | 'sync_boost'
  | 'sw_thermal'
  | 'hw_thermal'
  | 'hw_power_brake'
  | 'hw_slowdown';

export type SensorLocation = 'gpu' | 'memory' | 'edge' | 'junction';

/** What does not change while a device stays in the machine. */
export interface GpuIdentity {
  /** `GPU-<uuid>`, `MIG-<uuid>`, AMD's unique id, or a PCI address. */
  readonly id: string;
  /** `gpu0`, or `gpu0/1/0` for a MIG instance. */
  readonly name: string;
  /** The GPU that a MIG instance is a part of. */
  readonly parent?: string;
  readonly vendor: 'NVIDIA' | 'AMD' | 'Intel';
  readonly index: number;
  readonly model?: string;
  readonly serial?: string;
  readonly driverVersion?: string;
  readonly firmwareVersion?: string;
  readonly busId?: string;
  readonly cudaVersion?: string;
  readonly mig?: {
    readonly profile?: string;
    readonly gpuInstance: number;
    readonly computeInstance: number;
  };
}

/** Bytes since the driver was loaded, seen from the GPU. */
export interface Traffic {
  readonly transmit?: number;
  readonly receive?: number;
}

/** Shares from 0 to 1. */
export interface TaskShares {
  readonly general?: number;
  readonly encoder?: number;
  readonly decoder?: number;
}

/** A process that has a compute context on a device. */
export interface GpuProcess {
  readonly pid: number;
  readonly memoryBytes?: number;
  readonly utilization?: TaskShares;
}

/**
 * One device at one time. What a device, a driver or a permission does not give is absent: no field
 * is ever a made-up 0.
 */
export interface GpuReading {
  readonly identity: GpuIdentity;
  readonly state: GpuState;
  readonly utilization?: TaskShares;
  readonly memory?: {
    readonly limitBytes?: number;
    readonly usedBytes?: number;
    readonly reservedBytes?: number;
  };
  readonly controllerUtilization?: number;
  readonly powerWatts?: number;
  readonly powerLimitWatts?: number;
  readonly energyJoules?: number;
  readonly temperatures?: Readonly<Partial<Record<SensorLocation, number>>>;
  readonly temperatureLimits?: readonly TemperatureLimit[];
  readonly temperatureMargin?: number;
  readonly fanRatio?: number;
  readonly fanRpm?: number;
  readonly clocksHz?: Readonly<Partial<Record<'graphics' | 'sm' | 'memory' | 'video', number>>>;
  readonly performanceState?: number;
  readonly throttleSeconds?: Readonly<Partial<Record<ThrottleReason, number>>>;
  readonly throttleActive?: Readonly<Partial<Record<ThrottleReason, boolean>>>;
  readonly pcieBytes?: Traffic;
  readonly nvlinkBytes?: Traffic;
  readonly pcieLink?: { readonly generation?: number; readonly width?: number };
  /** Counts by `error.type`. */
  readonly errors?: Readonly<Record<string, number>>;
  readonly remappedRows?: { readonly corrected?: number; readonly uncorrected?: number };
  readonly recoveryAction?: number;
  readonly profiling?: ProfilingShares;
  /** Processes with a compute context; 0 is a number, absent is unknown. */
  readonly processCount?: number;
  /** Absent where processes are not asked for or cannot be listed. */
  readonly processes?: readonly GpuProcess[];
}

export interface TemperatureLimit {
  readonly location: SensorLocation;
  readonly type: 'high.degraded' | 'high.critical';
  readonly celsius: number;
}

/** Shares from 0 to 1 of the profiling counters (GPM), over the time since the last reading. */
export interface ProfilingShares {
  readonly graphics?: number;
  readonly sm?: number;
  readonly occupancy?: number;
  readonly tensor?: number;
  readonly memoryBandwidth?: number;
}

/** An error that the NVIDIA driver reported. */
export interface XidEvent {
  readonly id: string;
  readonly name: string;
  readonly code: number;
}

/** A line for the operator. */
export interface Note {
  readonly level: 'debug' | 'info' | 'warn';
  readonly text: string;
}

/** What one reader found in one cycle. */
export interface Collection {
  readonly gpus: readonly GpuReading[];
  readonly events: readonly XidEvent[];
  readonly notes: readonly Note[];
  /** Values that were dropped because they cannot be true. */
  readonly implausible: number;
  /** Why the cycle failed; absent when it did not. */
  readonly errorType?: string;
}

export interface ReaderCycle {
  readonly reader: ReaderName;
  readonly seconds: number;
  readonly errorType?: string;
}

/** What the worker posts after each cycle. */
export interface Snapshot {
  /** `process.hrtime` in microseconds: one clock for all threads. */
  readonly takenAtUs: number;
  readonly cycles: readonly ReaderCycle[];
  readonly gpus: readonly GpuReading[];
  readonly events: readonly XidEvent[];
  readonly notes: readonly Note[];
  readonly implausible: number;
}

export const GPU_STATES: readonly GpuState[] = ['ok', 'degraded', 'failed', 'predicted_failure'];

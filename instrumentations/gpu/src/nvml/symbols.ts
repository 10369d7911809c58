/**
 * Arguments by letter: `h` device, instance or set handle, `p` memory, `u` unsigned 32 bit, `i`
 * signed 32 bit, `U` unsigned 64 bit. All functions return an int.
 */
export const SYMBOLS = {
  nvmlInitWithFlags: 'u',
  nvmlInit_v2: '',
  nvmlShutdown: '',
  nvmlSystemGetDriverVersion: 'pu',
  nvmlSystemGetCudaDriverVersion: 'p',
  nvmlDeviceGetCount_v2: 'p',
  nvmlDeviceGetHandleByIndex_v2: 'up',
  nvmlDeviceGetName: 'hpu',
  nvmlDeviceGetUUID: 'hpu',
  nvmlDeviceGetSerial: 'hpu',
  nvmlDeviceGetVbiosVersion: 'hpu',
  nvmlDeviceGetPciInfo_v3: 'hp',
  nvmlDeviceGetUtilizationRates: 'hp',
  nvmlDeviceGetEncoderUtilization: 'hpp',
  nvmlDeviceGetDecoderUtilization: 'hpp',
  nvmlDeviceGetPerformanceState: 'hp',
  nvmlDeviceGetClockInfo: 'hip',
  nvmlDeviceGetMemoryInfo_v2: 'hp',
  nvmlDeviceGetMemoryInfo: 'hp',
  nvmlDeviceGetPowerUsage: 'hp',
  nvmlDeviceGetEnforcedPowerLimit: 'hp',
  nvmlDeviceGetTotalEnergyConsumption: 'hp',
  nvmlDeviceGetTemperatureV: 'hp',
  nvmlDeviceGetTemperature: 'hip',
  nvmlDeviceGetTemperatureThreshold: 'hip',
  nvmlDeviceGetMarginTemperature: 'hp',
  nvmlDeviceGetFanSpeed: 'hp',
  nvmlDeviceGetCurrentClocksEventReasons: 'hp',
  nvmlDeviceGetCurrentClocksThrottleReasons: 'hp',
  nvmlDeviceGetTotalEccErrors: 'hiip',
  nvmlDeviceGetPcieReplayCounter: 'hp',
  nvmlDeviceGetRemappedRows: 'hpppp',
  nvmlDeviceGetCurrPcieLinkGeneration: 'hp',
  nvmlDeviceGetCurrPcieLinkWidth: 'hp',
  nvmlDeviceGetFieldValues: 'hip',
  nvmlDeviceGetComputeRunningProcesses_v3: 'hpp',
  nvmlDeviceGetProcessUtilization: 'hppU',
  nvmlDeviceGetMigMode: 'hpp',
  nvmlDeviceGetMaxMigDeviceCount: 'hp',
  nvmlDeviceGetMigDeviceHandleByIndex: 'hup',
  nvmlDeviceGetGpuInstanceId: 'hp',
  nvmlDeviceGetComputeInstanceId: 'hp',
  nvmlEventSetCreate: 'p',
  nvmlDeviceGetSupportedEventTypes: 'hp',
  nvmlDeviceRegisterEvents: 'hUh',
  nvmlEventSetWait_v2: 'hpu',
  nvmlEventSetFree: 'h',
  nvmlGpmQueryDeviceSupport: 'hp',
  nvmlGpmSampleAlloc: 'p',
  nvmlGpmSampleFree: 'h',
  nvmlGpmSampleGet: 'hh',
  nvmlGpmMigSampleGet: 'huh',
  nvmlGpmMetricsGet: 'p',
} as const;

export type SymbolName = keyof typeof SYMBOLS;

/** Groups that are used only when every function of them is there. */
export const EVENT_GROUP: readonly SymbolName[] = [
  'nvmlEventSetCreate',
  'nvmlDeviceGetSupportedEventTypes',
  'nvmlDeviceRegisterEvents',
  'nvmlEventSetWait_v2',
  'nvmlEventSetFree',
];

export const GPM_GROUP: readonly SymbolName[] = [
  'nvmlGpmQueryDeviceSupport',
  'nvmlGpmSampleAlloc',
  'nvmlGpmSampleFree',
  'nvmlGpmSampleGet',
  'nvmlGpmMetricsGet',
];

/** What the reader does about a return code of NVML other than 0. */
export type CodeAction =
  /** This device never has it: do not ask again. */
  | 'drop'
  /** Not allowed: do not ask again, and tell once. */
  | 'deny'
  /** Nothing there now. */
  | 'empty'
  /** The buffer was too small. */
  | 'grow'
  /** The driver must be initialised again. */
  | 'restart'
  /** The device is lost or must be reset; the others go on. */
  | 'lost'
  /** A part of the device is corrupt. */
  | 'corrupt'
  /** The devices must be listed again. */
  | 'enumerate'
  /** An older struct or another function may work. */
  | 'fallback'
  /** Try again in the next cycle. */
  | 'retry';

export const OK = 0;
export const NOT_SUPPORTED = 3;
export const INSUFFICIENT_SIZE = 7;
export const TIMEOUT = 10;
export const UNKNOWN = 999;

const ACTIONS: Readonly<Record<number, CodeAction>> = {
  1: 'restart', // uninitialised
  2: 'drop', // invalid argument
  3: 'drop', // not supported
  4: 'deny', // no permission
  6: 'empty', // not found
  7: 'grow', // insufficient size
  9: 'restart', // driver not loaded
  10: 'retry', // timeout
  11: 'corrupt', // interrupt issue
  12: 'restart', // library not found
  13: 'fallback', // function not found
  14: 'corrupt', // corrupt infoROM
  15: 'lost', // GPU lost
  16: 'lost', // reset required
  17: 'deny', // blocked by the operating system
  18: 'restart', // library and driver differ: the driver was upgraded
  25: 'fallback', // struct version
  26: 'drop', // deprecated
  27: 'retry', // not ready
  28: 'enumerate', // GPU not found
};

export const actionOf = (code: number): CodeAction => ACTIONS[code] ?? 'retry';

const NAMES: Readonly<Record<number, string>> = {
  1: 'uninitialized',
  9: 'driver_not_loaded',
  12: 'library_not_found',
  15: 'gpu_lost',
  16: 'reset_required',
  18: 'library_driver_mismatch',
  28: 'gpu_not_found',
};

/** `error.type` of a failed collection. */
export const errorTypeOf = (code: number): string => NAMES[code] ?? `nvml_${code}`;

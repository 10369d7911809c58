const BRAND = Symbol.for('@telltale/core.error');

/** One problem in configuration: where it is and what to do about it. */
export interface Problem {
  /** Dotted path of the key, or the name of the environment variable. */
  readonly path: string;
  readonly message: string;
  /** 1-based position in the file, when there is a file. */
  readonly line?: number;
  readonly column?: number;
}

export type TelltaleErrorCode = 'CONFIG_INVALID' | 'CONFIG_UNREADABLE' | 'MODEL_HEADER_INVALID';

/** What each code means, in a sentence for the documentation. */
export const ERROR_CODES: Readonly<Record<TelltaleErrorCode, string>> = {
  CONFIG_INVALID: 'The configuration has problems; every one is listed',
  CONFIG_UNREADABLE: 'The configuration file cannot be read',
  MODEL_HEADER_INVALID: 'The bytes are not an ONNX model',
};

/**
 * The error class of the libraries. Recognise it with `isTelltaleError`, not `instanceof`: the ESM
 * and the CommonJS copy may both be loaded.
 */
export class TelltaleError extends Error {
  readonly code: TelltaleErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: TelltaleErrorCode, message: string, options: TelltaleErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TelltaleError';
    this.code = code;
    this.problems = options.problems ?? [];
    Object.defineProperty(this, BRAND, { value: true });
  }
}

export interface TelltaleErrorOptions {
  readonly cause?: unknown;
  readonly problems?: readonly Problem[];
}

export function isTelltaleError(value: unknown): value is TelltaleError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/**
 * - `OTLP_MALFORMED`: the bytes are no OTLP message; sending them again cannot help.
 * - `OTLP_TOO_LARGE`: the message holds more than one request may.
 */
export type OtlpErrorCode = 'OTLP_MALFORMED' | 'OTLP_TOO_LARGE';

const BRAND = Symbol.for('@telltale/collector.otlp-error');

/** A request that is refused as a whole. Nothing of it was applied. */
export class OtlpError extends Error {
  readonly code: OtlpErrorCode;

  constructor(code: OtlpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OtlpError';
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

export function isOtlpError(value: unknown): value is OtlpError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

export function malformed(what: string, offset: number): OtlpError {
  return new OtlpError('OTLP_MALFORMED', `Cannot read OTLP at byte ${offset}: ${what}`);
}

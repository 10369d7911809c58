export type StatisticsErrorCode = 'BIN_MISMATCH' | 'SCALE_INVALID';

/** A misuse that a caller's code has to mend. Data never causes one. */
export class StatisticsError extends Error {
  readonly code: StatisticsErrorCode;

  constructor(code: StatisticsErrorCode, message: string) {
    super(message);
    this.name = 'StatisticsError';
    this.code = code;
  }
}

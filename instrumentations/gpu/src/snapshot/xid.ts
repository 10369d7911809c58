/** Codes after which a device needs a reset or the machine a restart. */
const RESET_CODES: readonly number[] = [48, 62, 64, 74, 79, 95, 119, 120];
/** The device fell off the bus. */
const LOST_CODE = 79;
const CODE_MAX = 255;
const RECENT_US = 5 * 60 * 1e6;

/** `error.type` of a code. Unknown large codes share one, so that series stay few. */
const xidErrorType = (code: number): string =>
  Number.isInteger(code) && code >= 0 && code <= CODE_MAX ? `xid.${code}` : 'xid.other';

export const isResetCode = (code: number): boolean => RESET_CODES.includes(code);

/** The driver errors of one device. */
export class XidHistory {
  readonly #counts = new Map<string, number>(RESET_CODES.map((code) => [xidErrorType(code), 0]));
  #lastResetUs = Number.NEGATIVE_INFINITY;
  #isLost = false;
  #told: Readonly<Record<string, number>> | undefined;

  add(code: number, atUs: number): void {
    const type = xidErrorType(code);
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1);
    this.#told = undefined;
    if (code === LOST_CODE) this.#isLost = true;
    if (isResetCode(code)) this.#lastResetUs = atUs;
  }

  /** A driver that was started again has found the device again. */
  forgetLoss(): void {
    this.#isLost = false;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  hasRecentReset(nowUs: number): boolean {
    return nowUs - this.#lastResetUs <= RECENT_US;
  }

  /** Counts by `error.type`, with 0 for the codes of the reset class, so that rates see the first. */
  counts(): Readonly<Record<string, number>> {
    this.#told ??= Object.fromEntries(this.#counts);
    return this.#told;
  }
}

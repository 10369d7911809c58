import type { RestoreHold } from '../../rules/group.ts';

/** The time between exports when none was seen: the default of the OpenTelemetry SDKs. */
const INTERVAL_MS_DEFAULT = 60_000;

/** A sender may be a little late. */
const INTERVALS = 1.5;

/**
 * What alerts wait for after a start, and after the clock was set. Firing ones do not resolve before
 * fresh data covers their window, and none begins for want of data before each sender that was known
 * had the time to export.
 */
export class AlertHold {
  readonly #lookbackMs: number;
  readonly #holdMaxMs: number;
  #dataSinceMs: number | undefined;
  /** Since when absence is held; `undefined`: it is not. */
  #absenceHeldSinceMs: number | undefined;
  #intervalMs = INTERVAL_MS_DEFAULT;
  /** The clock was set: what the log covers says nothing about the new time. */
  #isAfterJump = false;

  constructor(lookbackMs: number, holdMaxMs: number) {
    this.#lookbackMs = lookbackMs;
    this.#holdMaxMs = holdMaxMs;
  }

  /** Senders were known before the start at `nowMs`, and the slowest exported this often. */
  expectSenders(intervalMs: number | undefined, nowMs: number): void {
    if (intervalMs === undefined) return;
    this.#intervalMs = Math.max(intervalMs, 1);
    this.#absenceHeldSinceMs = nowMs;
  }

  /** Data arrived, and there is data without a hole since `coveredSinceMs`. */
  noteData(arrivalMs: number, coveredSinceMs: number): void {
    this.#dataSinceMs ??= this.#isAfterJump ? arrivalMs : coveredSinceMs;
  }

  /** The clock was set; it is `nowMs` now. */
  restart(nowMs: number): void {
    this.#isAfterJump = true;
    this.#dataSinceMs = undefined;
    this.#absenceHeldSinceMs = nowMs;
  }

  at(nowMs: number): RestoreHold {
    const dataSinceMs = this.#dataSinceMs;
    const isAbsenceHeld = this.#isAbsenceHeld(nowMs);
    if (!isAbsenceHeld) this.#absenceHeldSinceMs = undefined;
    return {
      dataSinceMs,
      holdMaxMs: this.#holdMaxMs,
      lookbackMs: this.#lookbackMs,
      isAbsenceHeld,
    };
  }

  #isAbsenceHeld(nowMs: number): boolean {
    const heldSinceMs = this.#absenceHeldSinceMs;
    if (heldSinceMs === undefined || nowMs - heldSinceMs >= this.#holdMaxMs) return false;
    const dataSinceMs = this.#dataSinceMs;
    return dataSinceMs === undefined || nowMs - dataSinceMs < INTERVALS * this.#intervalMs;
  }
}

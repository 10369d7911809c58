const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const HOURLY_MAX = 20;

/** At most one capture a minute and twenty an hour: a sick process is not made sicker. */
export class CaptureBudget {
  #taken: number[] = [];

  /** Whether another capture may be told now; takes it. */
  take(nowMs: number): boolean {
    this.#taken = this.#taken.filter((atMs) => nowMs - atMs < HOUR_MS);
    const last = this.#taken.at(-1);
    if (this.#taken.length >= HOURLY_MAX) return false;
    if (last !== undefined && nowMs - last < MINUTE_MS) return false;
    this.#taken.push(nowMs);
    return true;
  }

  /** Whether the next capture would be refused now. */
  isSpent(nowMs: number): boolean {
    const recent = this.#taken.filter((atMs) => nowMs - atMs < HOUR_MS);
    const last = recent.at(-1);
    return recent.length >= HOURLY_MAX || (last !== undefined && nowMs - last < MINUTE_MS);
  }
}

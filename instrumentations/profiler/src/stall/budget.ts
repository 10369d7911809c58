const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const HOURLY_MAX = 20;

/** At most one capture a minute and twenty an hour: a process with problems gets no further load. */
export class CaptureBudget {
  /** When captures were taken, the oldest first. */
  readonly #taken: number[] = [];

  /** Whether another capture may be reported now; takes it. */
  take(nowMs: number): boolean {
    if (this.isSpent(nowMs)) return false;
    if (this.#taken.length >= HOURLY_MAX) this.#taken.shift();
    this.#taken.push(nowMs);
    return true;
  }

  /** Whether the next capture would be refused now. Asked at each heartbeat, so it makes nothing. */
  isSpent(nowMs: number): boolean {
    const last = this.#taken.at(-1);
    if (last === undefined) return false;
    if (nowMs - last < MINUTE_MS) return true;
    const [oldest = 0] = this.#taken;
    return this.#taken.length >= HOURLY_MAX && nowMs - oldest < HOUR_MS;
  }
}

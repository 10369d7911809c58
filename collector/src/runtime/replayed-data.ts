/** A service that was down for less leaves no hole that a window could not bridge. */
const GAP_MS_MAX = 60_000;

/** Remembers which time the replayed log covers, to tell since when there is data without a hole. */
export class ReplayedData {
  #oldestMs: number | undefined;
  #newestMs = 0;

  note(arrivalMs: number): void {
    this.#oldestMs ??= arrivalMs;
    this.#newestMs = Math.max(this.#newestMs, arrivalMs);
  }

  /** The start of the data that reaches, without a long gap, up to a request at `nowMs`. */
  coveredSince(nowMs: number): number {
    const isBridged = nowMs - this.#newestMs <= GAP_MS_MAX;
    return isBridged && this.#oldestMs !== undefined ? this.#oldestMs : nowMs;
  }
}

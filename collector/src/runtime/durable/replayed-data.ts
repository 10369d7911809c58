/** Downtime shorter than this is no gap. */
const GAP_MS_MAX = 60_000;

/** Remembers what the replayed log covers, to tell since when there is data without a hole. */
export class ReplayedData {
  #newestMs: number | undefined;
  #isDamaged = false;

  note(arrivalMs: number): void {
    this.#newestMs = Math.max(this.#newestMs ?? arrivalMs, arrivalMs);
  }

  noteDamage(): void {
    this.#isDamaged = true;
  }

  /**
   * The start of the data that reaches, without a long gap, up to a request at `nowMs`. A whole log
   * gives the store back as it was, which is as good as having run all the time.
   */
  coveredSince(nowMs: number): number {
    if (this.#isDamaged || this.#newestMs === undefined) return nowMs;
    return nowMs - this.#newestMs <= GAP_MS_MAX ? 0 : nowMs;
  }
}

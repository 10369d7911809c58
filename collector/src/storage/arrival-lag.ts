/** Arrivals after which an older shortest way is forgotten, at the latest twice as many. */
const ARRIVALS_KEPT = 16;

/** A clock is called behind when it is so for a while, by about the same time. */
const BEHIND_MS_MIN = 2 * 60_000;
const STEADY_WITHIN_MS = 20_000;
const STEADY_FOR_MS = 2 * 60_000;

/**
 * How long the samples of a sender take to arrive, as a rule: the shortest time of its last
 * exports. One that the network or a busy machine held up does not change it, so it can be told as
 * late. A sender whose clock is behind or ahead has that in its lag as well.
 */
export class ArrivalLag {
  #beforeMs = Number.POSITIVE_INFINITY;
  #nowMs = Number.POSITIVE_INFINITY;
  #arrivals = 0;
  #lastArrivalMs = Number.NEGATIVE_INFINITY;
  /** The lag since `#steadySinceMs`, which all others since then are close to. */
  #steadyMs = Number.NaN;
  #steadySinceMs = Number.POSITIVE_INFINITY;

  /** Milliseconds; 0 while nothing arrived. */
  get usualMs(): number {
    const lagMs = Math.min(this.#beforeMs, this.#nowMs);
    return Number.isFinite(lagMs) ? lagMs : 0;
  }

  /**
   * The lag of a sender whose clock is behind, milliseconds; 0 for others. A queue that is emptied
   * after an outage is late too, but less and less so, and a clock is not.
   */
  get clockBehindMs(): number {
    const isLong = this.#lastArrivalMs - this.#steadySinceMs >= STEADY_FOR_MS;
    return isLong && this.#steadyMs >= BEHIND_MS_MIN ? this.#steadyMs : 0;
  }

  /** Takes note of a sample; the first of a request counts for all of it. */
  note(arrivalMs: number, timeMs: number): void {
    if (arrivalMs === this.#lastArrivalMs) return;
    this.#lastArrivalMs = arrivalMs;
    if (this.#arrivals === ARRIVALS_KEPT) {
      this.#beforeMs = this.#nowMs;
      this.#nowMs = Number.POSITIVE_INFINITY;
      this.#arrivals = 0;
    }
    this.#arrivals += 1;
    const lagMs = arrivalMs - timeMs;
    this.#nowMs = Math.min(this.#nowMs, lagMs);
    if (Math.abs(lagMs - this.#steadyMs) <= STEADY_WITHIN_MS) return;
    this.#steadyMs = lagMs;
    this.#steadySinceMs = arrivalMs;
  }
}

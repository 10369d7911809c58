/** Arrivals after which an older shortest way is forgotten, at the latest twice as many. */
const ARRIVALS_KEPT = 16;

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

  /** Milliseconds; 0 while nothing arrived. */
  get usualMs(): number {
    const lagMs = Math.min(this.#beforeMs, this.#nowMs);
    return Number.isFinite(lagMs) ? lagMs : 0;
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
    this.#nowMs = Math.min(this.#nowMs, arrivalMs - timeMs);
  }
}

const SHARE_OF_COMPUTE_MAX = 0.05;
/** Whatever the model costs, its observers may cost this much: else tiny models had none. */
const COST_MS_FLOOR = 0.05;
const COST_WEIGHT = 0.05;
/** The first calls compile code and tell nothing about the rest. */
const WARM_UP_CALLS = 20;
const JUDGED_CALLS_MIN = 40;
const SKIPPED_RUNS = 1_000;

/**
 * Keeps observers cheap: on average 5 % of the compute time of their model, and never judged below
 * 50 us a run. When they are dearer, they miss 1000 runs and are measured anew.
 */
export class ObserverBudget {
  #averageMs = 0;
  #calls = 0;
  #skips = 0;

  /** Whether this run may be observed. */
  allows(): boolean {
    if (this.#skips === 0) return true;
    this.#skips--;
    return false;
  }

  add(costMs: number, computeMs: number): void {
    this.#calls++;
    if (this.#calls <= WARM_UP_CALLS) return;
    this.#averageMs =
      this.#averageMs === 0 ? costMs : this.#averageMs + COST_WEIGHT * (costMs - this.#averageMs);
    const allowedMs = Math.max(COST_MS_FLOOR, SHARE_OF_COMPUTE_MAX * computeMs);
    if (this.#calls < WARM_UP_CALLS + JUDGED_CALLS_MIN || this.#averageMs <= allowedMs) return;
    this.#skips = SKIPPED_RUNS;
    this.#calls = WARM_UP_CALLS;
    this.#averageMs = 0;
  }
}

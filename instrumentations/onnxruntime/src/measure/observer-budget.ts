const SHARE_OF_COMPUTE_MAX = 0.05;
const SHARE_OF_TIME_MAX = 0.02;
/** What an idle model saves up for a burst. */
const CREDIT_MS_MAX = 10;
/** A call that stumbled, over a collection of garbage or a busy machine, tells nothing of the rest. */
const STUMBLE_FACTOR = 8;
const DEBT_MS_MAX = 20;
/** Taken for the cost of a call until there were some. */
const COST_MS_START = 0.5;
const PACED_COST_WEIGHT = 0.1;

/**
 * For an observer that works on any random part of the runs: time is its currency. It earns 2 % of
 * all time and 5 % of the compute time, pays what it costs, and misses runs while it has nothing. So
 * a model in a tight loop is sampled, and one that serves requests is seen whole, whatever its size.
 * What a run earns does not depend on that run, so the sample is not biased towards slow runs.
 *
 * Observers that count have no budget: a count that misses runs is wrong.
 */
export class PacedBudget {
  #creditMs = CREDIT_MS_MAX;
  #averageMs = COST_MS_START;
  #beforeMs: number | undefined;

  /**
   * Whether the observer sees this run.
   *
   * @param nowMs of a clock that only grows
   * @param computeMs average compute time of the model
   */
  allows(nowMs: number, computeMs: number): boolean {
    const passedMs = Math.max(0, nowMs - (this.#beforeMs ?? nowMs));
    this.#beforeMs = nowMs;
    const earnedMs = SHARE_OF_TIME_MAX * passedMs + SHARE_OF_COMPUTE_MAX * computeMs;
    this.#creditMs = Math.min(CREDIT_MS_MAX, this.#creditMs + earnedMs);
    return this.#creditMs > 0;
  }

  /** What seeing a run cost. */
  add(costMs: number): void {
    const chargedMs = Math.min(costMs, STUMBLE_FACTOR * this.#averageMs);
    this.#averageMs += PACED_COST_WEIGHT * (chargedMs - this.#averageMs);
    this.#creditMs = Math.max(-DEBT_MS_MAX, this.#creditMs - chargedMs);
  }
}

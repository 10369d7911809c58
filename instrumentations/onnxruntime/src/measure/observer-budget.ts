/** Decides which runs of a model an observer sees, so that it stays cheap. */
export interface ObserverBudget {
  /**
   * @param nowMs of a clock that only grows
   * @param computeMs average compute time of the model
   */
  allows(nowMs: number, computeMs: number): boolean;
  /** What seeing a run cost. */
  add(costMs: number, computeMs: number): void;
}

const SHARE_OF_COMPUTE_MAX = 0.05;

/** Whatever the model costs, an observer of all runs may cost this much: else tiny models had none. */
const COST_MS_FLOOR = 0.05;
const COST_WEIGHT = 0.05;
/** The first calls compile code and tell nothing about the rest. */
const WARM_UP_CALLS = 20;
const JUDGED_CALLS_MIN = 40;
const SKIPPED_RUNS = 1_000;

/**
 * For an observer that counts and so must see every run: on average 5 % of the compute time of its
 * model, and never judged below 50 us a run. A dearer one misses 1000 runs and is measured anew.
 */
export class StrictBudget implements ObserverBudget {
  #averageMs = 0;
  #calls = 0;
  #skips = 0;

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
 */
export class PacedBudget implements ObserverBudget {
  #creditMs = CREDIT_MS_MAX;
  #averageMs = COST_MS_START;
  #beforeMs: number | undefined;

  allows(nowMs: number, computeMs: number): boolean {
    const passedMs = Math.max(0, nowMs - (this.#beforeMs ?? nowMs));
    this.#beforeMs = nowMs;
    const earnedMs = SHARE_OF_TIME_MAX * passedMs + SHARE_OF_COMPUTE_MAX * computeMs;
    this.#creditMs = Math.min(CREDIT_MS_MAX, this.#creditMs + earnedMs);
    return this.#creditMs > 0;
  }

  add(costMs: number): void {
    const chargedMs = Math.min(costMs, STUMBLE_FACTOR * this.#averageMs);
    this.#averageMs += PACED_COST_WEIGHT * (chargedMs - this.#averageMs);
    this.#creditMs = Math.max(-DEBT_MS_MAX, this.#creditMs - chargedMs);
  }
}

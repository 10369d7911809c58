/** At most so many slots are evaluated after their time, the newest of those that went by. */
const SLOTS_MAX = 10;

/** None that lies further back: its alerts would come too late to be of use. */
const AGE_MS_MAX = 30_000;

/** The part of all time that slots of the past may take, and what may be saved up. */
const SHARE = 0.2;
const SAVED_MS_MAX = 2000;

/**
 * Which of the slots that went by are evaluated all the same.
 *
 * A process that gets no processor time for a while, or that is busy with one large request, makes
 * up for the slots of that while: a condition that came and went is seen, `for` has no holes, and
 * neither have recordings. Rules that take longer than their interval must not pile up, so slots of
 * the past share a small part of the time; what goes beyond it is missed.
 */
export class CatchUp {
  readonly #monotonicMs: () => number;
  #savedMs = SAVED_MS_MAX;
  #lastMs: number;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
    this.#lastMs = monotonicMs();
  }

  /**
   * The slots before `slotMs`, oldest first, that are worth an evaluation.
   *
   * @param firstMs the first slot that went by.
   */
  slots(firstMs: number, slotMs: number, intervalMs: number): readonly number[] {
    const passed = Math.round((slotMs - firstMs) / intervalMs);
    const inReach = Math.min(passed, SLOTS_MAX, Math.floor(AGE_MS_MAX / intervalMs));
    return Array.from({ length: inReach }, (_, index) => slotMs - (inReach - index) * intervalMs);
  }

  /** Calls `evaluate` when there is time for it. @returns whether there was */
  run(evaluate: () => void): boolean {
    const startMs = this.#monotonicMs();
    this.#savedMs = Math.min(SAVED_MS_MAX, this.#savedMs + SHARE * (startMs - this.#lastMs));
    this.#lastMs = startMs;
    if (this.#savedMs <= 0) return false;
    evaluate();
    this.#lastMs = this.#monotonicMs();
    this.#savedMs -= this.#lastMs - startMs;
    return true;
  }
}

/** Decisions that a threshold is learned from: the last ones, as a threshold may change. */
const DECISIONS_MAX = 1_000;
const DECISIONS_OF_CLASS_MIN = 5;
/** Decisions on the wrong side of a threshold, above which there is none. */
const EXCEPTIONS_MAX_SHARE = 0.01;

/** A score and whether it was decided to be positive. */
export type Decision = readonly [score: number, isPositive: boolean];

/**
 * Learns the score from which a binary classifier says "positive", from its scores and what it
 * decided: the lowest score of a positive, where the scores of both sides do not overlap.
 */
export class DecisionThreshold {
  readonly #scores = new Float64Array(DECISIONS_MAX);
  readonly #isPositive = new Uint8Array(DECISIONS_MAX);
  #written = 0;
  #learnedAt = -1;
  #learned: number | undefined;

  add(score: number, isPositive: boolean): void {
    const slot = this.#written % DECISIONS_MAX;
    this.#scores[slot] = score;
    this.#isPositive[slot] = isPositive ? 1 : 0;
    this.#written += 1;
  }

  /** The decisions that it learned from, the oldest first: what `add` takes after a restart. */
  *decisions(): Generator<Decision> {
    const first = Math.max(0, this.#written - DECISIONS_MAX);
    for (let at = first; at < this.#written; at++) {
      const slot = at % DECISIONS_MAX;
      yield [this.#scores[slot] ?? 0, this.#isPositive[slot] === 1];
    }
  }

  /** `undefined` while there are too few decisions of one side, or where no score tells them apart. */
  value(): number | undefined {
    if (this.#learnedAt !== this.#written) {
      this.#learnedAt = this.#written;
      this.#learned = this.#learn();
    }
    return this.#learned;
  }

  #learn(): number | undefined {
    const n = Math.min(this.#written, DECISIONS_MAX);
    const order = Array.from({ length: n }, (_, index) => index).toSorted(
      (a, b) => (this.#scores[a] ?? 0) - (this.#scores[b] ?? 0),
    );
    const positives = order.filter((index) => this.#isPositive[index] === 1).length;
    if (Math.min(positives, n - positives) < DECISIONS_OF_CLASS_MIN) return undefined;
    // Cutting before the first: every negative is on the wrong side.
    let wrong = n - positives;
    let best = { wrong: Number.POSITIVE_INFINITY, threshold: Number.NaN };
    for (const [place, index] of order.entries()) {
      const score = this.#scores[index] ?? 0;
      const isFirstOfItsScore = place === 0 || this.#scores[order[place - 1] ?? 0] !== score;
      if (isFirstOfItsScore && wrong < best.wrong) best = { wrong, threshold: score };
      wrong += this.#isPositive[index] === 1 ? 1 : -1;
    }
    return best.wrong <= EXCEPTIONS_MAX_SHARE * n ? best.threshold : undefined;
  }
}

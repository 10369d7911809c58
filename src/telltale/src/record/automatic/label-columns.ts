interface LabelMean {
  count: number;
  /** Of the probability of the second class. */
  sum: number;
}

const CLASSES = 2;

/**
 * Which of two classes a label of a binary classifier names. The label need not be the likelier
 * class: a model may say "fraud" from a probability of 0.2 on. But rows of the one label always have
 * higher probabilities of the second class than rows of the other.
 */
export class LabelColumns {
  readonly #means = new Map<string, LabelMean>();

  /** Takes the label of a row and its probability of the second class. */
  learn(label: string, second: number): void {
    if (Number.isNaN(second)) return;
    const known = this.#means.get(label);
    if (known !== undefined) {
      known.count += 1;
      known.sum += second;
    } else if (this.#means.size <= CLASSES) this.#means.set(label, { count: 1, sum: second });
  }

  /** 0 or 1; `undefined` when there are more labels than classes. */
  columnOf(label: string): 0 | 1 | undefined {
    const own = this.#means.get(label);
    if (own === undefined || this.#means.size > CLASSES) return undefined;
    const mean = own.sum / own.count;
    let threshold = 0.5;
    for (const [other, { sum, count }] of this.#means) {
      if (other !== label && sum / count !== mean) threshold = sum / count;
    }
    return mean > threshold ? 1 : 0;
  }
}

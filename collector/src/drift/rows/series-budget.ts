/** How many series all streams together may remember: each holds the counts of a window. */
export class SeriesBudget {
  readonly #max: number;
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** @returns `false` when nothing is left */
  take(): boolean {
    if (this.#used >= this.#max) return false;
    this.#used += 1;
    return true;
  }

  release(count: number): void {
    this.#used -= count;
  }
}

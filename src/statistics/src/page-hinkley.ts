export interface PageHinkleyOptions {
  /** Change of the mean that is tolerated. Default 0.005. */
  readonly delta?: number;
  /** Forgetting of the sums. Default 0.9999. */
  readonly alpha?: number;
}

/** The Page-Hinkley test in both directions (Page 1954, Hinkley 1971). It follows means only. */
export class PageHinkley {
  readonly #delta: number;
  readonly #alpha: number;
  #count = 0;
  #mean = 0;
  /** Sums that grow when the mean rises, and when it falls. */
  up = 0;
  down = 0;

  constructor({ delta = 0.005, alpha = 0.9999 }: PageHinkleyOptions = {}) {
    this.#delta = delta;
    this.#alpha = alpha;
  }

  /** Takes one finite value and returns the larger sum, to be compared with a threshold. */
  update(x: number): number {
    this.#count += 1;
    this.#mean += (x - this.#mean) / this.#count;
    const gap = x - this.#mean;
    this.up = Math.max(0, this.#alpha * this.up + (gap - this.#delta));
    this.down = Math.max(0, this.#alpha * this.down - (gap + this.#delta));
    return Math.max(this.up, this.down);
  }
}

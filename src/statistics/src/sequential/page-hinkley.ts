export interface PageHinkleyOptions {
  /** Change of the mean that is tolerated. Default 0.005. */
  readonly delta?: number;
  /** Forgetting of the sums. Default 0.9999. */
  readonly alpha?: number;
}

/** The sums as plain data. */
export interface PageHinkleyState {
  readonly count: number;
  readonly mean: number;
  readonly up: number;
  readonly down: number;
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

  constructor(
    { delta = 0.005, alpha = 0.9999 }: PageHinkleyOptions = {},
    { count, mean, up, down }: PageHinkleyState = { count: 0, mean: 0, up: 0, down: 0 },
  ) {
    this.#delta = delta;
    this.#alpha = alpha;
    this.#count = count;
    this.#mean = mean;
    this.up = up;
    this.down = down;
  }

  /** Values taken. */
  get count(): number {
    return this.#count;
  }

  /** Plain data to go on from with the same options. */
  snapshot(): PageHinkleyState {
    return { count: this.#count, mean: this.#mean, up: this.up, down: this.down };
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

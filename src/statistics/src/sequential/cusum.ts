export interface CusumOptions {
  readonly mean: number;
  /** Standard deviation, above 0. */
  readonly sigma: number;
  /** Half the shift to be found, in standard deviations. Default 0.5. */
  readonly slack?: number;
}

/** Two-sided cumulative sums of a known mean and deviation (Page 1954). */
export class Cusum {
  readonly #mean: number;
  readonly #sigma: number;
  readonly #slack: number;
  up = 0;
  down = 0;

  constructor({ mean, sigma, slack = 0.5 }: CusumOptions) {
    this.#mean = mean;
    this.#sigma = sigma;
    this.#slack = slack;
  }

  /** Takes one finite value and returns the larger sum, in standard deviations. */
  update(x: number): number {
    const z = (x - this.#mean) / this.#sigma;
    this.up = Math.max(0, this.up + z - this.#slack);
    this.down = Math.max(0, this.down - z - this.#slack);
    return Math.max(this.up, this.down);
  }
}

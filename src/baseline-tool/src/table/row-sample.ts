import type { RandomSource } from '@telltale/statistics';

/** Rows of a table of any length, no more of them than fit. */
export interface RowSample {
  add(row: readonly string[]): void;
  /** The rows that were kept; the newest ones in their order. */
  rows(): readonly (readonly string[])[];
}

/** The newest rows, as they followed each other: their dependence in time can be measured. */
export class NewestRows implements RowSample {
  readonly #ring: (readonly string[])[] = [];
  readonly #max: number;
  #next = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(row: readonly string[]): void {
    this.#ring[this.#next] = row;
    this.#next = (this.#next + 1) % this.#max;
  }

  rows(): readonly (readonly string[])[] {
    if (this.#ring.length < this.#max) return this.#ring;
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }
}

/** Rows taken evenly from all of them (algorithm R, Vitter 1985), for rows in no order of time. */
export class RandomRows implements RowSample {
  readonly #kept: (readonly string[])[] = [];
  readonly #max: number;
  readonly #random: RandomSource;
  #seen = 0;

  constructor(max: number, random: RandomSource) {
    this.#max = max;
    this.#random = random;
  }

  add(row: readonly string[]): void {
    this.#seen += 1;
    const place = this.#seen <= this.#max ? this.#seen - 1 : this.#draw();
    if (place < this.#max) this.#kept[place] = row;
  }

  rows(): readonly (readonly string[])[] {
    return this.#kept;
  }

  #draw(): number {
    return Math.floor(this.#random.next() * this.#seen);
  }
}

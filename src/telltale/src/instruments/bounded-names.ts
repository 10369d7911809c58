import { OTHER } from '@telltale/core';

/**
 * A set of names that stops growing: user input may reach any label by the million. Names beyond
 * the limit share `_OTHER`.
 */
export class BoundedNames {
  readonly #max: number;
  readonly #names = new Set<string>();
  #overflowed = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How often a name did not fit. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** The name itself, or `_OTHER` beyond the limit and for what is no text, number or boolean. */
  admit(value: unknown): string {
    if (typeof value === 'object' || typeof value === 'symbol' || typeof value === 'function') {
      return OTHER;
    }
    const name = String(value as string | number | boolean | undefined);
    if (this.#names.has(name)) return name;
    if (this.#names.size < this.#max) {
      this.#names.add(name);
      return name;
    }
    this.#overflowed += 1;
    return OTHER;
  }
}

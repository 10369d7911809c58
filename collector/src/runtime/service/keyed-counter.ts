import { textKey } from '@telltale/core';

/** Requests by a key of several attribute values, such as signal and status. */
export class KeyedCounter {
  readonly #names: readonly string[];
  readonly #counts: Map<string, { readonly values: readonly string[]; count: number }> = new Map();

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  add(values: readonly string[], amount = 1): void {
    const key = textKey(values);
    const entry = this.#counts.get(key);
    if (entry === undefined) this.#counts.set(key, { values, count: amount });
    else entry.count += amount;
  }

  readings(): (readonly [number, Readonly<Record<string, string>>])[] {
    return [...this.#counts.values()].map(({ values, count }) => {
      const pairs = this.#names.map((name, index) => [name, values[index] ?? ''] as const);
      return [count, Object.fromEntries(pairs)] as const;
    });
  }
}

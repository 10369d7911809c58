/**
 * Tells when a global provider has been replaced. The API has no proxy for metrics and logs, and an
 * application may start its SDK at any time, so what was made of an earlier provider is dead.
 */
export class ProviderWatch<P extends object> {
  readonly #current: () => P;
  #known: P | undefined;

  /** @param known the provider that is in use already. */
  constructor(current: () => P, known?: P) {
    this.#current = current;
    this.#known = known;
  }

  /** The provider if it is another one than before, else `undefined`. Costs a few nanoseconds. */
  changed(): P | undefined {
    const provider = this.#current();
    if (provider === this.#known) return undefined;
    this.#known = provider;
    return provider;
  }
}

/** Tells pages that something they show has changed; `undefined` tells them that it is over. */
export class EventHub {
  readonly #listeners: Set<(what: string | undefined) => void> = new Set();

  subscribe(listener: (what: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(what: string): void {
    for (const listener of this.#listeners) listener(what);
  }

  close(): void {
    for (const listener of this.#listeners) listener(undefined);
    this.#listeners.clear();
  }
}

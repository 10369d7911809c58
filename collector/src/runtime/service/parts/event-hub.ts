import type { ShownChange } from '../../../exchange/shown-change.ts';

/** Tells pages that something they show has changed; `undefined` tells them that it is over. */
export class EventHub {
  readonly #listeners: Set<(change: ShownChange | undefined) => void> = new Set();

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  subscribe(listener: (change: ShownChange | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(change: ShownChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  close(): void {
    for (const listener of this.#listeners) listener(undefined);
    this.#listeners.clear();
  }
}

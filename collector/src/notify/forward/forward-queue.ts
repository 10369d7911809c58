import type { ForwardedAlert } from './forward-book.ts';

/** Alerts that wait for one Alertmanager, and those in one request. */
export const QUEUE_MAX = 10_000;
export const BATCH_MAX = 256;

/**
 * What one Alertmanager is still to be told. A newer state of an alert takes the place of the one
 * that waits; when too many wait, the oldest is dropped and counted: it is told again by itself.
 */
export class ForwardQueue {
  dropped = 0;
  readonly #waiting = new Map<string, ForwardedAlert>();

  get size(): number {
    return this.#waiting.size;
  }

  add(alerts: readonly ForwardedAlert[]): void {
    for (const alert of alerts) {
      const key = keyOf(alert);
      this.#waiting.delete(key);
      this.#waiting.set(key, alert);
    }
    this.#trim();
  }

  takeBatch(): readonly ForwardedAlert[] {
    const batch = [...this.#waiting].slice(0, BATCH_MAX);
    for (const [key] of batch) this.#waiting.delete(key);
    return batch.map(([, alert]) => alert);
  }

  /** Puts a batch that was not delivered back, unless something newer waits. */
  putBack(batch: readonly ForwardedAlert[]): void {
    const newer = [...this.#waiting];
    this.#waiting.clear();
    for (const alert of batch) this.#waiting.set(keyOf(alert), alert);
    for (const [key, alert] of newer) this.#waiting.set(key, alert);
    this.#trim();
  }

  #trim(): void {
    for (const key of this.#waiting.keys()) {
      if (this.#waiting.size <= QUEUE_MAX) return;
      this.#waiting.delete(key);
      this.dropped += 1;
    }
  }
}

function keyOf({ labels }: ForwardedAlert): string {
  return JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));
}

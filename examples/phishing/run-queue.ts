// Runs of the model wait here, so that a burst of requests does not start them all at once.
import { queue } from 'telltale';

export class RunQueue {
  readonly #concurrency: number;
  readonly #waiting: (() => void)[] = [];
  readonly #recorder;
  #running = 0;

  constructor(options: { readonly concurrency: number; readonly capacity: number }) {
    this.#concurrency = options.concurrency;
    const size = (): number => this.#waiting.length;
    this.#recorder = queue('runs', { size, capacity: options.capacity });
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Does the work when its turn comes. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const sinceMs = performance.now();
    if (this.#running >= this.#concurrency) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    this.#recorder.waited((performance.now() - sinceMs) / 1000);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The run that waits longest takes over the place.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

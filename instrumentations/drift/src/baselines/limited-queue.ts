type Task = () => Promise<void>;

/** Runs tasks a few at a time, one for each subject. Tasks that fail are their own business. */
export class LimitedQueue {
  readonly #waiting = new Map<object, Task>();
  readonly #running = new Set<object>();
  readonly #idle = new Set<() => void>();
  readonly #runningMax: number;

  constructor(runningMax: number) {
    this.#runningMax = runningMax;
  }

  /** @param subject a task for it is left out while another one waits or runs */
  add(subject: object, task: Task): void {
    if (this.#waiting.has(subject) || this.#running.has(subject)) return;
    this.#waiting.set(subject, task);
    // Not now: the caller may be in the middle of the application's request.
    setImmediate(() => this.#next()).unref();
  }

  /** Forgets what waits; what runs ends by itself. */
  clear(): void {
    this.#waiting.clear();
    this.#next();
  }

  /** Resolves when nothing waits or runs. */
  async drained(): Promise<void> {
    if (this.#running.size === 0 && this.#waiting.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle.add(resolve);
    });
  }

  #next(): void {
    if (this.#running.size >= this.#runningMax) return;
    const [first] = this.#waiting;
    if (first === undefined) {
      if (this.#running.size === 0) this.#rest();
      return;
    }
    const [subject, task] = first;
    this.#waiting.delete(subject);
    this.#running.add(subject);
    void task()
      .catch(() => undefined)
      .finally(() => {
        this.#running.delete(subject);
        this.#next();
      });
  }

  #rest(): void {
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}

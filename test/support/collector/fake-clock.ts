import type { Clock } from '../../../collector/src/runtime/clock.ts';

interface FakeTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. Timers do not follow jumps of the wall clock. */
export class FakeClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  readonly #timers: Set<FakeTimer> = new Set();

  constructor(nowMs: number) {
    this.#wallOffsetMs = nowMs;
  }

  nowMs(): number {
    return this.#monotonicMs + this.#wallOffsetMs;
  }

  /** Never jumps. */
  monotonicMs(): number {
    return this.#monotonicMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    this.#order += 1;
    const dueMs = this.#monotonicMs + Math.max(0, delayMs);
    const timer = { dueMs, order: this.#order, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves on, firing timers at their times; promises settle between them. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#monotonicMs + durationMs;
    for (;;) {
      await settle();
      const [next] = [...this.#timers]
        .filter(({ dueMs }) => dueMs <= endMs)
        .sort((left, right) => left.dueMs - right.dueMs || left.order - right.order);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      next.callback();
    }
    this.#monotonicMs = endMs;
    await settle();
  }

  /** Time goes by while nothing runs, as in a process that gets no processor. */
  stall(durationMs: number): void {
    this.#monotonicMs += durationMs;
  }

  /** Sets the wall clock, as an administrator does. */
  jump(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }
}

/** Lets callbacks of promises and of the event loop's next turns run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

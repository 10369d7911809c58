import type { CallWatch } from '../nvml/library.ts';
import { SYMBOLS, type SymbolName } from '../nvml/symbols.ts';

const IN_CALL = 0;
const SYMBOL = 1;
const STOP = 2;
const SLOTS = 3;
const NAMES = Object.keys(SYMBOLS) as readonly SymbolName[];
const INDICES: ReadonlyMap<string, number> = new Map(NAMES.map((name, index) => [name, index]));

/** The reader was told to make no further calls. */
class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/**
 * Memory that both threads see: whether the worker is inside a native call, which one, and whether
 * it may begin another. A thread that is inside of one cannot be ended from outside.
 */
export class CallFlag implements CallWatch {
  readonly memory: SharedArrayBuffer;
  readonly #slots: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(SLOTS * 4)) {
    this.memory = memory;
    this.#slots = new Int32Array(memory);
  }

  /** @throws {StoppedError} after `stop` */
  enter(name: SymbolName): void {
    const slots = this.#slots;
    slots[SYMBOL] = INDICES.get(name) ?? 0;
    Atomics.store(slots, IN_CALL, 1);
    if (Atomics.load(slots, STOP) === 0) return;
    this.leave();
    throw new StoppedError('The process ends');
  }

  leave(): void {
    Atomics.store(this.#slots, IN_CALL, 0);
  }

  /** Lets no further call begin, and wakes no waiter. */
  stop(): void {
    Atomics.store(this.#slots, STOP, 1);
  }

  /** The function that is being called, if one is. */
  current(): SymbolName | undefined {
    if (Atomics.load(this.#slots, IN_CALL) === 0) return undefined;
    return NAMES[this.#slots[SYMBOL] ?? 0];
  }

  /** Blocks until the worker is outside of native code. False when it still is after the time. */
  waitUntilIdle(timeoutMs: number): boolean {
    const deadline = performance.now() + timeoutMs;
    while (Atomics.load(this.#slots, IN_CALL) !== 0) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return false;
      // The worker sends no notification, as that would cost each call: look again shortly.
      Atomics.wait(this.#slots, IN_CALL, 1, Math.min(leftMs, 2));
    }
    return true;
  }
}

import type { Clock } from './clock.ts';

/** Less than this is the drift that NTP corrects, and the time between two readings. */
const JUMP_MS_MIN = 2000;

/** Two readings further apart than this say nothing about how the clocks stand to each other. */
const READING_MS_MAX = 100;

const TRIES = 3;

/**
 * Notices that the wall clock was set, or that the machine slept.
 *
 * A process that is stopped between two readings sees its clocks apart by as long as it was stopped.
 * So the wall clock is read between two readings of the monotonic one, and again when those are
 * apart.
 */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #monotonicMs: () => number;
  readonly #onJump: (jumpMs: number) => void;
  /** What the wall clock is ahead of the monotonic one. */
  #offsetMs: number;
  #jumps = 0;

  /** @param onJump told by how much the clock was set. */
  constructor(clock: Clock, monotonicMs: () => number, onJump: (jumpMs: number) => void) {
    this.#clock = clock;
    this.#monotonicMs = monotonicMs;
    this.#onJump = onJump;
    this.#offsetMs = this.#read() ?? clock.nowMs() - monotonicMs();
  }

  /** Compares the clocks; call it often. @returns how often the clock was set so far */
  check(): number {
    const offsetMs = this.#read();
    if (offsetMs === undefined) return this.#jumps;
    const jumpMs = Math.round(offsetMs - this.#offsetMs);
    // Small steps add up to drift, which is no jump.
    this.#offsetMs = offsetMs;
    if (Math.abs(jumpMs) >= JUMP_MS_MIN) {
      this.#jumps += 1;
      this.#onJump(jumpMs);
    }
    return this.#jumps;
  }

  /** What the wall clock is ahead now; `undefined` when it could not be read in one go. */
  #read(): number | undefined {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const beforeMs = this.#monotonicMs();
      const nowMs = this.#clock.nowMs();
      const afterMs = this.#monotonicMs();
      if (afterMs - beforeMs <= READING_MS_MAX) return nowMs - afterMs;
    }
    return undefined;
  }
}

import type { Clock } from './clock.ts';

/** Less than this is the drift that NTP corrects, and the time between two readings. */
const JUMP_MS_MIN = 2000;

/** Notices that the wall clock was set, or that the machine slept. */
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
    this.#offsetMs = clock.nowMs() - monotonicMs();
  }

  /** Compares the clocks; call it often. @returns how often the clock was set so far */
  check(): number {
    const offsetMs = this.#clock.nowMs() - this.#monotonicMs();
    const jumpMs = Math.round(offsetMs - this.#offsetMs);
    // Small steps add up to drift, which is no jump.
    this.#offsetMs = offsetMs;
    if (Math.abs(jumpMs) >= JUMP_MS_MIN) {
      this.#jumps += 1;
      this.#onJump(jumpMs);
    }
    return this.#jumps;
  }
}

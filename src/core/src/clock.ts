/** Time as a value that can be given in tests: pure code takes times, edges own a clock. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. May step. */
  nowMs(): number;
  /** Monotonic milliseconds, for durations only. */
  elapsedMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
};

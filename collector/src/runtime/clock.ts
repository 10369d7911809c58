/** Ends a timer; harmless after it fired. */
export type CancelTimer = () => void;

/** Time and timers of the service, so that tests can run hours in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch by the wall clock. */
  nowMs(): number;
  /** Calls `callback` once after `delayMs`. */
  setTimer(delayMs: number, callback: () => void): CancelTimer;
}

/** `setTimeout` fires at once above this delay (24.8 days). */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimer: (delayMs, callback) => {
    let timer: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      const stepMs = Math.min(Math.max(0, remainingMs), TIMER_DELAY_MS_MAX);
      timer = setTimeout(() => {
        if (remainingMs > stepMs) arm(remainingMs - stepMs);
        else callback();
      }, stepMs);
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
};

/** Captured at load, because test suites replace the globals with fake timers. */
export const now: () => number = performance.now.bind(performance);
export const queueImmediate: typeof setImmediate = setImmediate;
export const queueTick: typeof process.nextTick = process.nextTick.bind(process);
export const startInterval: typeof setInterval = setInterval;
export const startTimer: typeof setTimeout = setTimeout;
export const stopTimer: typeof clearTimeout = clearTimeout;

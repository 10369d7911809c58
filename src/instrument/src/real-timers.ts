// Taken at load, because test suites replace the globals with fake timers, and an application's
// tests must neither hold our exports back nor be driven by them.
export const now: () => number = performance.now.bind(performance);
export const queueImmediate: typeof setImmediate = setImmediate;
export const queueTick: typeof process.nextTick = process.nextTick.bind(process);
export const startInterval: typeof setInterval = setInterval;
export const stopInterval: typeof clearInterval = clearInterval;
export const startTimer: typeof setTimeout = setTimeout;
export const stopTimer: typeof clearTimeout = clearTimeout;

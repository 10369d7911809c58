/** Microseconds of the clock that all threads share. */
export const sharedClockUs = (): number => Number(process.hrtime.bigint() / 1_000n);

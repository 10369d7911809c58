/** Bytes that V8 keeps for a sample, measured. */
const SAMPLE_BYTES = 290;
const MEMORY_BYTES_MAX = 64 * 2 ** 20;
export const INTERVAL_MS_DEFAULT = 10;
const INTERVAL_MS_MIN = 0.1;
const INTERVAL_MS_MAX = 1000;

/** The longest recording that stays below 64 MiB at this rate, in seconds. */
export const durationSecondsMax = (intervalMs: number): number =>
  Math.floor((MEMORY_BYTES_MAX / SAMPLE_BYTES) * (intervalMs / 1000));

/** What is wrong with an interval or a duration, and what would do; `undefined` when both do. */
export function recordingProblem(intervalMs: number, seconds: number): string | undefined {
  if (!(intervalMs >= INTERVAL_MS_MIN && intervalMs <= INTERVAL_MS_MAX)) {
    return `Cannot sample every ${intervalMs} ms: expected ${INTERVAL_MS_MIN} to ${INTERVAL_MS_MAX} ms`;
  }
  if (!(seconds > 0)) return `Cannot record ${seconds} seconds: expected a number above 0`;
  const longest = durationSecondsMax(intervalMs);
  return seconds > longest
    ? `Cannot record ${seconds} seconds at one sample every ${intervalMs} ms: its samples would take more than 64 MiB; record at most ${longest} seconds, or sample less often`
    : undefined;
}

/** A day: the heap's samples have a bound of their own, but a timer has one too. */
const HEAP_SECONDS_MAX = 86_400;

/** As `recordingProblem`, for a recording of the heap. */
export function heapRecordingProblem(seconds: number): string | undefined {
  return seconds > 0 && seconds <= HEAP_SECONDS_MAX
    ? undefined
    : `Cannot record the heap for ${seconds} seconds: expected more than 0 and at most ${HEAP_SECONDS_MAX}`;
}

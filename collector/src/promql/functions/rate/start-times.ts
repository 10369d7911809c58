/** A sample's time and the start of what it counts, both in milliseconds (start 0: unknown). */
export interface StartedSample {
  readonly timeMs: number;
  readonly startMs: number;
}

/** Whether start timestamps show that a counter began again between two samples. */
export function isResetByStartTime(previous: StartedSample, current: StartedSample): boolean {
  // Unknown, impossible, or OTLP's way to say unknown.
  if (current.startMs === 0 || current.startMs >= current.timeMs) return false;
  if (current.startMs !== previous.timeMs) return current.startMs > previous.timeMs;
  // It starts where the sample before ends: a reset for deltas, but not for a cumulative series
  // whose start is unknown; then the start of the sample before is unknown or makes no sense.
  return previous.startMs !== 0 && previous.startMs < previous.timeMs;
}

/** Whether a sample claims to count from a moment inside what the sample before has counted. */
export function startTimesOverlap(previous: StartedSample, current: StartedSample): boolean {
  return (
    current.startMs !== 0 &&
    current.startMs < previous.timeMs &&
    current.startMs !== previous.startMs
  );
}

/** Which of `rate`, `increase` and `delta` is asked for. */
export interface RateKind {
  readonly isCounter: boolean;
  readonly isPerSecond: boolean;
}

/** The times of the samples of a window, which stand from `from` up to before `to`. */
interface TimedRun {
  readonly times: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
}

/** The float samples of a window. */
interface FloatRun extends TimedRun {
  readonly values: ArrayLike<number>;
}

/** The range that a change is stretched over. */
export interface RateBounds {
  /** Exclusive. */
  readonly startMs: number;
  /** Inclusive. */
  readonly endMs: number;
  readonly rangeMs: number;
  readonly isPerSecond: boolean;
  /** When the counter was zero, if a start timestamp inside the range says so. */
  readonly counterStartMs: number | undefined;
}

/** What a counter had reached before each of its resets is added to its change, one by one. */
export function addLosses(change: number, { values, from, to }: FloatRun): number {
  let total = change;
  for (let at = from + 1; at < to; at += 1) {
    const previous = values[at - 1] ?? Number.NaN;
    // A counter that fell began again at zero.
    if ((values[at] ?? Number.NaN) < previous) total += previous;
  }
  return total;
}

/**
 * The part of the sampled interval that a counter would have needed to rise from zero to its first
 * sample; NaN where the samples do not tell.
 */
export function shareFromZero(first: number, change: number): number {
  return change > 0 && first >= 0 ? first / change : Number.NaN;
}

/**
 * By how much the change between the first and the last sample has to be stretched to stand for the
 * whole range, step by step as Prometheus does it (`extrapolatedRate` in promql/functions.go), for
 * equal bits. Samples close to an end of the range are taken to go on up to it, others for half an
 * average interval; a counter does not go back beyond the moment when it was zero.
 *
 * @param zeroShare see `shareFromZero`; NaN for what is no counter.
 */
export function extrapolationFactor(
  { times, from, to }: TimedRun,
  bounds: RateBounds,
  zeroShare: number,
): number {
  const firstMs = times[from] ?? 0;
  const lastMs = times[to - 1] ?? 0;
  const { counterStartMs } = bounds;
  let sampledSeconds = (lastMs - firstMs) / 1000;
  const averageSeconds = to - from > 1 ? sampledSeconds / (to - from - 1) : 0;
  const thresholdSeconds = averageSeconds * 1.1;
  let toStart = (firstMs - bounds.startMs) / 1000;
  if (counterStartMs === undefined) {
    // Too far from the start for the next sample to have been due there: the series began inside
    // the range.
    if (toStart >= thresholdSeconds) toStart = averageSeconds / 2;
    const toZero = sampledSeconds * zeroShare;
    // False for NaN, so what is no counter is not held back.
    if (toZero < toStart) toStart = toZero;
  } else {
    // The start is known, so there is nothing to stretch towards it.
    toStart = 0;
    sampledSeconds = (lastMs - counterStartMs) / 1000;
  }
  let toEnd = (bounds.endMs - lastMs) / 1000;
  if (toEnd >= thresholdSeconds) toEnd = averageSeconds / 2;
  const factor = sampledSeconds === 0 ? 1 : (sampledSeconds + toStart + toEnd) / sampledSeconds;
  return bounds.isPerSecond ? factor / (bounds.rangeMs / 1000) : factor;
}

import type { RateKind } from '../../kernels/rate.ts';
import type { RangeCall } from '../range-function.ts';
import type { RangeWindow, RunWindow } from '../range-window.ts';

/** The samples that decide the value at both ends of an extended range. */
export interface Ends {
  /** The last sample at or before the start, or else the first of all. */
  readonly first: number;
  /** The last sample, or with smoothing the first at or after the end. */
  readonly last: number;
}

/** Finds the samples around an extended range; `undefined` when it holds none. */
export function findEnds<T>(
  run: RunWindow<T>,
  window: RangeWindow,
  isSmoothed: boolean,
): Ends | undefined {
  const timeAt = (position: number): number => run.times[position] ?? 0;
  let first = run.from;
  while (first + 1 < run.to - 1 && timeAt(first + 1) <= window.startMs) first += 1;
  let last = run.to - 1;
  if (isSmoothed) {
    last = run.from;
    while (last < run.to - 1 && timeAt(last) < window.endMs) last += 1;
  }
  if (timeAt(last) <= window.startMs) return undefined;
  if (isSmoothed && timeAt(first) > window.endMs) return undefined;
  return { first, last };
}

/**
 * `rate`, `increase` and `delta` of `anchored` and `smoothed` ranges: from the value at the start to
 * the value at the end, without extrapolation. Smoothing interpolates both values.
 */
export function extendedRate(
  window: RangeWindow,
  call: RangeCall,
  { isCounter, isPerSecond }: RateKind,
): number | undefined {
  const { floats } = window;
  const isSmoothed = call.extension === 'smoothed';
  const ends = findEnds(floats, window, isSmoothed);
  if (ends === undefined) return undefined;
  const left = valueAtStart(floats, ends, { timeMs: window.startMs, isSmoothed, isCounter });
  const right = valueAtEnd(floats, ends, { timeMs: window.endMs, isSmoothed, isCounter });
  let change = right - left;
  if (isCounter) change += lossBetween({ left, right }, floats, inside(floats, ends, window));
  return isPerSecond ? change / (window.rangeMs / 1000) : change;
}

interface Boundary {
  readonly timeMs: number;
  readonly isSmoothed: boolean;
  readonly isCounter: boolean;
}

export function valueAtStart(
  floats: RunWindow<number>,
  { first }: Ends,
  boundary: Boundary,
): number {
  const isBetween = boundary.isSmoothed && (floats.times[first] ?? 0) < boundary.timeMs;
  return isBetween ? interpolateAfter(floats, first, boundary) : (floats.values[first] ?? 0);
}

export function valueAtEnd(floats: RunWindow<number>, { last }: Ends, boundary: Boundary): number {
  const isBetween =
    boundary.isSmoothed && last > floats.from && (floats.times[last] ?? 0) > boundary.timeMs;
  return isBetween ? interpolateAfter(floats, last - 1, boundary) : (floats.values[last] ?? 0);
}

function interpolateAfter(
  floats: RunWindow<number>,
  position: number,
  { timeMs, isCounter }: Boundary,
): number {
  const point = (at: number): FloatPoint => ({
    timeMs: floats.times[at] ?? 0,
    value: floats.values[at] ?? 0,
  });
  return interpolate([point(position), point(position + 1)], timeMs, isCounter);
}

export interface FloatPoint {
  readonly timeMs: number;
  readonly value: number;
}

/** The value between two samples; a counter that was reset in between starts from zero. */
export function interpolate(
  [before, after]: readonly [FloatPoint, FloatPoint],
  timeMs: number,
  isCounter: boolean,
): number {
  const start = isCounter && after.value < before.value ? 0 : before.value;
  return (
    start + ((after.value - start) * (timeMs - before.timeMs)) / (after.timeMs - before.timeMs)
  );
}

/** The samples strictly inside the range: first position and the one after the last. */
export function inside(
  floats: RunWindow<number>,
  { first, last }: Ends,
  window: RangeWindow,
): { readonly from: number; readonly to: number } {
  const from = (floats.times[first] ?? 0) <= window.startMs ? first + 1 : first;
  const to = (floats.times[last] ?? 0) >= window.endMs ? last : last + 1;
  return { from, to };
}

function lossBetween(
  { left, right }: { readonly left: number; readonly right: number },
  floats: RunWindow<number>,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let loss = 0;
  let previous = left;
  for (let position = from; position < to; position += 1) {
    const value = floats.values[position] ?? 0;
    if (value < previous) loss += previous;
    previous = value;
  }
  return right < previous ? loss + previous : loss;
}

import { addHistograms, subtractHistograms } from '../../../model/histogram/add.ts';
import { usesCustomBuckets } from '../../../model/histogram/buckets.ts';
import { compactHistogram } from '../../../model/histogram/compact.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { isCounterReset } from '../../../model/histogram/reset.ts';
import { divideHistogram, multiplyHistogram } from '../../../model/histogram/scale.ts';
import type { Annotation } from '../../annotations.ts';
import {
  bucketsReconciled,
  histogramNotCounter,
  histogramNotGauge,
  mixedBucketSchemas,
} from '../../annotations.ts';
import type { Position } from '../../ast.ts';
import type { RateKind } from '../../kernels/rate.ts';
import type { RangeCall } from '../range-function.ts';
import type { RangeWindow, RunWindow } from '../range-window.ts';
import type { Ends } from './extended-rate.ts';
import { findEnds } from './extended-rate.ts';

/** What combining histograms needs for its annotations. */
export interface HistogramRemarks {
  readonly metricName: string;
  readonly position: Position;
  annotate(annotation: Annotation): void;
}

/** Like `extendedRate`, for native histograms. */
export function extendedHistogramRate(
  window: RangeWindow,
  call: RangeCall,
  { isCounter, isPerSecond }: RateKind,
): NativeHistogram | undefined {
  const { histograms } = window;
  const isSmoothed = call.extension === 'smoothed';
  const ends = findEnds(histograms, window, isSmoothed);
  if (ends === undefined || !isUniform(histograms, ends, { call, isCounter })) return undefined;
  const boundary = { call, isCounter, isSmoothed };
  const left = histogramAtStart(histograms, ends, { ...boundary, timeMs: window.startMs });
  const right = histogramAtEnd(histograms, ends, { ...boundary, timeMs: window.endMs });
  if (left === undefined || right === undefined) return undefined;
  const isGauge = [left, right].every(({ counterResetHint }) => counterResetHint === 'gauge');
  if (!isCounter && !isGauge) call.annotate(histogramNotGauge(call.metricName, call.position));
  const lossOptions = { left, right, startMs: window.startMs, isSmoothed };
  const losses = isCounter ? histogramsBeforeResets(histograms, ends, lossOptions) : [];
  const change = addAll(subtract(right, left, call), losses, call);
  if (change === undefined) return undefined;
  const scaled = isPerSecond ? divideHistogram(change, window.rangeMs / 1000) : change;
  return compactHistogram({ ...scaled, counterResetHint: 'gauge' });
}

/** Adds what was lost at counter resets: the losses first, so that sums round as upstream. */
function addAll(
  change: NativeHistogram | undefined,
  losses: readonly NativeHistogram[],
  call: RangeCall,
): NativeHistogram | undefined {
  const [first, ...others] = losses;
  if (change === undefined || first === undefined) return change;
  let loss: NativeHistogram | undefined = first;
  for (const other of others) loss = loss === undefined ? undefined : add(loss, other, call);
  return loss === undefined ? undefined : add(change, loss, call);
}

function isUniform(
  run: RunWindow<NativeHistogram>,
  { first, last }: Ends,
  { call, isCounter }: { call: RangeCall; isCounter: boolean },
): boolean {
  const baseline = run.values[first];
  for (let position = first; position <= last; position += 1) {
    const histogram = run.values[position];
    if (histogram === undefined || baseline === undefined) return false;
    if (usesCustomBuckets(histogram) !== usesCustomBuckets(baseline)) {
      call.annotate(mixedBucketSchemas(call.metricName, call.position));
      return false;
    }
    if (isCounter && histogram.counterResetHint === 'gauge') {
      call.annotate(histogramNotCounter(call.metricName, call.position));
    }
  }
  return true;
}

interface Boundary {
  readonly call: HistogramRemarks;
  readonly timeMs: number;
  readonly isCounter: boolean;
  readonly isSmoothed: boolean;
}

function histogramAtStart(
  run: RunWindow<NativeHistogram>,
  { first }: Ends,
  boundary: Boundary,
): NativeHistogram | undefined {
  const isBetween = boundary.isSmoothed && (run.times[first] ?? 0) < boundary.timeMs;
  return isBetween ? interpolateAfter(run, first, boundary) : run.values[first];
}

function histogramAtEnd(
  run: RunWindow<NativeHistogram>,
  { last }: Ends,
  boundary: Boundary,
): NativeHistogram | undefined {
  const isBetween =
    boundary.isSmoothed && last > run.from && (run.times[last] ?? 0) > boundary.timeMs;
  return isBetween ? interpolateAfter(run, last - 1, boundary) : run.values[last];
}

function interpolateAfter(
  run: RunWindow<NativeHistogram>,
  position: number,
  boundary: Boundary,
): NativeHistogram | undefined {
  const before = run.values[position];
  const after = run.values[position + 1];
  if (before === undefined || after === undefined) return undefined;
  return interpolateHistograms(
    [
      { timeMs: run.times[position] ?? 0, histogram: before },
      { timeMs: run.times[position + 1] ?? 0, histogram: after },
    ],
    boundary,
    boundary.call,
  );
}

export interface HistogramPoint {
  readonly timeMs: number;
  readonly histogram: NativeHistogram;
}

/** The histogram between two samples; a counter that was reset in between starts from nothing. */
export function interpolateHistograms(
  [before, after]: readonly [HistogramPoint, HistogramPoint],
  { timeMs, isCounter }: { readonly timeMs: number; readonly isCounter: boolean },
  call: HistogramRemarks,
): NativeHistogram | undefined {
  if (timeMs === before.timeMs) return before.histogram;
  if (timeMs === after.timeMs) return after.histogram;
  const share = (timeMs - before.timeMs) / (after.timeMs - before.timeMs);
  if (isCounter && isCounterReset(before.histogram, after.histogram)) {
    return multiplyHistogram(after.histogram, share);
  }
  const difference = subtract(after.histogram, before.histogram, call);
  if (difference === undefined) return undefined;
  return add(multiplyHistogram(difference, share), before.histogram, call);
}

/** The histograms that a counter had reached just before each reset inside the range. */
function histogramsBeforeResets(
  run: RunWindow<NativeHistogram>,
  { first, last }: Ends,
  options: {
    readonly left: NativeHistogram;
    readonly right: NativeHistogram;
    readonly startMs: number;
    readonly isSmoothed: boolean;
  },
): NativeHistogram[] {
  let position = first + 1;
  let previous = options.left;
  const firstHistogram = run.values[first];
  const second = run.values[first + 1];
  const isLeftInterpolated = options.isSmoothed && (run.times[first] ?? 0) < options.startMs;
  if (
    isLeftInterpolated &&
    firstHistogram !== undefined &&
    second !== undefined &&
    isCounterReset(firstHistogram, second)
  ) {
    // The interpolation at the start has dealt with this reset.
    previous = second;
    position += 1;
  }
  if (position > last) return [];
  const before: NativeHistogram[] = [];
  for (; position < last; position += 1) {
    const current = run.values[position];
    if (current === undefined) continue;
    if (isCounterReset(previous, current)) before.push(previous);
    previous = current;
  }
  if (isCounterReset(previous, options.right)) before.push(previous);
  return before;
}

function subtract(
  left: NativeHistogram,
  right: NativeHistogram,
  call: HistogramRemarks,
): NativeHistogram | undefined {
  const combination = subtractHistograms(left, right);
  if (combination === undefined) call.annotate(mixedBucketSchemas(call.metricName, call.position));
  else if (combination.isReconciled) call.annotate(bucketsReconciled('subtraction', call.position));
  return combination?.histogram;
}

function add(
  left: NativeHistogram,
  right: NativeHistogram,
  call: HistogramRemarks,
): NativeHistogram | undefined {
  const combination = addHistograms(left, right);
  if (combination === undefined) call.annotate(mixedBucketSchemas(call.metricName, call.position));
  else if (combination.isReconciled) call.annotate(bucketsReconciled('addition', call.position));
  return combination?.histogram;
}

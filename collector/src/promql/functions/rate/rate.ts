import { addHistograms } from '../../../model/histogram/add.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { multiplyHistogram } from '../../../model/histogram/scale.ts';
import {
  bucketsReconciled,
  mixedBucketSchemas,
  mixedFloatsAndHistograms,
  startTimeOverlap,
} from '../../annotations.ts';
import type { RateBounds, RateKind } from '../../kernels/rate.ts';
import { addLosses, extrapolationFactor, shareFromZero } from '../../kernels/rate.ts';
import type { RangeCall, RangeFunction } from '../range-function.ts';
import type { RangeWindow, RunWindow } from '../range-window.ts';
import { extendedHistogramRate } from './extended-histogram-rate.ts';
import { extendedRate } from './extended-rate.ts';
import { histogramIncrease } from './histogram-rate.ts';
import type { StartedSample } from './start-times.ts';
import { isResetByStartTime, startTimesOverlap } from './start-times.ts';

export const rate: RangeFunction = (window, call) =>
  evaluateRate(window, call, { isCounter: true, isPerSecond: true });

export const increase: RangeFunction = (window, call) =>
  evaluateRate(window, call, { isCounter: true, isPerSecond: false });

export const delta: RangeFunction = (window, call) =>
  evaluateRate(window, call, { isCounter: false, isPerSecond: false });

type Result = number | NativeHistogram | undefined;

function evaluateRate(window: RangeWindow, call: RangeCall, kind: RateKind): Result {
  const { floats, histograms } = window;
  if (floats.length > 0 && histograms.length > 0) {
    call.annotate(mixedFloatsAndHistograms(call.metricName, call.position));
    return undefined;
  }
  if (call.extension !== 'none') {
    return floats.length > 0
      ? extendedRate(window, call, kind)
      : extendedHistogramRate(window, call, kind);
  }
  return floats.length > 0 ? floatRate(window, call, kind) : histogramRate(window, call, kind);
}

function floatRate(window: RangeWindow, call: RangeCall, kind: RateKind): number | undefined {
  const { floats } = window;
  const { values } = floats;
  const first = values[floats.from] ?? Number.NaN;
  const last = values[floats.to - 1] ?? Number.NaN;
  let change = last - first;
  if (kind.isCounter) change = addFloatLosses(change, floats, call);
  const counterStartMs = usableStartTime(window, floats, kind);
  if (counterStartMs !== undefined) change += first;
  else if (floats.length < 2) return undefined;
  const zeroShare = kind.isCounter ? shareFromZero(first, change) : Number.NaN;
  return change * extrapolationFactor(floats, boundsOf(window, kind, counterStartMs), zeroShare);
}

function boundsOf(
  { startMs, endMs, rangeMs }: RangeWindow,
  { isPerSecond }: RateKind,
  counterStartMs: number | undefined,
): RateBounds {
  return { startMs, endMs, rangeMs, isPerSecond, counterStartMs };
}

function addFloatLosses(change: number, floats: RunWindow<number>, call: RangeCall): number {
  return floats.startTimes === undefined
    ? addLosses(change, floats)
    : addLossesByStartTimes(change, floats, call);
}

function addLossesByStartTimes(change: number, floats: RunWindow<number>, call: RangeCall): number {
  let total = change;
  let isOverlapSeen = false;
  for (let position = floats.from + 1; position < floats.to; position += 1) {
    const previous = floats.values[position - 1] ?? Number.NaN;
    const current = floats.values[position] ?? Number.NaN;
    const before = startedSample(floats, position - 1);
    const after = startedSample(floats, position);
    if (!isOverlapSeen && startTimesOverlap(before, after)) {
      isOverlapSeen = true;
      call.annotate(startTimeOverlap(call.metricName, call.position));
    }
    if (current < previous || isResetByStartTime(before, after)) total += previous;
  }
  return total;
}

function startedSample<T>(run: RunWindow<T>, position: number): StartedSample {
  return {
    timeMs: run.times[position] ?? 0,
    startMs: run.startTimes?.[position] ?? 0,
  };
}

/**
 * The start timestamp of the first sample when it lies inside the range: the counter was zero
 * there, so nothing has to be extrapolated on that side.
 */
function usableStartTime<T>(
  window: RangeWindow,
  run: RunWindow<T>,
  kind: RateKind,
): number | undefined {
  if (!kind.isCounter) return undefined;
  const { timeMs, startMs } = startedSample(run, run.from);
  return startMs !== 0 && startMs > window.startMs && startMs < timeMs ? startMs : undefined;
}

function histogramRate(
  window: RangeWindow,
  call: RangeCall,
  kind: RateKind,
): NativeHistogram | undefined {
  const { histograms } = window;
  const first = histograms.values[histograms.from];
  if (first === undefined) return undefined;
  let change: NativeHistogram | undefined;
  if (histograms.length > 1) {
    change = histogramIncrease(histograms, call, kind.isCounter);
    if (change === undefined) return undefined;
  }
  const counterStartMs = usableStartTime(window, histograms, kind);
  if (counterStartMs !== undefined) {
    change = change === undefined ? first : addFirst(change, first, call);
  }
  if (change === undefined) return undefined;
  const zeroShare = kind.isCounter ? shareFromZero(first.count, change.count) : Number.NaN;
  const bounds = boundsOf(window, kind, counterStartMs);
  return multiplyHistogram(change, extrapolationFactor(histograms, bounds, zeroShare));
}

function addFirst(
  change: NativeHistogram,
  first: NativeHistogram,
  call: RangeCall,
): NativeHistogram | undefined {
  const combination = addHistograms(change, first);
  if (combination === undefined) {
    call.annotate(mixedBucketSchemas(call.metricName, call.position));
    return undefined;
  }
  if (combination.isReconciled) call.annotate(bucketsReconciled('addition', call.position));
  return combination.histogram;
}

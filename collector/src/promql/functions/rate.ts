import { addHistograms } from '../../model/histogram/add.ts';
import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import { multiplyHistogram } from '../../model/histogram/scale.ts';
import {
  bucketsReconciled,
  mixedBucketSchemas,
  mixedFloatsAndHistograms,
  startTimeOverlap,
} from '../eval/annotations.ts';
import type { RangeWindow, RunWindow } from '../eval/selectors/range-window.ts';
import type { RateKind } from '../kernels/rate-kind.ts';
import { extendedHistogramRate } from './extended-histogram-rate.ts';
import { extendedRate } from './extended-rate.ts';
import { histogramIncrease } from './histogram-rate.ts';
import type { RangeCall, RangeFunction } from './range-function.ts';
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
  if (kind.isCounter) change = addLosses(change, floats, call);
  const startMs = usableStartTime(window, floats, kind);
  if (startMs !== undefined) change += first;
  else if (floats.length < 2) return undefined;
  const zeroShare = change > 0 && first >= 0 ? first / change : undefined;
  const factor = extrapolationFactor(window, floats, { kind, startMs, zeroShare });
  return change * factor;
}

/** Adds what the counter had reached before each reset, one by one as upstream does. */
function addLosses(change: number, floats: RunWindow<number>, call: RangeCall): number {
  const { values, from, to } = floats;
  if (floats.startTimes !== undefined) return addLossesByStartTimes(change, floats, call);
  let total = change;
  let previous = values[from] ?? Number.NaN;
  for (let position = from + 1; position < to; position += 1) {
    const current = values[position] ?? Number.NaN;
    if (current < previous) total += previous;
    previous = current;
  }
  return total;
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

interface Extrapolation {
  readonly kind: RateKind;
  readonly startMs: number | undefined;
  /** The part of the sampled interval that a counter would have needed to come from zero. */
  readonly zeroShare: number | undefined;
}

/**
 * By how much the change between the first and the last sample has to be stretched to stand for the
 * whole range. Samples close to an end of the range are taken to go on up to it, others for half an
 * average interval; a counter does not go back beyond the moment when it was zero.
 */
function extrapolationFactor<T>(
  window: RangeWindow,
  run: RunWindow<T>,
  { kind, startMs, zeroShare }: Extrapolation,
): number {
  const firstMs = run.times[run.from] ?? 0;
  const lastMs = run.times[run.to - 1] ?? 0;
  let sampledSeconds = (lastMs - firstMs) / 1000;
  const averageSeconds = run.length > 1 ? sampledSeconds / (run.length - 1) : 0;
  const thresholdSeconds = averageSeconds * 1.1;
  let toStart = (firstMs - window.startMs) / 1000;
  if (startMs === undefined) {
    if (toStart >= thresholdSeconds) toStart = averageSeconds / 2;
    if (kind.isCounter && zeroShare !== undefined) {
      const toZero = sampledSeconds * zeroShare;
      if (toZero < toStart) toStart = toZero;
    }
  } else {
    toStart = 0;
    sampledSeconds = (lastMs - startMs) / 1000;
  }
  let toEnd = (window.endMs - lastMs) / 1000;
  if (toEnd >= thresholdSeconds) toEnd = averageSeconds / 2;
  let factor = sampledSeconds === 0 ? 1 : (sampledSeconds + toStart + toEnd) / sampledSeconds;
  if (kind.isPerSecond) factor /= window.rangeMs / 1000;
  return factor;
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
  const startMs = usableStartTime(window, histograms, kind);
  if (startMs !== undefined) {
    change = change === undefined ? first : addFirst(change, first, call);
  }
  if (change === undefined) return undefined;
  const zeroShare = change.count > 0 && first.count >= 0 ? first.count / change.count : undefined;
  const factor = extrapolationFactor(window, histograms, { kind, startMs, zeroShare });
  return multiplyHistogram(change, factor);
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

import { subtractHistograms } from '../../../model/histogram/add.ts';
import { compactHistogram } from '../../../model/histogram/compact.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { isCounterReset } from '../../../model/histogram/reset.ts';
import { divideHistogram } from '../../../model/histogram/scale.ts';
import {
  bucketsReconciled,
  histogramNotCounter,
  histogramNotGauge,
  mixedBucketSchemas,
  mixedFloatsAndHistograms,
} from '../../annotations.ts';
import type { RangeCall, RangeFunction } from '../range-function.ts';
import type { RangeWindow, RunWindow } from '../range-window.ts';
import type { StartedSample } from './start-times.ts';
import { isResetByStartTime } from './start-times.ts';

type Value = number | NativeHistogram;

interface RecentSample extends StartedSample {
  readonly value: Value;
}

/** The rate between the last two samples of a counter. */
export const irate: RangeFunction = (window, call) => changeOfLastTwo(window, call, true);

/** The difference between the last two samples of a gauge. */
export const idelta: RangeFunction = (window, call) => changeOfLastTwo(window, call, false);

function changeOfLastTwo(
  window: RangeWindow,
  call: RangeCall,
  isRate: boolean,
): number | NativeHistogram | undefined {
  const [previous, last] = lastTwo(window);
  if (previous === undefined || last === undefined) return undefined;
  const seconds = (last.timeMs - previous.timeMs) / 1000;
  if (seconds === 0) return undefined;
  const isStartedAnew = isRate && isResetByStartTime(previous, last);
  const change = changeBetween([previous.value, last.value], { call, isRate, isStartedAnew });
  if (!isRate || change === undefined) return change;
  return typeof change === 'number' ? change / seconds : divideHistogram(change, seconds);
}

interface Change {
  readonly call: RangeCall;
  readonly isRate: boolean;
  /** Start timestamps show a counter reset between the samples. */
  readonly isStartedAnew: boolean;
}

function changeBetween(
  [previous, last]: readonly [Value, Value],
  change: Change,
): Value | undefined {
  if (typeof previous === 'number' && typeof last === 'number') {
    const isReset = change.isStartedAnew || (change.isRate && last < previous);
    return isReset ? last : last - previous;
  }
  if (typeof previous === 'object' && typeof last === 'object') {
    return changeOfHistograms([previous, last], change);
  }
  change.call.annotate(mixedFloatsAndHistograms(change.call.metricName, change.call.position));
  return undefined;
}

function changeOfHistograms(
  histograms: readonly [NativeHistogram, NativeHistogram],
  { call, isRate, isStartedAnew }: Change,
): NativeHistogram | undefined {
  annotateHints(histograms, call, isRate);
  const isReset = isStartedAnew || (isRate && isCounterReset(...histograms));
  const difference = isReset ? histograms[1] : subtract(histograms, call);
  if (difference === undefined) return undefined;
  return compactHistogram({ ...difference, counterResetHint: 'gauge' });
}

/** The last two samples of either type; of equal times the histogram is the older one. */
function lastTwo({ floats, histograms }: RangeWindow): readonly (RecentSample | undefined)[] {
  const recent = [...lastOf(floats), ...lastOf(histograms)];
  recent.sort((left, right) => {
    const order = left.timeMs - right.timeMs;
    return order === 0 ? Number(typeof left.value === 'number') : order;
  });
  return recent.length < 2 ? [] : recent.slice(-2);
}

function lastOf<T extends number | NativeHistogram>(run: RunWindow<T>): RecentSample[] {
  const samples: RecentSample[] = [];
  for (let position = Math.max(run.from, run.to - 2); position < run.to; position += 1) {
    const value = run.values[position];
    if (value === undefined) continue;
    const timeMs = run.times[position] ?? 0;
    samples.push({ value, timeMs, startMs: run.startTimes?.[position] ?? 0 });
  }
  return samples;
}

function annotateHints(
  histograms: readonly NativeHistogram[],
  call: RangeCall,
  isRate: boolean,
): void {
  const gauges = histograms.filter(({ counterResetHint }) => counterResetHint === 'gauge').length;
  if (isRate && gauges > 0) call.annotate(histogramNotCounter(call.metricName, call.position));
  if (!isRate && gauges < 2) call.annotate(histogramNotGauge(call.metricName, call.position));
}

function subtract(
  [previous, last]: readonly [NativeHistogram, NativeHistogram],
  call: RangeCall,
): NativeHistogram | undefined {
  const combination = subtractHistograms(last, previous);
  if (combination === undefined) call.annotate(mixedBucketSchemas(call.metricName, call.position));
  else if (combination.isReconciled) call.annotate(bucketsReconciled('subtraction', call.position));
  return combination?.histogram;
}

import { usesCustomBuckets } from '../../../model/histogram/buckets.ts';
import { compactHistogram } from '../../../model/histogram/compact.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { isCounterReset } from '../../../model/histogram/reset.ts';
import { reduceResolution } from '../../../model/histogram/resolution.ts';
import { HistogramSum } from '../../../model/histogram/sum.ts';
import {
  bucketsReconciled,
  histogramNotCounter,
  histogramNotGauge,
  mixedBucketSchemas,
  startTimeOverlap,
} from '../../annotations.ts';
import type { RangeCall } from '../range-function.ts';
import type { RunWindow } from '../range-window.ts';
import type { StartedSample } from './start-times.ts';
import { isResetByStartTime, startTimesOverlap } from './start-times.ts';

/**
 * The last histogram of a window minus the first, plus every histogram before a counter reset.
 *
 * @returns `undefined`, with an annotation, when exponential and custom buckets are mixed.
 */
export function histogramIncrease(
  run: RunWindow<NativeHistogram>,
  call: RangeCall,
  isCounter: boolean,
): NativeHistogram | undefined {
  const histograms = listHistograms(run);
  const first = histograms[0];
  const last = histograms.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const resets = isCounter ? findResets(run, histograms) : [];
  // What lies before a reset behind the first sample is not looked at, whatever its layout.
  const baseline = resets[1] === true ? emptyLike(histograms[1] ?? first) : first;
  const counted = isCounter ? [baseline, ...histograms.slice(1)] : [first, last];
  const isCustom = usesCustomBuckets(baseline);
  const isMixed = counted.some((item) => usesCustomBuckets(item) !== isCustom);
  if (!isMixed || usesCustomBuckets(last) !== isCustom) annotateHints(histograms, call, isCounter);
  if (isMixed) {
    call.annotate(mixedBucketSchemas(call.metricName, call.position));
    return undefined;
  }
  const schema = Math.min(...counted.map((item) => item.schema));
  const sum = new HistogramSum(reduceResolution(last, schema));
  sum.add(baseline, -1);
  if (sum.isReconciled) call.annotate(bucketsReconciled('subtraction', call.position));
  if (isCounter) {
    addResets(sum, { counted, resets }, call);
    annotateOverlap(run, call);
  }
  return compactHistogram({ ...sum.total(), counterResetHint: 'gauge' });
}

function listHistograms(run: RunWindow<NativeHistogram>): NativeHistogram[] {
  const histograms: NativeHistogram[] = [];
  for (let position = run.from; position < run.to; position += 1) {
    const histogram = run.values[position];
    if (histogram !== undefined) histograms.push(histogram);
  }
  return histograms;
}

function annotateHints(
  histograms: readonly NativeHistogram[],
  call: RangeCall,
  isCounter: boolean,
): void {
  const isGauge = ({ counterResetHint }: NativeHistogram): boolean => counterResetHint === 'gauge';
  if (isCounter && histograms.some(isGauge)) {
    call.annotate(histogramNotCounter(call.metricName, call.position));
  }
  const ends = [histograms[0], histograms.at(-1)];
  if (!isCounter && !ends.every((end) => end?.counterResetHint === 'gauge')) {
    call.annotate(histogramNotGauge(call.metricName, call.position));
  }
}

/** For each histogram whether a counter was reset just before it. */
function findResets(
  run: RunWindow<NativeHistogram>,
  histograms: readonly NativeHistogram[],
): boolean[] {
  return histograms.map((current, index) => {
    const previous = histograms[index - 1];
    if (previous === undefined) return false;
    const [before, after] = startedPair(run, run.from + index);
    return isResetByStartTime(before, after) || isCounterReset(previous, current);
  });
}

function startedPair(
  run: RunWindow<NativeHistogram>,
  position: number,
): [before: StartedSample, after: StartedSample] {
  const sampleAt = (at: number): StartedSample => ({
    timeMs: run.times[at] ?? 0,
    startMs: run.startTimes?.[at] ?? 0,
  });
  return [sampleAt(position - 1), sampleAt(position)];
}

function addResets(
  sum: HistogramSum,
  parts: { readonly counted: readonly NativeHistogram[]; readonly resets: readonly boolean[] },
  call: RangeCall,
): void {
  sum.isReconciled = false;
  for (const [index, isReset] of parts.resets.entries()) {
    const before = parts.counted[index - 1];
    if (isReset && before !== undefined) sum.add(before);
  }
  if (sum.isReconciled) call.annotate(bucketsReconciled('addition', call.position));
}

function annotateOverlap(run: RunWindow<NativeHistogram>, call: RangeCall): void {
  if (run.startTimes === undefined) return;
  for (let position = run.from + 1; position < run.to; position += 1) {
    const [before, after] = startedPair(run, position);
    if (!startTimesOverlap(before, after)) continue;
    call.annotate(startTimeOverlap(call.metricName, call.position));
    return;
  }
}

function emptyLike(histogram: NativeHistogram): NativeHistogram {
  return {
    schema: histogram.schema,
    counterResetHint: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positiveSpans: [],
    positiveCounts: [],
    negativeSpans: [],
    negativeCounts: [],
    customValues: histogram.customValues,
  };
}

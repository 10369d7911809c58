import { histogramsEqual } from '../../../model/histogram/equal.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { isCounterReset } from '../../../model/histogram/reset.ts';
import type { RangeCall, RangeFunction } from '../range-function.ts';
import type { RangeWindow, RunWindow } from '../range-window.ts';
import type { StartedSample } from '../rate/start-times.ts';
import { isResetByStartTime } from '../rate/start-times.ts';

interface TypedSample extends StartedSample {
  readonly value: number | NativeHistogram;
}

/** How often a counter was reset. A change of type counts as a reset. */
export const resets: RangeFunction = (window, call) =>
  countPairs(window, call, (previous, current) => {
    if (typeof previous.value !== typeof current.value) return true;
    if (isResetByStartTime(previous, current)) return true;
    if (typeof previous.value === 'object' && typeof current.value === 'object') {
      return isCounterReset(previous.value, current.value);
    }
    return Number(current.value) < Number(previous.value);
  });

/** How often the value changed. NaN after NaN is no change. */
export const changes: RangeFunction = (window, call) =>
  countPairs(window, call, (previous, current) => {
    if (typeof previous.value !== typeof current.value) return true;
    if (typeof previous.value === 'object' && typeof current.value === 'object') {
      return !histogramsEqual(previous.value, current.value);
    }
    return previous.value !== current.value && !bothNaN(previous.value, current.value);
  });

function bothNaN(left: unknown, right: unknown): boolean {
  return Number.isNaN(left) && Number.isNaN(right);
}

function countPairs(
  window: RangeWindow,
  call: RangeCall,
  isCounted: (previous: TypedSample, current: TypedSample) => boolean,
): number | undefined {
  const samples = samplesOf(window, call);
  if (samples === undefined) return undefined;
  let count = 0;
  for (const [index, current] of samples.entries()) {
    const previous = samples[index - 1];
    if (previous !== undefined && isCounted(previous, current)) count += 1;
  }
  return count;
}

/**
 * Samples of both types in order of time. With `anchored`, the newest sample at or before the start
 * stands for all before it; `undefined` when none lies behind the start.
 */
function samplesOf(window: RangeWindow, call: RangeCall): TypedSample[] | undefined {
  const { floats, histograms } = window;
  let samples = listSamples(floats);
  if (histograms.length > 0) {
    samples = [...samples, ...listSamples(histograms)].sort(
      (left, right) => left.timeMs - right.timeMs,
    );
  }
  if (call.extension !== 'anchored') return samples;
  if ((samples.at(-1)?.timeMs ?? -Infinity) <= window.startMs) return undefined;
  const anchor = samples.findLastIndex(({ timeMs }) => timeMs <= window.startMs);
  return samples.slice(Math.max(anchor, 0));
}

function listSamples<T extends number | NativeHistogram>(run: RunWindow<T>): TypedSample[] {
  const samples: TypedSample[] = [];
  for (let position = run.from; position < run.to; position += 1) {
    const value = run.values[position];
    if (value === undefined) continue;
    const timeMs = run.times[position] ?? 0;
    samples.push({ value, timeMs, startMs: run.startTimes?.[position] ?? 0 });
  }
  return samples;
}

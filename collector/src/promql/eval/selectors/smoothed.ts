import { usesCustomBuckets } from '../../../model/histogram/buckets.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { mixedBucketSchemas, mixedFloatsAndHistograms } from '../../annotations.ts';
import type { VectorSelector } from '../../ast.ts';
import type { RangeSeries, RangeWindow, RunWindow } from '../../functions/range-window.ts';
import { interpolateHistograms } from '../../functions/rate/extended-histogram-rate.ts';
import { interpolate } from '../../functions/rate/extended-rate.ts';
import type { Scope } from '../query.ts';
import type { StepSeries } from '../step-series.ts';
import { emptySeries, hasSamples, setSample } from '../step-series.ts';
import { columnsFor } from './columns.ts';
import { forEachWindow } from './range.ts';
import { rangeSeriesOf } from './range-series.ts';
import { referenceTimes } from './time-window.ts';

/**
 * Evaluates a `smoothed` instant selector: the value between the samples before and after, or the
 * last one when none follows within the lookback time.
 */
export function selectSmoothed(selector: VectorSelector, scope: Scope): readonly StepSeries[] {
  const { query, grid } = scope;
  const { lookbackMs } = query.options;
  const times = referenceTimes(selector, scope);
  const startMs = times.firstMs - lookbackMs + 1;
  const endMs = times.lastMs + lookbackMs;
  const extension = { kind: 'smoothed', beforeMs: 0, afterMs: lookbackMs } as const;
  const selected: StepSeries[] = [];
  for (const source of query.source.select(selector.matchers, startMs, endMs)) {
    query.checkCancelled();
    const series = rangeSeriesOf(
      source.labels,
      columnsFor(selector, source.columns(startMs, endMs), query),
    );
    const selection = { series: [series], rangeMs: lookbackMs, times, extension };
    const output = emptySeries(source.labels, grid.count);
    const smoother = new Smoother(series, selector, scope);
    forEachWindow(series, { selection, grid }, (step, window) => {
      setSample(output, step, smoother.valueIn(window));
    });
    if (hasSamples(output)) selected.push(output);
    query.checkRoomForSeries(selected.length, grid.count);
  }
  return selected;
}

class Smoother {
  readonly #metricName: string;
  readonly #selector: VectorSelector;
  readonly #scope: Scope;

  constructor(series: RangeSeries, selector: VectorSelector, scope: Scope) {
    this.#metricName = series.labels.metricName;
    this.#selector = selector;
    this.#scope = scope;
  }

  valueIn(window: RangeWindow): number | NativeHistogram | undefined {
    const { floats, histograms, endMs } = window;
    if (floats.length > 0 && histograms.length > 0) {
      const { position } = this.#selector;
      this.#scope.query.annotate(mixedFloatsAndHistograms(this.#metricName, position));
      return undefined;
    }
    return floats.length > 0
      ? smoothFloats(floats, endMs)
      : this.#smoothHistograms(histograms, endMs);
  }

  #smoothHistograms(run: RunWindow<NativeHistogram>, timeMs: number): NativeHistogram | undefined {
    const next = firstNotBefore(run, timeMs);
    const after = next < run.to ? run.values[next] : undefined;
    if (after !== undefined && run.times[next] === timeMs) return after;
    const before = next > run.from ? run.values[next - 1] : undefined;
    if (before === undefined) return undefined;
    if (after === undefined) return { ...before, counterResetHint: 'unknown' };
    const { position } = this.#selector;
    const { query } = this.#scope;
    if (usesCustomBuckets(before) !== usesCustomBuckets(after)) {
      query.annotate(mixedBucketSchemas(this.#metricName, position));
      return undefined;
    }
    const hints = [before.counterResetHint, after.counterResetHint];
    return interpolateHistograms(
      [
        { timeMs: run.times[next - 1] ?? 0, histogram: before },
        { timeMs: run.times[next] ?? 0, histogram: after },
      ],
      { timeMs, isCounter: hints.some((hint) => hint !== 'gauge') },
      {
        metricName: this.#metricName,
        position,
        annotate: (annotation) => query.annotate(annotation),
      },
    );
  }
}

function smoothFloats(run: RunWindow<number>, timeMs: number): number | undefined {
  const next = firstNotBefore(run, timeMs);
  if (next < run.to && run.times[next] === timeMs) return run.values[next];
  if (next === run.from) return undefined;
  const before = { timeMs: run.times[next - 1] ?? 0, value: run.values[next - 1] ?? 0 };
  if (next === run.to) return before.value;
  const after = { timeMs: run.times[next] ?? 0, value: run.values[next] ?? 0 };
  return interpolate([before, after], timeMs, false);
}

function firstNotBefore<T>(run: RunWindow<T>, timeMs: number): number {
  let position = run.from;
  while (position < run.to && (run.times[position] ?? 0) < timeMs) position += 1;
  return position;
}

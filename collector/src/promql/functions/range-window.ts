import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import type { Labels } from '../../model/labels.ts';

/** Samples of one type in ascending order of time, valid from `from` up to, not including, `to`. */
export interface SampleRun<T> {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<T>;
  /** Milliseconds, 0 when unknown; absent when the series has none. */
  readonly startTimes?: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
}

/** A series as range functions see it: floats and histograms apart, stale markers gone. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly dropsName: boolean;
  readonly floats: SampleRun<number>;
  readonly histograms: SampleRun<NativeHistogram>;
}

/** The samples of one type inside a window: a part of a run that moves forward with the steps. */
export class RunWindow<T> {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<T>;
  readonly startTimes: ArrayLike<number> | undefined;
  /** The first position inside the window. */
  from: number;
  /** The position after the last inside the window. */
  to: number;
  readonly #end: number;

  constructor(run: SampleRun<T>) {
    this.times = run.times;
    this.values = run.values;
    this.startTimes = run.startTimes;
    this.from = run.from;
    this.to = run.from;
    this.#end = run.to;
  }

  get length(): number {
    return this.to - this.from;
  }

  /** Moves to `(startMs, endMs]`; neither may lie before the last call's. */
  moveTo(startMs: number, endMs: number): void {
    const { times } = this;
    while (this.to < this.#end && (times[this.to] ?? Infinity) <= endMs) this.to += 1;
    while (this.from < this.to && (times[this.from] ?? Infinity) <= startMs) this.from += 1;
  }
}

/** What a range function reads: the samples of one series in the window of one step. */
export class RangeWindow {
  readonly series: RangeSeries;
  readonly floats: RunWindow<number>;
  readonly histograms: RunWindow<NativeHistogram>;
  /** Start (exclusive) and end (inclusive) of the range, without any extension. */
  startMs = 0;
  endMs = 0;
  /** The evaluation time of the step. */
  evaluationMs = 0;
  readonly rangeMs: number;

  constructor(series: RangeSeries, rangeMs: number) {
    this.series = series;
    this.floats = new RunWindow(series.floats);
    this.histograms = new RunWindow(series.histograms);
    this.rangeMs = rangeMs;
  }

  get isEmpty(): boolean {
    return this.floats.length === 0 && this.histograms.length === 0;
  }
}

import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import type { Labels } from '../../../model/labels.ts';
import type { RangeSeries, SampleRun } from '../../functions/range-window.ts';
import type { SampleColumns } from '../../series-source.ts';
import { FLAG_HISTOGRAM, FLAG_STALE } from '../../series-source.ts';
import type { StepGrid } from '../query.ts';
import { stepTimeMs } from '../query.ts';
import type { StepSeries } from '../step-series.ts';
import { FLOAT, HISTOGRAM } from '../step-series.ts';

const NO_HISTOGRAMS: SampleRun<NativeHistogram> = { times: [], values: [], from: 0, to: 0 };

/**
 * Takes the columns as they are when they hold nothing but floats, and sorts them out otherwise.
 * Start timestamps must have been removed from them when they are not to be used.
 */
export function rangeSeriesOf(labels: Labels, columns: SampleColumns): RangeSeries {
  const { flags, from, to } = columns;
  for (let position = from; position < to; position += 1) {
    if (flags[position] !== 0) return sortOut(labels, columns);
  }
  return { labels, dropsName: false, floats: columns, histograms: NO_HISTOGRAMS };
}

interface MutableRun<T> {
  times: number[];
  values: T[];
  startTimes: number[];
}

function sortOut(labels: Labels, columns: SampleColumns): RangeSeries {
  const floats: MutableRun<number> = { times: [], values: [], startTimes: [] };
  const histograms: MutableRun<NativeHistogram> = { times: [], values: [], startTimes: [] };
  for (let position = columns.from; position < columns.to; position += 1) {
    const flags = columns.flags[position] ?? 0;
    if ((flags & FLAG_STALE) !== 0) continue;
    const histogram = (flags & FLAG_HISTOGRAM) === 0 ? undefined : columns.histograms?.[position];
    const run = histogram === undefined ? floats : histograms;
    run.times.push(columns.times[position] ?? 0);
    run.startTimes.push(columns.startTimes?.[position] ?? 0);
    if (histogram === undefined) floats.values.push(columns.values[position] ?? 0);
    else histograms.values.push(histogram);
  }
  const hasStartTimes = columns.startTimes !== undefined;
  return {
    labels,
    dropsName: false,
    floats: finish(floats, hasStartTimes),
    histograms: finish(histograms, hasStartTimes),
  };
}

function finish<T>(run: MutableRun<T>, hasStartTimes: boolean): SampleRun<T> {
  const { times, values, startTimes } = run;
  const base = { times, values, from: 0, to: times.length };
  return hasStartTimes ? { ...base, startTimes } : base;
}

/** The steps of a subquery as a range series. */
export function rangeSeriesOfSteps(series: StepSeries, grid: StepGrid): RangeSeries {
  const floats: MutableRun<number> = { times: [], values: [], startTimes: [] };
  const histograms: MutableRun<NativeHistogram> = { times: [], values: [], startTimes: [] };
  for (const [step, kind] of series.kinds.entries()) {
    if (kind === FLOAT) {
      floats.times.push(stepTimeMs(grid, step));
      floats.values.push(series.values[step] ?? Number.NaN);
    } else if (kind === HISTOGRAM) {
      const histogram = series.histograms[step];
      if (histogram === undefined) continue;
      histograms.times.push(stepTimeMs(grid, step));
      histograms.values.push(withoutResetKnowledge(histogram));
    }
  }
  const { labels, dropsName } = series;
  return {
    labels,
    dropsName,
    floats: finish(floats, false),
    histograms: finish(histograms, false),
  };
}

/** Steps of a subquery are not consecutive samples, so what a hint says does not hold for them. */
function withoutResetKnowledge(histogram: NativeHistogram): NativeHistogram {
  const { counterResetHint } = histogram;
  return counterResetHint === 'reset' || counterResetHint === 'not_reset'
    ? { ...histogram, counterResetHint: 'unknown' }
    : histogram;
}

import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import type { Labels } from '../../model/labels.ts';

export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/**
 * A series over the steps of a grid, as columns with one entry a step. `kinds` tells whether a step
 * has no sample (`ABSENT`), a float (in `values`) or a histogram (in `histograms`).
 */
export interface StepSeries {
  readonly labels: Labels;
  /** The metric name goes when the query ends (always false unless removal is delayed). */
  readonly dropsName: boolean;
  readonly kinds: number[];
  readonly values: number[];
  readonly histograms: (NativeHistogram | undefined)[];
}

/** What an expression evaluates to: a number a step, series, or a string. */
export type StepValue =
  | { readonly kind: 'scalar'; readonly values: readonly number[] }
  | { readonly kind: 'vector'; readonly series: readonly StepSeries[] }
  | { readonly kind: 'string'; readonly value: string };

export const NO_SERIES: StepValue = { kind: 'vector', series: [] };

const NO_HISTOGRAMS: (NativeHistogram | undefined)[] = [];

/** An empty series. Its `histograms` are shared until the first one is set. */
export function emptySeries(labels: Labels, count: number, dropsName = false): StepSeries {
  const kinds: number[] = [];
  const values: number[] = [];
  for (let step = 0; step < count; step += 1) {
    kinds.push(ABSENT);
    values.push(0);
  }
  return { labels, dropsName, kinds, values, histograms: NO_HISTOGRAMS };
}

export function setFloat(series: StepSeries, step: number, value: number): void {
  series.kinds[step] = FLOAT;
  series.values[step] = value;
}

export function setHistogram(series: StepSeries, step: number, histogram: NativeHistogram): void {
  if (series.histograms === NO_HISTOGRAMS) {
    (series as { histograms: (NativeHistogram | undefined)[] }).histograms = [];
  }
  series.kinds[step] = HISTOGRAM;
  series.histograms[step] = histogram;
}

/** Sets what a function gave: a float, a histogram, or nothing. */
export function setSample(
  series: StepSeries,
  step: number,
  sample: number | NativeHistogram | undefined,
): void {
  if (typeof sample === 'number') setFloat(series, step, sample);
  else if (sample !== undefined) setHistogram(series, step, sample);
}

export function isPresent(series: StepSeries, step: number): boolean {
  return series.kinds[step] !== ABSENT;
}

/** The float or histogram at a step, `undefined` when there is none. */
export function sampleAt(series: StepSeries, step: number): number | NativeHistogram | undefined {
  const kind = series.kinds[step];
  if (kind === FLOAT) return series.values[step];
  return kind === HISTOGRAM ? series.histograms[step] : undefined;
}

export function hasSamples(series: StepSeries): boolean {
  return series.kinds.some((kind) => kind !== ABSENT);
}

/** The same samples under other labels. The columns are shared, so neither may be written to. */
export function relabel(series: StepSeries, labels: Labels, dropsName: boolean): StepSeries {
  return { ...series, labels, dropsName };
}

/** How many samples a value holds; a histogram counts as much as its buckets weigh. */
export function countSamples(value: StepValue): number {
  if (value.kind === 'scalar') return value.values.length;
  if (value.kind === 'string') return 0;
  let total = 0;
  for (const series of value.series) {
    const { kinds } = series;
    for (let step = 0; step < kinds.length; step += 1) {
      if (kinds[step] === FLOAT) total += 1;
      else if (kinds[step] === HISTOGRAM) total += histogramWeight(series.histograms[step]);
    }
  }
  return total;
}

/** Of a series beside its steps: labels that no other series shares, arrays, objects. */
const SERIES_BYTES = 400;
/** A kind and a value, in arrays that grew to half more than they hold. */
const STEP_BYTES = 24;

/** Heap that series over a grid take; a step without a sample takes as much as one with. */
export function heapBytesOfSeries(seriesCount: number, steps: number): number {
  return seriesCount * (SERIES_BYTES + steps * STEP_BYTES);
}

/** Heap that a value takes. */
export function heapBytes(value: StepValue): number {
  if (value.kind === 'string') return 2 * value.value.length;
  if (value.kind === 'scalar') return value.values.length * STEP_BYTES;
  let total = 0;
  for (const { kinds, histograms } of value.series) {
    total += heapBytesOfSeries(1, kinds.length);
    for (const histogram of histograms) total += heapBytesOfHistogram(histogram);
  }
  return total;
}

/** Its numbers lie in arrays of their own, its spans are objects. */
function heapBytesOfHistogram(histogram: NativeHistogram | undefined): number {
  return 48 * histogramWeight(histogram);
}

/** Floats that take as much memory as the histogram (16 bytes each). */
export function histogramWeight(histogram: NativeHistogram | undefined): number {
  if (histogram === undefined) return 0;
  const numbers =
    histogram.positiveCounts.length +
    histogram.negativeCounts.length +
    histogram.positiveSpans.length +
    histogram.negativeSpans.length +
    histogram.customValues.length;
  return Math.floor((168 + 8 * numbers + 8) / 16);
}

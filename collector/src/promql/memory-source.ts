import { textKey } from '@telltale/core';

import type { NativeHistogram } from '../model/histogram/histogram.ts';
import { storedResetHint } from '../model/histogram/reset.ts';
import type { Labels } from '../model/labels.ts';
import type { ValuePredicate } from '../model/matcher.ts';
import { compileMatcher } from '../model/matcher.ts';

import type { LabelMatcher } from './ast.ts';
import type { SampleColumns, SeriesSource, SourceSeries } from './series-source.ts';
import { FLAG_HISTOGRAM, FLAG_STALE } from './series-source.ts';

/** A sample to be added: a float, a histogram, or the mark that the series has ended. */
export interface NewSample {
  readonly timeMs: number;
  readonly value?: number;
  readonly histogram?: NativeHistogram;
  readonly isStale?: boolean;
  readonly startTimeMs?: number;
}

/** Histograms further apart than this many samples are stored in runs of their own. */
const RUN_SAMPLES_MAX = 120;

/** Series in plain arrays, for tests and rule unit tests; production reads the series store. */
export class MemorySource implements SeriesSource {
  readonly #series = new Map<string, MemorySeries>();
  readonly #predicates = new Map<string, ValuePredicate>();

  /** Adds samples to a series; a sample at a time that the series has already is left out. */
  append(labels: Labels, samples: Iterable<NewSample>): void {
    let series = this.#series.get(labels.key);
    if (series === undefined) {
      series = new MemorySeries(labels);
      this.#series.set(labels.key, series);
    }
    for (const sample of samples) series.append(sample);
  }

  clear(): void {
    this.#series.clear();
  }

  select(
    matchers: readonly LabelMatcher[],
    startMs: number,
    endMs: number,
  ): readonly SourceSeries[] {
    const tests = matchers.map((matcher) => ({
      name: matcher.name,
      matches: this.#predicateOf(matcher),
    }));
    return [...this.#series.values()].filter(
      (series) =>
        series.hasSamplesIn(startMs, endMs) &&
        tests.every(({ name, matches }) => matches(series.labels.get(name))),
    );
  }

  #predicateOf(matcher: LabelMatcher): ValuePredicate {
    const key = textKey([matcher.operator, matcher.value]);
    let predicate = this.#predicates.get(key);
    if (predicate === undefined) {
      predicate = compileMatcher(matcher);
      this.#predicates.set(key, predicate);
    }
    return predicate;
  }
}

class MemorySeries implements SourceSeries {
  readonly labels: Labels;
  readonly #samples: NewSample[] = [];
  #columns: ReturnType<typeof toColumns> | undefined;
  #lastHistogram: NativeHistogram | undefined;
  #runLength = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  append(sample: NewSample): void {
    const last = this.#samples.at(-1);
    const next = sample.histogram === undefined ? sample : this.#withStoredHint(sample);
    if (sample.histogram === undefined) this.#lastHistogram = undefined;
    if (last === undefined || next.timeMs > last.timeMs) this.#samples.push(next);
    else this.#insert(next);
    this.#columns = undefined;
  }

  hasSamplesIn(startMs: number, endMs: number): boolean {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    return first !== undefined && first.timeMs <= endMs && (last?.timeMs ?? 0) >= startMs;
  }

  columns(startMs: number, endMs: number): SampleColumns {
    this.#columns ??= toColumns(this.#samples);
    const { times } = this.#columns;
    return {
      ...this.#columns,
      from: lowerBound(times, startMs),
      to: lowerBound(times, Math.floor(endMs) + 1),
    };
  }

  #insert(sample: NewSample): void {
    const position = this.#samples.findIndex(({ timeMs }) => timeMs >= sample.timeMs);
    if (this.#samples[position]?.timeMs !== sample.timeMs)
      this.#samples.splice(position, 0, sample);
  }

  /** A histogram is handed out with what is known about the one before it, not as written. */
  #withStoredHint(sample: NewSample): NewSample {
    const { histogram } = sample;
    if (histogram === undefined) return sample;
    const previous = this.#runLength < RUN_SAMPLES_MAX ? this.#lastHistogram : undefined;
    const { hint, isNewRun } = storedResetHint(previous, histogram);
    this.#runLength = isNewRun ? 1 : this.#runLength + 1;
    this.#lastHistogram = histogram;
    return { ...sample, histogram: { ...histogram, counterResetHint: hint } };
  }
}

function toColumns(samples: readonly NewSample[]): Omit<SampleColumns, 'from' | 'to'> {
  const hasHistograms = samples.some(({ histogram }) => histogram !== undefined);
  const hasStartTimes = samples.some(({ startTimeMs }) => startTimeMs !== undefined);
  return {
    times: Float64Array.from(samples, ({ timeMs }) => timeMs),
    values: Float64Array.from(samples, ({ value }) => value ?? 0),
    flags: Uint8Array.from(samples, flagsOf),
    ...(hasHistograms ? { histograms: samples.map(({ histogram }) => histogram) } : {}),
    ...(hasStartTimes
      ? { startTimes: Float64Array.from(samples, ({ startTimeMs }) => startTimeMs ?? 0) }
      : {}),
  };
}

function flagsOf({ histogram, isStale }: NewSample): number {
  return (isStale === true ? FLAG_STALE : 0) | (histogram === undefined ? 0 : FLAG_HISTOGRAM);
}

/** The first position whose time is not below `timeMs`. */
function lowerBound(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

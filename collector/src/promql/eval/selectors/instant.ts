import type { VectorSelector } from '../../ast.ts';
import type { SampleColumns, SourceSeries } from '../../series-source.ts';
import { FLAG_HISTOGRAM, FLAG_STALE } from '../../series-source.ts';
import type { Scope } from '../query.ts';
import type { StepSeries } from '../step-series.ts';
import { emptySeries, hasSamples, setFloat, setHistogram } from '../step-series.ts';
import { columnsFor } from './columns.ts';
import type { ReferenceTimes } from './time-window.ts';
import { referenceTimes } from './time-window.ts';

/** A sample found by an instant selector: columns and the position in them. */
export interface FoundSample {
  readonly columns: SampleColumns;
  readonly position: number;
}

export interface InstantWalk {
  readonly selector: VectorSelector;
  readonly times: ReferenceTimes;
  readonly scope: Scope;
}

/** Evaluates an instant selector: the newest sample of the lookback window at each step. */
export function selectInstant(selector: VectorSelector, scope: Scope): readonly StepSeries[] {
  const selected: StepSeries[] = [];
  forEachSeries(selector, scope, (source, times) => {
    const series = emptySeries(source.labels, scope.grid.count);
    walkInstant(source, { times, scope, selector }, (step, { columns, position }) => {
      const histogram = columns.histograms?.[position];
      const isHistogram = ((columns.flags[position] ?? 0) & FLAG_HISTOGRAM) !== 0;
      if (isHistogram && histogram !== undefined) setHistogram(series, step, histogram);
      else setFloat(series, step, columns.values[position] ?? Number.NaN);
    });
    if (!hasSamples(series)) return;
    selected.push(series);
    scope.query.checkRoomForSeries(selected.length, scope.grid.count);
  });
  return selected;
}

/** Calls back for each series that a selector may find a sample of. */
export function forEachSeries(
  selector: VectorSelector,
  scope: Scope,
  visit: (source: SourceSeries, times: ReferenceTimes) => void,
): void {
  const { query } = scope;
  const times = referenceTimes(selector, scope);
  const { lookbackMs } = query.options;
  const startMs = times.firstMs - lookbackMs + 1;
  for (const source of query.source.select(selector.matchers, startMs, times.lastMs)) {
    query.checkCancelled();
    visit(source, times);
  }
}

/**
 * Calls back with the newest sample of `(reference - lookback, reference]` at each step that has
 * one and where it is no stale marker.
 */
export function walkInstant(
  source: SourceSeries,
  { times, scope, selector }: InstantWalk,
  found: (step: number, sample: FoundSample) => void,
): void {
  const { lookbackMs } = scope.query.options;
  const stored = source.columns(times.firstMs - lookbackMs + 1, times.lastMs);
  const columns = columnsFor(selector, stored, scope.query);
  const { from, to } = columns;
  let position = from - 1;
  for (let step = 0; step < scope.grid.count; step += 1) {
    const referenceMs = times.firstMs + step * times.stepMs;
    while (position + 1 < to && (columns.times[position + 1] ?? Infinity) <= referenceMs) {
      position += 1;
    }
    if (position < from) continue;
    if ((columns.times[position] ?? -Infinity) <= referenceMs - lookbackMs) continue;
    if (((columns.flags[position] ?? 0) & FLAG_STALE) !== 0) continue;
    found(step, { columns, position });
  }
}

import type { StepSeries } from './step-series.ts';
import { ABSENT, emptySeries, hasSamples, sampleAt, setSample } from './step-series.ts';

/** The series with the samples of the steps that are kept; itself when all of them are. */
export function filterSteps(series: StepSeries, isKept: (step: number) => boolean): StepSeries {
  const { kinds } = series;
  if (kinds.every((kind, step) => kind === ABSENT || isKept(step))) return series;
  const filtered = emptySeries(series.labels, kinds.length, series.dropsName);
  for (let step = 0; step < kinds.length; step += 1) {
    if (kinds[step] !== ABSENT && isKept(step)) setSample(filtered, step, sampleAt(series, step));
  }
  return filtered;
}

/** The samples of one kind, and the series that have any. */
export function mapKinds(series: readonly StepSeries[], kind: number): StepSeries[] {
  return series
    .map((item) => filterSteps(item, (step) => item.kinds[step] === kind))
    .filter(hasSamples);
}

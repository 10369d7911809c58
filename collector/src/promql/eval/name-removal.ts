import type { Labels } from '../../model/labels.ts';
import { evaluationError } from '../error.ts';
import { withoutIdentity } from '../kernels/identity.ts';
import type { Query } from './query.ts';
import type { StepSeries } from './step-series.ts';
import { ABSENT, emptySeries, isPresent, relabel, sampleAt, setSample } from './step-series.ts';

/** How a function that changes the meaning of a metric labels its output. */
export interface OutputLabels {
  readonly labels: Labels;
  readonly dropsName: boolean;
}

/** Drops a metric's identity now, or notes that the end of the query has to. */
export function droppedName(labels: Labels, query: Query): OutputLabels {
  const isDelayed = query.options.features.delayedNameRemoval;
  return { labels: isDelayed ? labels : withoutIdentity(labels), dropsName: true };
}

/** Drops the names that functions have marked, at the end of a query with delayed removal. */
export function removeMarkedNames(series: readonly StepSeries[]): readonly StepSeries[] {
  return mergeSameLabels(
    series.map((item) =>
      item.dropsName ? relabel(item, withoutIdentity(item.labels), false) : item,
    ),
  );
}

/**
 * Joins series that have come to have the same labels.
 *
 * @throws {PromqlError} when two of them have a sample at the same step.
 */
export function mergeSameLabels(series: readonly StepSeries[]): readonly StepSeries[] {
  const byLabels = new Map<string, StepSeries>();
  const owned = new Set<StepSeries>();
  for (const item of series) {
    const known = byLabels.get(item.labels.key);
    if (known === undefined) {
      byLabels.set(item.labels.key, item);
      continue;
    }
    const target = owned.has(known) ? known : copySeries(known);
    owned.add(target);
    byLabels.set(item.labels.key, target);
    joinInto(target, item);
  }
  return byLabels.size === series.length ? series : [...byLabels.values()];
}

/** @throws {PromqlError} when two series have the same labels. */
export function requireDistinctLabels(series: readonly StepSeries[]): readonly StepSeries[] {
  if (series.length < 2) return series;
  if (new Set(series.map(({ labels }) => labels.key)).size < series.length) throw sameLabels();
  return series;
}

function copySeries(series: StepSeries): StepSeries {
  const copy = emptySeries(series.labels, series.kinds.length, series.dropsName);
  joinInto(copy, series);
  return copy;
}

function joinInto(target: StepSeries, added: StepSeries): void {
  for (let step = 0; step < added.kinds.length; step += 1) {
    if (added.kinds[step] === ABSENT) continue;
    if (isPresent(target, step)) throw sameLabels();
    setSample(target, step, sampleAt(added, step));
  }
}

export function sameLabels(): Error {
  return evaluationError('vector cannot contain metrics with the same labelset');
}

import { textKey } from '@telltale/core';

import { METRIC_NAME_LABEL } from '../model/labels.ts';
import { compileMatcher } from '../model/matcher.ts';

import type { LabelMatcher } from '../promql/ast.ts';

import { equalityName } from './retention.ts';
import type { StoredSeries } from './stored-series.ts';

/** Selections remembered between evaluations; the oldest goes when there are more. */
const SELECTIONS_MAX = 4096;

interface Selection {
  readonly generation: number;
  readonly series: readonly StoredSeries[];
}

/**
 * Finds series by matchers.
 *
 * Nearly every selector names its metric, so series are filed by metric name and the rest of the
 * matchers are tested one by one. Rules ask the same again at each evaluation: the answer is kept
 * until a series of that name appears or goes.
 */
export class LabelIndex {
  readonly #byName: Map<string, Set<StoredSeries>> = new Map();
  readonly #generations: Map<string, number> = new Map();
  readonly #selections: Map<string, Selection> = new Map();
  #generation = 0;

  get metricNames(): Iterable<string> {
    return this.#byName.keys();
  }

  /** The series of a metric name, as a new list. */
  named(metricName: string): StoredSeries[] {
    return [...(this.#byName.get(metricName) ?? [])];
  }

  /** How many series have this metric name. */
  countOf(metricName: string): number {
    return this.#byName.get(metricName)?.size ?? 0;
  }

  add(series: StoredSeries): void {
    const name = series.labels.metricName;
    const named = this.#byName.get(name);
    if (named === undefined) this.#byName.set(name, new Set([series]));
    else named.add(series);
    this.#bump(name);
  }

  remove(series: StoredSeries): void {
    const name = series.labels.metricName;
    const named = this.#byName.get(name);
    named?.delete(series);
    if (named?.size === 0) {
      this.#byName.delete(name);
      this.#generations.delete(name);
      this.#generation += 1;
    } else {
      this.#bump(name);
    }
  }

  /** The series that satisfy all matchers. The array is shared: do not change it. */
  select(matchers: readonly LabelMatcher[]): readonly StoredSeries[] {
    const key = selectionKey(matchers);
    const name = equalityName(matchers);
    const generation = name === undefined ? this.#generation : (this.#generations.get(name) ?? -1);
    const known = this.#selections.get(key);
    if (known !== undefined && known.generation === generation) return known.series;
    const series = this.#scan(matchers, name);
    this.#remember(key, { generation, series });
    return series;
  }

  #scan(matchers: readonly LabelMatcher[], name: string | undefined): StoredSeries[] {
    const rest = name === undefined ? matchers : matchers.filter((each) => !isEqualName(each));
    const tests = rest.map((matcher) => ({
      name: matcher.name,
      test: compileMatcher(matcher),
    }));
    const candidates =
      name === undefined ? [...this.#byName.values()] : [this.#byName.get(name) ?? []];
    const found: StoredSeries[] = [];
    for (const group of candidates) {
      for (const series of group) {
        if (tests.every(({ name: label, test }) => test(series.labels.get(label)))) {
          found.push(series);
        }
      }
    }
    return found;
  }

  #remember(key: string, selection: Selection): void {
    this.#selections.delete(key);
    this.#selections.set(key, selection);
    if (this.#selections.size <= SELECTIONS_MAX) return;
    for (const oldest of this.#selections.keys()) {
      this.#selections.delete(oldest);
      return;
    }
  }

  #bump(name: string): void {
    this.#generation += 1;
    // From the common counter, so that a name that went and came back has a number of its own.
    this.#generations.set(name, this.#generation);
  }
}

function isEqualName({ name, operator }: LabelMatcher): boolean {
  return name === METRIC_NAME_LABEL && operator === '=';
}

function selectionKey(matchers: readonly LabelMatcher[]): string {
  return textKey(matchers.flatMap(({ name, operator, value }) => [name, operator, value]));
}

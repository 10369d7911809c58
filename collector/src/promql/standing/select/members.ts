import { textKey } from '@telltale/core';

import { type Labels, METRIC_NAME_LABEL } from '../../../model/labels.ts';
import { compileMatcher } from '../../../model/matcher.ts';
import type { LabelMatcher } from '../../ast.ts';
import type { LiveListener, LiveSeries, LiveSource } from './live-source.ts';

/** Holes that are tolerated before a member list is rebuilt. */
const HOLES_MIN = 64;

/**
 * The series that satisfy one selector, in the order in which they appeared. Positions are stable
 * until `generation` changes: a series that goes leaves a hole.
 */
export class Members {
  readonly metricName: string | undefined;
  /** Grows at the end only, while the generation stays the same. */
  series: (LiveSeries | undefined)[] = [];
  generation = 0;
  readonly #accepts: (labels: Labels) => boolean;
  readonly #positions: Map<LiveSeries, number> = new Map();
  #holes = 0;

  constructor(matchers: readonly LabelMatcher[]) {
    this.metricName = metricNameOf(matchers);
    const tests = matchers.map((matcher) => ({
      name: matcher.name,
      accepts: compileMatcher(matcher),
    }));
    this.#accepts = (labels) => tests.every(({ name, accepts }) => accepts(labels.get(name)));
  }

  offer(series: LiveSeries): void {
    if (!this.#accepts(series.labels)) return;
    this.#positions.set(series, this.series.length);
    this.series.push(series);
  }

  remove(series: LiveSeries): void {
    const position = this.#positions.get(series);
    if (position === undefined) return;
    this.#positions.delete(series);
    this.series[position] = undefined;
    this.#holes += 1;
    if (this.#holes > Math.max(HOLES_MIN, this.series.length / 4)) this.#compact();
  }

  #compact(): void {
    this.series = this.series.filter((series) => series !== undefined);
    this.generation += 1;
    this.#holes = 0;
    this.#positions.clear();
    for (const [position, series] of this.series.entries()) {
      if (series !== undefined) this.#positions.set(series, position);
    }
  }
}

/** The metric name that the matchers ask for by equality. */
function metricNameOf(matchers: readonly LabelMatcher[]): string | undefined {
  return matchers.find(
    ({ name, operator, value }) => name === METRIC_NAME_LABEL && operator === '=' && value !== '',
  )?.value;
}

function groupByName(all: Iterable<LiveSeries>): Map<string, LiveSeries[]> {
  const byName = new Map<string, LiveSeries[]>();
  for (const series of all) {
    const name = series.labels.metricName;
    const named = byName.get(name);
    if (named === undefined) byName.set(name, [series]);
    else named.push(series);
  }
  return byName;
}

/**
 * The member lists of all selectors, one for each distinct selector. A new series is offered to the
 * selectors of its metric name and to those without one, once.
 */
export class MemberRegistry implements LiveListener {
  readonly #source: LiveSource;
  readonly #byKey: Map<string, Members> = new Map();
  readonly #byName: Map<string | undefined, Members[]> = new Map();
  readonly #unsubscribe: () => void;
  /** All series by metric name, while many selectors are bound and no series comes or goes. */
  #seriesByName: Map<string, LiveSeries[]> | undefined;

  constructor(source: LiveSource) {
    this.#source = source;
    this.#unsubscribe = source.subscribe(this);
  }

  membersOf(matchers: readonly LabelMatcher[]): Members {
    const key = textKey(matchers.flatMap(({ name, operator, value }) => [name, operator, value]));
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const members = new Members(matchers);
    for (const series of this.#candidates(members.metricName)) members.offer(series);
    this.#byKey.set(key, members);
    const named = this.#byName.get(members.metricName);
    if (named === undefined) this.#byName.set(members.metricName, [members]);
    else named.push(members);
    return members;
  }

  onCreated(series: LiveSeries): void {
    this.#seriesByName = undefined;
    for (const members of this.#concerned(series)) members.offer(series);
  }

  onRemoved(series: LiveSeries): void {
    this.#seriesByName = undefined;
    for (const members of this.#concerned(series)) members.remove(series);
  }

  close(): void {
    this.#unsubscribe();
  }

  #candidates(metricName: string | undefined): Iterable<LiveSeries> {
    if (metricName === undefined) return this.#source.values();
    this.#seriesByName ??= groupByName(this.#source.values());
    return this.#seriesByName.get(metricName) ?? [];
  }

  #concerned(series: LiveSeries): readonly Members[] {
    const named = this.#byName.get(series.labels.metricName) ?? [];
    const unnamed = this.#byName.get(undefined);
    return unnamed === undefined ? named : [...named, ...unnamed];
  }
}

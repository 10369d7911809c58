import { textKey } from '@telltale/core';

import { type Labels, METRIC_NAME_LABEL } from '../model/labels.ts';
import { compileMatcher } from '../model/matcher.ts';

import type { LabelMatcher } from '../promql/ast.ts';

/** History that one selector of one rule group needs. */
export interface SelectorNeed {
  readonly matchers: readonly LabelMatcher[];
  /** Range, offset and lookback together. */
  readonly historyMs: number;
  /** The rule group to wake when a sample of this selector arrives; absent for none. */
  readonly group?: string;
}

/**
 * Why a series is kept. Series with equal needs share one object, so that marking the rule groups
 * of an arriving sample is a single write.
 */
export interface SeriesInterest {
  readonly windowMs: number;
  /** What the writer of the series asked for, whatever the selectors say. */
  readonly windowMsMin: number;
  readonly groups: readonly string[];
  /** Set by the store when a sample arrives, cleared by the evaluation of the groups. */
  isTouched: boolean;
}

export interface RetentionOptions {
  /** Keep every series at least this long, selected or not; 0 keeps selected series only. */
  readonly retainAllMs: number;
  /** Added to every window, for late samples and late evaluations. */
  readonly marginMs: number;
}

interface CompiledNeed {
  readonly need: SelectorNeed;
  matches(labels: Labels): boolean;
}

/** Decides which series are stored and for how long. */
export class RetentionPlan {
  readonly #options: RetentionOptions;
  readonly #byName: Map<string, CompiledNeed[]> = new Map();
  readonly #anyName: CompiledNeed[] = [];
  readonly #interests: Map<string, SeriesInterest> = new Map();

  constructor(needs: readonly SelectorNeed[], options: RetentionOptions) {
    this.#options = options;
    for (const need of needs) this.#add(need);
  }

  /** Each distinct interest handed out so far. */
  get interests(): Iterable<SeriesInterest> {
    return this.#interests.values();
  }

  /** The largest window of any selector; at least `retainAllMs`. */
  get windowMsMax(): number {
    const all = [...this.#byName.values()].flat().concat(this.#anyName);
    const history = all.map(({ need }) => need.historyMs);
    return Math.max(this.#options.retainAllMs, 0, ...history) + this.#options.marginMs;
  }

  /** Whether a series with this metric name can be of interest at all. */
  wantsName(metricName: string): boolean {
    if (this.#options.retainAllMs > 0 || this.#anyName.length > 0) return true;
    return this.#byName.has(metricName);
  }

  /** `undefined` when no rule asks for the series. `windowMsMin` above 0 keeps it all the same. */
  interestOf(labels: Labels, windowMsMin = 0): SeriesInterest | undefined {
    const floorMs = Math.max(this.#options.retainAllMs, windowMsMin);
    const named = this.#byName.get(labels.metricName) ?? [];
    const matching = [...named, ...this.#anyName].filter((need) => need.matches(labels));
    if (matching.length === 0 && floorMs === 0) return undefined;
    const historyMs = Math.max(floorMs, ...matching.map(({ need }) => need.historyMs));
    const groups = matching.flatMap(({ need }) => (need.group === undefined ? [] : [need.group]));
    return this.#shared({
      windowMs: historyMs + this.#options.marginMs,
      windowMsMin,
      groups: [...new Set(groups)].sort(),
      isTouched: false,
    });
  }

  /** The groups whose series were touched since the last call; clears the marks. */
  takeTouchedGroups(): string[] {
    const touched = new Set<string>();
    for (const interest of this.#interests.values()) {
      if (!interest.isTouched) continue;
      interest.isTouched = false;
      for (const group of interest.groups) touched.add(group);
    }
    return [...touched];
  }

  #add(need: SelectorNeed): void {
    const tests = need.matchers.map((matcher) => ({
      name: matcher.name,
      test: compileMatcher(matcher),
    }));
    const compiled: CompiledNeed = {
      need,
      matches: (labels) => tests.every(({ name, test }) => test(labels.get(name))),
    };
    const name = equalityName(need.matchers);
    if (name === undefined) this.#anyName.push(compiled);
    else this.#byName.set(name, [...(this.#byName.get(name) ?? []), compiled]);
  }

  #shared(wanted: SeriesInterest): SeriesInterest {
    const { windowMs, windowMsMin, groups } = wanted;
    const key = textKey([String(windowMs), String(windowMsMin), ...groups]);
    const known = this.#interests.get(key);
    if (known !== undefined) return known;
    this.#interests.set(key, wanted);
    return wanted;
  }
}

/** The metric name that `matchers` ask for by equality. */
export function equalityName(matchers: readonly LabelMatcher[]): string | undefined {
  const isNamed = ({ name, operator, value }: LabelMatcher): boolean =>
    name === METRIC_NAME_LABEL && operator === '=' && value !== '';
  return matchers.find(isNamed)?.value;
}

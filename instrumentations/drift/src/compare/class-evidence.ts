import {
  type Baseline,
  OutcomeProcess,
  type RandomSource,
  type UrnState,
  urnOfHits,
} from '@telltale/statistics';

import type { ClassSnapshot } from './evidence.ts';

/** Categories with a process of their own: each costs time at every record. */
const CLASSES_MAX = 8;
/** To draw an urn takes time for each record: a baseline that claims more has no such evidence. */
const RECORDS_MAX = 1e6;
/** A category that most records have says no more than the others together. */
const SHARE_MAX = 0.5;

interface WatchedClass {
  readonly place: number;
  /** Of its evidence in the mean of all: named categories have half of it, the others the rest. */
  readonly weight: number;
  readonly urn: UrnState;
  readonly process: OutcomeProcess;
}

export interface ClassEvidenceParts {
  readonly baseline: Baseline;
  readonly random: RandomSource;
  /** Categories that are watched whatever their share is. */
  readonly wanted: readonly string[];
}

/**
 * Evidence on the share of each frequent category. Ranks of all categories together show a change
 * of one of them late, when it is rare or between others.
 */
export class ClassEvidence {
  readonly #random: RandomSource;
  readonly #classes: readonly WatchedClass[];
  #value = 0;

  constructor(parts: ClassEvidenceParts, snapshot?: readonly ClassSnapshot[]) {
    this.#random = parts.random;
    this.#classes = weighted(classesOf(parts, snapshot), parts);
    this.#value = this.#mean();
  }

  /** Places of the categories that have evidence of their own. */
  get places(): readonly number[] {
    return this.#classes.map(({ place }) => place);
  }

  /** Whether there is a category to watch. */
  get isEmpty(): boolean {
    return this.#classes.length === 0;
  }

  get value(): number {
    return this.#value;
  }

  /** @param place of the category in the list of the baseline */
  observe(place: number, isLearning: boolean): void {
    let sum = 0;
    for (let index = 0; index < this.#classes.length; index += 1) {
      const of = this.#classes[index];
      if (of === undefined) continue;
      const evidence = of.process.update(
        of.place === place ? 1 : 0,
        this.#random.next(),
        isLearning,
      );
      sum += of.weight * evidence;
    }
    this.#value = sum;
  }

  rearm(): void {
    for (const { process } of this.#classes) process.rearm();
    this.#value = 0;
  }

  snapshot(): readonly ClassSnapshot[] {
    return this.#classes.map(({ place, urn: { edges, ties }, process }) => ({
      place,
      edges,
      ties,
      state: process.snapshot(),
    }));
  }

  #mean(): number {
    return this.#classes.reduce((sum, { process, weight }) => sum + weight * process.evidence, 0);
  }
}

type Unweighted = Omit<WatchedClass, 'weight'>;

/** Weights are fixed beforehand and add up to 1, so that their mean keeps the promise. */
function weighted(
  classes: readonly Unweighted[],
  { baseline, wanted }: ClassEvidenceParts,
): readonly WatchedClass[] {
  const isNamed = ({ place }: Unweighted): boolean => wanted.includes(nameOf(baseline, place));
  const named = classes.filter(isNamed).length;
  const others = classes.length - named;
  const share = named === 0 || others === 0 ? 1 : 0.5;
  return classes.map((of) => ({ ...of, weight: share / (isNamed(of) ? named : others) }));
}

/** Those of the snapshot, and those that are wanted since. */
function classesOf(
  parts: ClassEvidenceParts,
  snapshot: readonly ClassSnapshot[] | undefined,
): readonly Unweighted[] {
  if (snapshot === undefined) return placesOf(parts).map((place) => made(place, parts));
  const known = snapshot.map(restored);
  const wanted = placesOf(parts).slice(0, parts.wanted.length);
  const isWanted = (place: number): boolean =>
    parts.wanted.includes(nameOf(parts.baseline, place)) && !known.some((of) => of.place === place);
  return [...known, ...wanted.filter(isWanted).map((place) => made(place, parts))];
}

const nameOf = ({ known }: Baseline, place: number): string =>
  known.kind === 'categories' ? (known.names[place] ?? '') : '';

/** Whether the baseline holds too many records for evidence of single categories. */
export const hasTooManyRecords = ({ classes }: Baseline): boolean =>
  (classes?.records ?? 0) > RECORDS_MAX;

/**
 * The wanted categories, then the most frequent ones by the order of the list, which comes from
 * other values than the urn: to choose by the same values would break the promise.
 */
function placesOf({ baseline, wanted }: ClassEvidenceParts): readonly number[] {
  const { known, classes, categoryCounts, size } = baseline;
  if (known.kind !== 'categories' || classes === undefined) return [];
  if (!(classes.records >= 2 && classes.records <= RECORDS_MAX)) return [];
  const named = wanted.map((name) => known.names.indexOf(name)).filter((place) => place >= 0);
  // What most records are is the complement of the rest together.
  const isMost = (place: number): boolean => (categoryCounts[place] ?? 0) > SHARE_MAX * size;
  const frequent = Array.from(known.names, (_, place) => place).filter(
    (place) => !isMost(place) && !named.includes(place),
  );
  return [...named, ...frequent].slice(0, Math.max(CLASSES_MAX, named.length));
}

function made(place: number, { baseline, random }: ClassEvidenceParts): Unweighted {
  const { counts = [], records = 0 } = baseline.classes ?? {};
  const urn = urnOfHits(counts[place] ?? 0, records, random);
  return { place, urn, process: new OutcomeProcess(urn) };
}

function restored({ place, edges, ties, state }: ClassSnapshot): Unweighted {
  const urn = { edges, ties, weights: state.weights };
  return { place, urn, process: new OutcomeProcess(urn, state) };
}

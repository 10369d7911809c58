import {
  type Baseline,
  OutcomeProcess,
  type RandomSource,
  ShareBets,
  shareBounds,
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
  /** Of its evidence in the mean of its group. */
  readonly weight: number;
  readonly urn: UrnState;
  readonly process: OutcomeProcess;
  /** Of a class that the user named: what is rare is learned away by the process alone. */
  readonly bets: ShareBets | undefined;
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
  /** Whether the user named some of them, and whether there are others. */
  readonly hasNamed: boolean;
  readonly hasOthers: boolean;
  #named = 0;
  #others = 0;

  constructor(parts: ClassEvidenceParts, snapshot?: readonly ClassSnapshot[]) {
    this.#random = parts.random;
    this.#classes = weighted(classesOf(parts, snapshot));
    this.hasNamed = this.#classes.some(isNamed);
    this.hasOthers = !this.#classes.every(isNamed);
    const sumOf = (classes: readonly WatchedClass[]): number =>
      classes.reduce((sum, of) => sum + of.weight * evidenceOf(of), 0);
    this.#named = sumOf(this.#classes.filter(isNamed));
    this.#others = sumOf(this.#classes.filter((of) => !isNamed(of)));
  }

  /** Places of the categories that have evidence of their own. */
  get places(): readonly number[] {
    return this.#classes.map(({ place }) => place);
  }

  /** Whether there is a category to watch. */
  get isEmpty(): boolean {
    return this.#classes.length === 0;
  }

  /** Mean evidence on the classes that the user named. */
  get named(): number {
    return this.#named;
  }

  /** Mean evidence on the frequent ones. */
  get others(): number {
    return this.#others;
  }

  /** @param place of the category in the list of the baseline */
  observe(place: number, isLearning: boolean): void {
    let named = 0;
    let others = 0;
    for (let index = 0; index < this.#classes.length; index += 1) {
      const of = this.#classes[index];
      if (of === undefined) continue;
      const isHit = of.place === place;
      const learned = of.process.update(isHit ? 1 : 0, this.#random.next(), isLearning);
      if (of.bets === undefined) others += of.weight * learned;
      else named += (of.weight * (learned + of.bets.update(isHit))) / 2;
    }
    this.#named = named;
    this.#others = others;
  }

  rearm(): void {
    for (const { process, bets } of this.#classes) {
      process.rearm();
      bets?.rearm();
    }
    this.#named = 0;
    this.#others = 0;
  }

  snapshot(): readonly ClassSnapshot[] {
    return this.#classes.map(({ place, urn: { edges, ties }, process, bets }) => ({
      place,
      edges,
      ties,
      state: process.snapshot(),
      ...(bets === undefined ? {} : { bets: bets.snapshot() }),
    }));
  }
}

const isNamed = ({ bets }: Unweighted): boolean => bets !== undefined;

const evidenceOf = ({ process, bets }: Unweighted): number =>
  bets === undefined ? process.evidence : (process.evidence + bets.evidence) / 2;

type Unweighted = Omit<WatchedClass, 'weight'>;

/** Weights are fixed beforehand and those of a group add up to 1, so that a mean keeps the promise. */
function weighted(classes: readonly Unweighted[]): readonly WatchedClass[] {
  const named = classes.filter(isNamed).length;
  const others = classes.length - named;
  return classes.map((of) => ({ ...of, weight: 1 / (isNamed(of) ? named : others) }));
}

/** Those of the snapshot, and those that are wanted since. */
function classesOf(
  parts: ClassEvidenceParts,
  snapshot: readonly ClassSnapshot[] | undefined,
): readonly Unweighted[] {
  if (snapshot === undefined) return placesOf(parts).map((place) => made(place, parts));
  const known = snapshot.map((of) => restored(of, parts));
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

function made(place: number, parts: ClassEvidenceParts): Unweighted {
  const { baseline, random } = parts;
  const { counts = [], records = 0 } = baseline.classes ?? {};
  const urn = urnOfHits(counts[place] ?? 0, records, random);
  return { place, urn, process: new OutcomeProcess(urn), bets: betsOf(place, parts) };
}

function restored(
  { place, edges, ties, state, bets }: ClassSnapshot,
  parts: ClassEvidenceParts,
): Unweighted {
  const urn = { edges, ties, weights: state.weights };
  return { place, urn, process: new OutcomeProcess(urn, state), bets: betsOf(place, parts, bets) };
}

/** Bets on a class that the user named. */
function betsOf(
  place: number,
  { baseline, wanted }: ClassEvidenceParts,
  evidence?: readonly number[],
): ShareBets | undefined {
  if (!wanted.includes(nameOf(baseline, place))) return undefined;
  const { classes, categoryCounts, size, thin } = baseline;
  // A name that the user gave owes nothing to the values, so those that the list is from count too.
  const of = thin === 1 ? { counts: categoryCounts, records: size } : classes;
  const bounds = shareBounds(of?.counts[place] ?? 0, Math.max(1, of?.records ?? 0));
  return new ShareBets(bounds, evidence);
}

import {
  EDetector,
  LastingBets,
  PolyaUrn,
  type RandomSource,
  type ShiftDetector,
  type UrnState,
} from '@telltale/statistics';

import type { ClassEvidence } from './class-evidence.ts';
import type { Evidence, EvidenceSnapshot } from './evidence.ts';

/**
 * Weight from which a reference is good enough and stops learning: growing on would dilute shifts.
 * The bets on lasting changes remember 8000 records. They tell a frozen reference of no more from the
 * truth, which breaks the promise.
 */
const FREEZE_WEIGHT_MIN = 100_000;
const FREEZE_SHARE_OF_PROMISE = 0.1;

/**
 * Weights of the detector, of the bets on lasting changes, and of frequent classes where there are
 * some. The detector has most: what it finds of small shifts is little more than what is needed.
 */
const DETECTOR_WEIGHT = 0.8;
const CLASSES_WEIGHT = 0.3;

/** Evidence of a recent stretch from which the detector knows where it began. */
const CHANGE_SEEN_MIN = 10;

export interface ValueEvidenceParts {
  /** Where the reference starts: the cells of the baseline. */
  readonly cells: UrnState;
  readonly random: RandomSource;
  /** The promised mean number of records between false alarms. */
  readonly promise: number;
  /** The reference never learns: it was made of many more values than its weights say. */
  readonly isFrozen?: boolean;
  /** For categories. */
  readonly classes?: ClassEvidence | undefined;
  /** For short series: it alone says how likely a change is. */
  readonly level?: ShiftDetector | undefined;
}

/**
 * Evidence on values: the mean of an e-detector over urn ranks, which is fast at large changes, of
 * bets on moderate ones that last, and for categories of a process for each frequent one; classes that
 * the user named are half of it. The mean of processes that keep the promise keeps it too.
 */
export class ValueEvidence implements Evidence {
  readonly #urn: PolyaUrn;
  readonly #random: RandomSource;
  readonly #freezeWeight: number;
  readonly #classes: ClassEvidence | undefined;
  readonly #lasting: LastingBets;
  readonly #level: ShiftDetector | undefined;
  #detector: EDetector;

  constructor(parts: ValueEvidenceParts, snapshot: EvidenceSnapshot = {}) {
    const { cells, random, promise, isFrozen = false, classes, level } = parts;
    const { detector, lasting, weights = cells.weights } = snapshot;
    this.#urn = new PolyaUrn(cells, weights);
    this.#random = random;
    this.#freezeWeight = isFrozen
      ? 0
      : Math.max(FREEZE_WEIGHT_MIN, promise * FREEZE_SHARE_OF_PROMISE);
    this.#classes = classes?.isEmpty === true ? undefined : classes;
    this.#level = level;
    this.#lasting = new LastingBets(weights, lasting);
    this.#detector = new EDetector(detector);
  }

  get value(): number {
    if (this.#level !== undefined) return this.#level.shift.evidence;
    const ranks =
      DETECTOR_WEIGHT * this.#detector.evidence + (1 - DETECTOR_WEIGHT) * this.#lasting.evidence;
    const classes = this.#classes;
    if (classes === undefined) return ranks;
    const all = classes.hasOthers
      ? (1 - CLASSES_WEIGHT) * ranks + CLASSES_WEIGHT * classes.others
      : ranks;
    return classes.hasNamed ? (all + classes.named) / 2 : all;
  }

  get current(): number {
    return this.#detector.current;
  }

  get records(): number {
    return this.#detector.records;
  }

  get referenceSize(): number {
    return this.#urn.total;
  }

  get isFrozen(): boolean {
    return this.#urn.total >= this.#freezeWeight;
  }

  /**
   * The cell of the urn that a value falls into.
   *
   * @param tie uniform in (0, 1), drawn for this record
   */
  cell(value: number, tie: number): number {
    return this.#urn.cell(value, tie);
  }

  /**
   * @param cell from `cell()`
   * @param place of the category, where the values are categories
   */
  observe(cell: number, isLearning: boolean, place = -1): void {
    const urn = this.#urn;
    const rank = urn.rank(cell, this.#random.next());
    this.#detector.update(rank);
    // The odds of the cell before the urn learns this record.
    this.#lasting.update(rank, cell, urn.total / urn.weight(cell));
    this.#classes?.observe(place, isLearning);
    // Learning comes after the rank, and in the urn's own time: a lagged urn would not be exact.
    if (isLearning && !this.isFrozen) urn.learn(cell);
  }

  /** Weights of the cells of the urn. A copy. */
  weights(): readonly number[] {
    return this.#urn.weights();
  }

  changePointAgo(): number | undefined {
    if (this.#level !== undefined) return this.#level.shift.length;
    // Bets on lasting changes keep no start: where the detector saw nothing, it is not known.
    if (this.#detector.current < CHANGE_SEEN_MIN) return undefined;
    const start = this.#detector.changePoint();
    return start === 0 ? undefined : this.#detector.records - start + 1;
  }

  rearm(): void {
    this.#detector = new EDetector();
    this.#lasting.rearm(this.#urn.weights());
    this.#classes?.rearm();
  }

  snapshot(): EvidenceSnapshot {
    return {
      detector: this.#detector.snapshot(),
      lasting: this.#lasting.snapshot(),
      weights: this.#urn.weights(),
      ...(this.#classes === undefined ? {} : { classes: this.#classes.snapshot() }),
    };
  }
}

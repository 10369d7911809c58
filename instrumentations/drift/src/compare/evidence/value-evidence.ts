import {
  EDetector,
  LastingBets,
  numberList,
  PolyaUrn,
  type RandomSource,
  type RunOfRecords,
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
const DETECTOR_WEIGHT = 0.95;
const CLASSES_WEIGHT = 0.3;

/** Records that wait at most: as many as there are between two looks at a window of a thousand. */
const WAITING_MAX = 20;

/** Evidence of a recent stretch from which the detector knows where it began. */
const CHANGE_SEEN_MIN = 10;

/** The records that are taken; nothing of it outlives a call. */
const run: RunOfRecords = {
  ranks: new Float64Array(WAITING_MAX),
  cells: new Int32Array(WAITING_MAX),
  odds: new Float64Array(WAITING_MAX),
  length: 0,
};

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
  #isFrozen: boolean;
  #isLearning = true;
  /** Records that wait: the cell of each, and its place inside the cell as the fraction. */
  readonly #waiting = numberList(WAITING_MAX);
  #length = 0;

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
    this.#isFrozen = this.#urn.total >= this.#freezeWeight;
  }

  get value(): number {
    if (this.#level !== undefined) return this.#level.shift.evidence;
    this.#settle();
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
    this.#settle();
    return this.#detector.current;
  }

  get records(): number {
    this.#settle();
    return this.#detector.records;
  }

  get referenceSize(): number {
    this.#settle();
    return this.#urn.total;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  get isLearning(): boolean {
    return this.#isLearning;
  }

  set isLearning(isLearning: boolean) {
    this.#settle();
    this.#isFrozen = this.#urn.total >= this.#freezeWeight;
    this.#isLearning = isLearning;
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
  observe(cell: number, place = -1): void {
    // The place inside the cell is below 1, so both fit into one double.
    this.#waiting[this.#length] = cell + this.#random.next();
    this.#length += 1;
    this.#classes?.observe(place, this.#isLearning);
    if (this.#length === WAITING_MAX) this.#settle();
  }

  /** Takes the records that wait, in their order. */
  #settle(): void {
    const length = this.#length;
    if (length === 0) return;
    const urn = this.#urn;
    const { ranks, cells, odds } = run;
    const isLearning = this.#isLearning && !this.#isFrozen;
    for (let index = 0; index < length; index += 1) {
      const code = this.#waiting[index] ?? 0;
      const cell = Math.floor(code);
      cells[index] = cell;
      ranks[index] = urn.rank(cell, code - cell);
      // The odds of the cell before the urn learns this record.
      odds[index] = urn.total / urn.weight(cell);
      // Learning comes after the rank, and in the urn's own time: a lagged urn would not be exact.
      if (isLearning) urn.learn(cell);
    }
    this.#detector.updateRun(ranks, length);
    run.length = length;
    this.#lasting.updateRun(run);
    this.#length = 0;
  }

  /** Weights of the cells of the urn. A copy. */
  weights(): readonly number[] {
    this.#settle();
    return this.#urn.weights();
  }

  changePointAgo(): number | undefined {
    if (this.#level !== undefined) return this.#level.shift.length;
    this.#settle();
    // Bets on lasting changes keep no start: where the detector saw nothing, it is not known.
    if (this.#detector.current < CHANGE_SEEN_MIN) return undefined;
    const start = this.#detector.changePoint();
    return start === 0 ? undefined : this.#detector.records - start + 1;
  }

  rearm(): void {
    this.#settle();
    this.#detector = new EDetector();
    this.#lasting.rearm(this.#urn.weights());
    this.#classes?.rearm();
  }

  snapshot(): EvidenceSnapshot {
    this.#settle();
    return {
      detector: this.#detector.snapshot(),
      lasting: this.#lasting.snapshot(),
      weights: this.#urn.weights(),
      ...(this.#classes === undefined ? {} : { classes: this.#classes.snapshot() }),
    };
  }
}

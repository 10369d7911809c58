import { betOnShares, type CellRun, type LearningBets } from './learned-shares.ts';
import { copyInto, numberList } from './number-list.ts';
import { EVIDENCE_MAX, RUN_RECORDS_MAX } from './run.ts';

/** Outermost shares of ranks that are bet on, on either side. */
const TAIL_NARROW = 0.05;
const TAIL_WIDE = 0.1;
const TAILS: readonly number[] = [TAIL_NARROW, TAIL_WIDE];
/** Stakes that grow when a tail is too full, then those that grow when it is too empty. */
const FULL: readonly number[] = [0.04];
const EMPTY: readonly number[] = [0.5];
/** Memory, in records, of the bets that learn the share of every cell. */
const SHORT_HORIZON = 2000;
const LONG_HORIZON = 8000;
const SIDES = 2;
const STAKES = FULL.length + EMPTY.length;
const FIXED = TAILS.length * SIDES * STAKES;
/** Fixed bets, then the two that learn. */
const BETS = FIXED + 2;
const MEAN = BETS;
const SCALES = MEAN + 1;
const SHARES = SCALES + 2;

/** By the number of cells: streams mostly have equal ones. */
const learning: (LearningBets | undefined)[] = [];

const learningOver = (cells: number): LearningBets =>
  (learning[cells] ??= {
    cells,
    evidence: FIXED,
    scales: SCALES,
    shares: SHARES,
    shortKept: 1 - 1 / SHORT_HORIZON,
    longKept: 1 - 1 / LONG_HORIZON,
  });

/** The factor of every fixed bet outside its tail, and inside. */
const OUTSIDE = new Float64Array(FIXED);
const INSIDE = new Float64Array(FIXED);
for (const [tail, share] of TAILS.entries()) {
  for (let side = 0; side < SIDES; side += 1) {
    const first = (tail * SIDES + side) * STAKES;
    for (const [index, stake] of FULL.entries()) {
      OUTSIDE[first + index] = 1 - stake;
      INSIDE[first + index] = 1 - stake + stake / share;
    }
    for (const [index, stake] of EMPTY.entries()) {
      const gain = 1 + (stake * share) / (1 - share);
      OUTSIDE[first + FULL.length + index] = gain;
      INSIDE[first + FULL.length + index] = 1 - stake;
    }
  }
}

/** What a bet has become after so many records outside of its tail: `evidence * POWERS + SUMS`. */
const POWERS = new Float64Array(FIXED * (RUN_RECORDS_MAX + 1));
const SUMS = new Float64Array(FIXED * (RUN_RECORDS_MAX + 1));
for (let bet = 0; bet < FIXED; bet += 1) {
  const factor = OUTSIDE[bet] ?? 1;
  for (let records = 0; records <= RUN_RECORDS_MAX; records += 1) {
    POWERS[bet * (RUN_RECORDS_MAX + 1) + records] = factor ** records;
    SUMS[bet * (RUN_RECORDS_MAX + 1) + records] = (factor * (factor ** records - 1)) / (factor - 1);
  }
}

/** Where in a run each tail was entered last; nothing of it outlives a run. */
const settled = new Int32Array(TAILS.length * SIDES);

/** Evidence of each bet and what the learning bets know, for snapshots. */
export interface LastingState {
  readonly evidence: readonly number[];
  readonly scales: readonly [short: number, long: number];
  /** One horizon after the other, to be multiplied by their scales. */
  readonly shares: readonly number[];
  /** Mean of the evidence to the last bit; a new sum may round another way. */
  readonly mean?: number;
}

/** A run of records with their ranks. */
export interface RunOfRecords extends CellRun {
  /** Each uniform in (0, 1) under no change. */
  readonly ranks: Float64Array;
}

/**
 * Bets on moderate changes that last: tails that become too full or too empty, and the share of
 * every cell of an urn, learned over thousands of records. Each is a Shiryaev-Roberts process of
 * factors with mean 1, so their mean promises the same about false alarms as `EDetector`.
 */
export class LastingBets {
  readonly #cells: number;
  /** Evidence of the bets, their mean, two scales, then the shares of both horizons. */
  readonly #numbers: number[];

  /** @param weights of the cells of the urn, from which the learning bets start */
  constructor(weights: readonly number[], state?: LastingState) {
    this.#cells = weights.length;
    this.#numbers = numberList(SHARES + 2 * this.#cells);
    this.rearm(weights);
    if (state === undefined) return;
    copyInto(this.#numbers, state.evidence.slice(0, BETS), 0);
    copyInto(this.#numbers, state.scales, SCALES);
    copyInto(this.#numbers, state.shares.slice(0, 2 * this.#cells), SHARES);
    this.#numbers[MEAN] = state.mean ?? this.#sum() / BETS;
  }

  get evidence(): number {
    return this.#numbers[MEAN] ?? 0;
  }

  /** Starts again at zero, from the shares that the urn has now. */
  rearm(weights: readonly number[]): void {
    const numbers = this.#numbers;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    numbers.fill(0, 0, SCALES);
    numbers.fill(1, SCALES, SHARES);
    for (const [cell, weight] of weights.entries()) {
      numbers[SHARES + cell] = weight / total;
      numbers[SHARES + this.#cells + cell] = weight / total;
    }
  }

  /**
   * Takes records one after the other, `RUN_RECORDS_MAX` at most. A bet whose tail is not entered needs no step at
   * each of them.
   */
  updateRun(run: RunOfRecords): void {
    const numbers = this.#numbers;
    const { ranks, length } = run;
    betOnShares(numbers, learningOver(this.#cells), run);
    for (let tail = 0; tail < settled.length; tail += 1) settled[tail] = 0;
    for (let record = 0; record < length; record += 1) {
      this.#enterTails(ranks[record] ?? 0, record);
    }
    for (let tail = 0; tail < settled.length; tail += 1) {
      this.#settle(tail, length - (settled[tail] ?? 0));
    }
    const sum = this.#sum();
    numbers[MEAN] = (sum > EVIDENCE_MAX ? this.#cap() : sum) / BETS;
  }

  snapshot(): LastingState {
    const numbers = this.#numbers;
    return {
      evidence: numbers.slice(0, BETS),
      scales: [numbers[SCALES] ?? 1, numbers[SCALES + 1] ?? 1],
      shares: numbers.slice(SHARES),
      mean: this.evidence,
    };
  }

  /** @param record of the run */
  #enterTails(rank: number, record: number): void {
    const depth = Math.min(rank, 1 - rank);
    if (depth >= TAIL_WIDE) return;
    const side = rank < 0.5 ? 0 : 1;
    this.#enter(SIDES + side, record);
    // The narrow tail lies inside the wide one.
    if (depth < TAIL_NARROW) this.#enter(side, record);
  }

  #enter(tail: number, record: number): void {
    const numbers = this.#numbers;
    this.#settle(tail, record - (settled[tail] ?? 0));
    settled[tail] = record + 1;
    for (let bet = tail * STAKES; bet < (tail + 1) * STAKES; bet += 1) {
      numbers[bet] = ((numbers[bet] ?? 0) + 1) * (INSIDE[bet] ?? 1);
    }
  }

  /** Records outside of a tail. */
  #settle(tail: number, records: number): void {
    const numbers = this.#numbers;
    for (let bet = tail * STAKES; bet < (tail + 1) * STAKES; bet += 1) {
      const at = bet * (RUN_RECORDS_MAX + 1) + records;
      numbers[bet] = (numbers[bet] ?? 0) * (POWERS[at] ?? 1) + (SUMS[at] ?? 0);
    }
  }

  #sum(): number {
    let sum = 0;
    for (let bet = 0; bet < BETS; bet += 1) sum += this.#numbers[bet] ?? 0;
    return sum;
  }

  /** Capping only lowers evidence, so it is safe; it keeps products finite. */
  #cap(): number {
    const numbers = this.#numbers;
    for (let bet = 0; bet < BETS; bet += 1) {
      numbers[bet] = Math.min(EVIDENCE_MAX, numbers[bet] ?? 0);
    }
    return this.#sum();
  }
}

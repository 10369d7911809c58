import { EVIDENCE_MAX } from './e-detector.ts';
import { copyInto, numberList } from './number-list.ts';

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
/** Share of a learning bet that is always kept, so that one surprise cannot ruin it. */
const RESERVE = 0.05;
const SCALE_MIN = 1e-100;

const SIDES = 2;
const STAKES = FULL.length + EMPTY.length;
const FIXED = TAILS.length * SIDES * STAKES;
/** Fixed bets, then the two that learn. */
const BETS = FIXED + 2;
const MEAN = BETS;
const SCALES = MEAN + 1;
const SHARES = SCALES + 2;

/** The factor of every fixed bet outside its tail, and what it is multiplied by inside. */
const OUTSIDE = new Float64Array(FIXED);
const INSIDE = new Float64Array(FIXED);
for (const [tail, share] of TAILS.entries()) {
  for (let side = 0; side < SIDES; side += 1) {
    const first = (tail * SIDES + side) * STAKES;
    for (const [index, stake] of FULL.entries()) {
      OUTSIDE[first + index] = 1 - stake;
      INSIDE[first + index] = (1 - stake + stake / share) / (1 - stake);
    }
    for (const [index, stake] of EMPTY.entries()) {
      const gain = 1 + (stake * share) / (1 - share);
      OUTSIDE[first + FULL.length + index] = gain;
      INSIDE[first + FULL.length + index] = (1 - stake) / gain;
    }
  }
}

/** Evidence of each bet and what the learning bets know, for snapshots. */
export interface LastingState {
  readonly evidence: readonly number[];
  readonly scales: readonly [short: number, long: number];
  /** One horizon after the other, to be multiplied by their scales. */
  readonly shares: readonly number[];
  /** Mean of the evidence to the last bit; a new sum may round another way. */
  readonly mean?: number;
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
   * Takes one record.
   *
   * @param rank uniform in (0, 1) under no change
   * @param cell that the record fell into
   * @param odds one over the share of the cell, before the urn learned the record
   */
  update(rank: number, cell: number, odds: number): void {
    const numbers = this.#numbers;
    let sum = this.#betOnTails(rank);
    const share = SHARES + cell;
    // A share learned over the horizon, divided by the share of the urn, is a factor with mean 1.
    const stake = (1 - RESERVE) * odds;
    const short = (numbers[share] ?? 0) * (numbers[SCALES] ?? 1) * stake + RESERVE;
    const longShare = (numbers[share + this.#cells] ?? 0) * (numbers[SCALES + 1] ?? 1);
    const long = longShare * stake + RESERVE;
    const shortEvidence = ((numbers[FIXED] ?? 0) + 1) * short;
    const longEvidence = ((numbers[FIXED + 1] ?? 0) + 1) * long;
    numbers[FIXED] = shortEvidence;
    numbers[FIXED + 1] = longEvidence;
    sum += shortEvidence + longEvidence;
    this.#learnShares(share);
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

  #betOnTails(rank: number): number {
    const numbers = this.#numbers;
    let sum = 0;
    for (let bet = 0; bet < FIXED; bet += 1) {
      const evidence = ((numbers[bet] ?? 0) + 1) * (OUTSIDE[bet] ?? 1);
      numbers[bet] = evidence;
      sum += evidence;
    }
    const depth = Math.min(rank, 1 - rank);
    const side = rank < 0.5 ? 0 : STAKES;
    // The narrow tail lies inside the wide one.
    if (depth < TAIL_WIDE) sum += this.#enterTail(SIDES * STAKES + side);
    return depth < TAIL_NARROW ? sum + this.#enterTail(side) : sum;
  }

  /** @returns by how much the evidence of the bets on one tail changes */
  #enterTail(first: number): number {
    const numbers = this.#numbers;
    let change = 0;
    for (let bet = first; bet < first + STAKES; bet += 1) {
      const outside = numbers[bet] ?? 0;
      const inside = outside * (INSIDE[bet] ?? 1);
      numbers[bet] = inside;
      change += inside - outside;
    }
    return change;
  }

  #learnShares(share: number): void {
    const numbers = this.#numbers;
    const shortScale = (numbers[SCALES] ?? 1) * (1 - 1 / SHORT_HORIZON);
    const longScale = (numbers[SCALES + 1] ?? 1) * (1 - 1 / LONG_HORIZON);
    numbers[SCALES] = shortScale;
    numbers[SCALES + 1] = longScale;
    const long = share + this.#cells;
    numbers[share] = (numbers[share] ?? 0) + 1 / (SHORT_HORIZON * shortScale);
    numbers[long] = (numbers[long] ?? 0) + 1 / (LONG_HORIZON * longScale);
    if (shortScale < SCALE_MIN) this.#applyScales(shortScale, longScale);
  }

  /** Before the scales leave the range of doubles. */
  #applyScales(shortScale: number, longScale: number): void {
    const numbers = this.#numbers;
    for (let share = SHARES; share < SHARES + this.#cells; share += 1) {
      numbers[share] = (numbers[share] ?? 0) * shortScale;
      numbers[share + this.#cells] = (numbers[share + this.#cells] ?? 0) * longScale;
    }
    numbers.fill(1, SCALES, SHARES);
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

import { EVIDENCE_MAX } from './e-detector.ts';
import type { UrnState } from './polya-urn.ts';

/** Cells from the top that a bet covers; their weights double, so these span rates of many sizes. */
const GROUPS: readonly number[] = [1, 3, 5, 7, 9, 11];
const SMALL_STAKE = 0.01;
const LARGE_STAKE = 0.1;
/** Memory, in records, of the bets that learn. */
const SHORT_HORIZON = 200;
const LONG_HORIZON = 1000;
/** Share of an adaptive bet that is always kept, so that one surprise cannot ruin it. */
const RESERVE = 0.05;
const SCALE_MIN = 1e-100;

/** What an `OutcomeProcess` has learned and found, for snapshots. */
export interface OutcomeState {
  readonly records: number;
  readonly weights: readonly number[];
  /** The evidence of each bet, in the order stakes within groups, then horizons. */
  readonly evidence: readonly number[];
  /** Of the bets that learn, one horizon after the other, to be multiplied by their scales. */
  readonly shares: readonly number[];
  readonly scales: readonly [short: number, long: number];
}

/**
 * An e-process for rare ordinal outcomes such as "missing" or "never seen before": 0 is the common
 * case. It bets on the cells at the top of an urn with geometric cells, and promises the same
 * about false alarms as `EDetector`.
 */
export class OutcomeProcess {
  readonly #borders: UrnState;
  readonly #cells: number;
  readonly #groups: number;
  /**
   * Weights, the weight of each group, evidence, shares of the short and of the long horizon; then
   * what changes at every record, which would need a box each in fields: both scales and the mean.
   *
   * Shares fade by a common factor, their scale, so that a record changes one of them instead of all.
   */
  readonly #numbers: Float64Array;
  readonly #firstBet: number;
  readonly #firstShare: number;
  readonly #scales: number;
  /** Asked for at every record, so it is kept. */
  readonly #mean: number;
  #total = 0;
  #records = 0;

  /** @param state an urn over `geometricCellIndexes`; its borders are shared, not copied */
  constructor(state: UrnState, snapshot?: OutcomeState) {
    this.#borders = state;
    this.#cells = state.weights.length;
    this.#groups = GROUPS.filter((group) => group < this.#cells).length;
    this.#firstBet = this.#cells + this.#groups;
    this.#firstShare = this.#firstBet + 2 * this.#groups + 2;
    this.#scales = this.#firstShare + 2 * this.#cells;
    this.#mean = this.#scales + 2;
    this.#numbers = new Float64Array(this.#mean + 1);
    const weights = snapshot?.weights ?? state.weights;
    for (const [cell, weight] of weights.entries()) this.#add(cell, weight);
    this.rearm();
    if (snapshot === undefined) return;
    this.#numbers.set(snapshot.evidence, this.#firstBet);
    this.#numbers.set(snapshot.shares, this.#firstShare);
    this.#numbers.set(snapshot.scales, this.#scales);
    this.#records = snapshot.records;
    this.#numbers[this.#mean] = this.#meanOfBets();
  }

  get records(): number {
    return this.#records;
  }

  get evidence(): number {
    return this.#numbers[this.#mean] ?? 0;
  }

  /** Baseline spacings and records in the urn. */
  get total(): number {
    return this.#total;
  }

  /** Starts the evidence again at zero; what the urn has learned stays. */
  rearm(): void {
    this.#numbers.fill(0, this.#firstBet, this.#firstShare);
    this.#numbers[this.#mean] = 0;
    this.#numbers.fill(1, this.#scales, this.#mean);
    this.#records = 0;
    for (let cell = 0; cell < this.#cells; cell += 1) {
      const share = (this.#numbers[cell] ?? 0) / this.#total;
      this.#numbers[this.#firstShare + cell] = share;
      this.#numbers[this.#firstShare + this.#cells + cell] = share;
    }
  }

  weights(): number[] {
    return [...this.#numbers.subarray(0, this.#cells)];
  }

  /** The evidence of each bet, in the order stakes within groups, then horizons. */
  chains(): number[] {
    return [...this.#numbers.subarray(this.#firstBet, this.#firstShare)];
  }

  snapshot(): OutcomeState {
    return {
      records: this.#records,
      weights: this.weights(),
      evidence: this.chains(),
      shares: [...this.#numbers.subarray(this.#firstShare, this.#scales)],
      scales: [this.#numbers[this.#scales] ?? 1, this.#numbers[this.#scales + 1] ?? 1],
    };
  }

  /**
   * Takes one outcome and returns the evidence.
   *
   * @param outcome a small ordinal, 0 for the common case
   * @param tie uniform in (0, 1)
   * @param isLearning whether the outcome becomes part of the reference
   */
  update(outcome: number, tie: number, isLearning = true): number {
    const cell = this.#cell(outcome, tie);
    // Groups are cells from the top, so those that hold the cell are the last ones.
    const firstHit = (this.#cells - cell) >> 1;
    const sum = this.#betOnShares(cell, this.#betOnGroups(firstHit));
    if (isLearning) this.#learn(cell, firstHit);
    this.#records += 1;
    const mean = (sum > EVIDENCE_MAX ? this.#cap() : sum) / (this.#firstShare - this.#firstBet);
    this.#numbers[this.#mean] = mean;
    return mean;
  }

  /** Most records are in the first cell, so the borders are looked at one after the other. */
  #cell(outcome: number, tie: number): number {
    const { edges, ties } = this.#borders;
    let cell = 0;
    while (cell < edges.length) {
      const edge = edges[cell] ?? 0;
      if (edge > outcome || (edge === outcome && (ties[cell] ?? 0) >= tie)) break;
      cell += 1;
    }
    return cell;
  }

  /** @returns the evidence of these bets, added up */
  #betOnGroups(firstHit: number): number {
    const numbers = this.#numbers;
    const groups = this.#groups;
    let bet = this.#firstBet;
    let sum = 0;
    for (let group = 0; group < groups; group += 1) {
      // Shiryaev and Roberts' step: a new bet starts at every record.
      let small = 1 - SMALL_STAKE;
      let large = 1 - LARGE_STAKE;
      if (group >= firstHit) {
        const odds = this.#total / (numbers[this.#cells + group] ?? 1);
        small += SMALL_STAKE * odds;
        large += LARGE_STAKE * odds;
      }
      small *= (numbers[bet] ?? 0) + 1;
      large *= (numbers[bet + 1] ?? 0) + 1;
      numbers[bet] = small;
      numbers[bet + 1] = large;
      sum = sum + small + large;
      bet += 2;
    }
    return sum;
  }

  /** @returns the sum with the evidence of these bets added */
  #betOnShares(cell: number, sum: number): number {
    const numbers = this.#numbers;
    const bet = this.#firstShare - 2;
    const share = this.#firstShare + cell;
    const odds = ((1 - RESERVE) * this.#total) / (numbers[cell] ?? 1);
    const short = (numbers[share] ?? 0) * (numbers[this.#scales] ?? 1) * odds + RESERVE;
    const longShare = (numbers[share + this.#cells] ?? 0) * (numbers[this.#scales + 1] ?? 1);
    const long = longShare * odds + RESERVE;
    const shortEvidence = ((numbers[bet] ?? 0) + 1) * short;
    const longEvidence = ((numbers[bet + 1] ?? 0) + 1) * long;
    numbers[bet] = shortEvidence;
    numbers[bet + 1] = longEvidence;
    this.#learnShares(share);
    return sum + shortEvidence + longEvidence;
  }

  /** Capping only lowers evidence, so it is safe; it keeps products finite. */
  #cap(): number {
    const numbers = this.#numbers;
    let sum = 0;
    for (let bet = this.#firstBet; bet < this.#firstShare; bet += 1) {
      numbers[bet] = Math.min(EVIDENCE_MAX, numbers[bet] ?? 0);
      sum += numbers[bet] ?? 0;
    }
    return sum;
  }

  #learnShares(share: number): void {
    const numbers = this.#numbers;
    const long = share + this.#cells;
    const shortScale = (numbers[this.#scales] ?? 1) * (1 - 1 / SHORT_HORIZON);
    const longScale = (numbers[this.#scales + 1] ?? 1) * (1 - 1 / LONG_HORIZON);
    numbers[this.#scales] = shortScale;
    numbers[this.#scales + 1] = longScale;
    numbers[share] = (numbers[share] ?? 0) + 1 / (SHORT_HORIZON * shortScale);
    numbers[long] = (numbers[long] ?? 0) + 1 / (LONG_HORIZON * longScale);
    if (shortScale < SCALE_MIN) this.#applyScales(shortScale, longScale);
  }

  /** Before the scales leave the range of doubles. */
  #applyScales(shortScale: number, longScale: number): void {
    const numbers = this.#numbers;
    const firstLong = this.#firstShare + this.#cells;
    for (let share = this.#firstShare; share < firstLong; share += 1) {
      const long = share + this.#cells;
      numbers[share] = (numbers[share] ?? 0) * shortScale;
      numbers[long] = (numbers[long] ?? 0) * longScale;
    }
    numbers.fill(1, this.#scales, this.#mean);
  }

  #meanOfBets(): number {
    let sum = 0;
    for (let bet = this.#firstBet; bet < this.#firstShare; bet += 1) sum += this.#numbers[bet] ?? 0;
    return sum / (this.#firstShare - this.#firstBet);
  }

  #learn(cell: number, firstHit: number): void {
    const numbers = this.#numbers;
    numbers[cell] = (numbers[cell] ?? 0) + 1;
    this.#total += 1;
    for (let group = firstHit; group < this.#groups; group += 1) {
      numbers[this.#cells + group] = (numbers[this.#cells + group] ?? 0) + 1;
    }
  }

  #add(cell: number, amount: number): void {
    const numbers = this.#numbers;
    numbers[cell] = (numbers[cell] ?? 0) + amount;
    this.#total += amount;
    for (let group = 0; group < this.#groups; group += 1) {
      if ((GROUPS[group] ?? 0) < this.#cells - cell) continue;
      numbers[this.#cells + group] = (numbers[this.#cells + group] ?? 0) + amount;
    }
  }
}

import { EVIDENCE_MAX } from './e-detector.ts';
import type { UrnState } from './polya-urn.ts';

/** Cells from the top that a bet covers; their weights double, so these span rates of many sizes. */
const GROUPS: readonly number[] = [1, 3, 5, 7, 9];
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
  /** Weights, the weight of each group, evidence, shares of the short and of the long horizon. */
  readonly #numbers: Float64Array;
  readonly #firstBet: number;
  readonly #firstShare: number;
  /** Shares fade by a common factor, so that a record changes one of them instead of all. */
  #shortScale = 1;
  #longScale = 1;
  #total = 0;
  #records = 0;
  /** Asked for at every record, so it is kept. */
  #mean = 0;

  /** @param state an urn over `geometricCellIndexes`; its borders are shared, not copied */
  constructor(state: UrnState, snapshot?: OutcomeState) {
    this.#borders = state;
    this.#cells = state.weights.length;
    this.#groups = GROUPS.filter((group) => group < this.#cells).length;
    this.#firstBet = this.#cells + this.#groups;
    this.#firstShare = this.#firstBet + 2 * this.#groups + 2;
    this.#numbers = new Float64Array(this.#firstShare + 2 * this.#cells);
    const weights = snapshot?.weights ?? state.weights;
    for (const [cell, weight] of weights.entries()) this.#add(cell, weight);
    this.rearm();
    if (snapshot === undefined) return;
    this.#numbers.set(snapshot.evidence, this.#firstBet);
    this.#numbers.set(snapshot.shares, this.#firstShare);
    [this.#shortScale, this.#longScale] = snapshot.scales;
    this.#records = snapshot.records;
    this.#mean = this.#meanOfBets();
  }

  get records(): number {
    return this.#records;
  }

  get evidence(): number {
    return this.#mean;
  }

  /** Baseline spacings and records in the urn. */
  get total(): number {
    return this.#total;
  }

  /** Starts the evidence again at zero; what the urn has learned stays. */
  rearm(): void {
    this.#numbers.fill(0, this.#firstBet, this.#firstShare);
    this.#mean = 0;
    this.#records = 0;
    this.#shortScale = 1;
    this.#longScale = 1;
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
      shares: [...this.#numbers.subarray(this.#firstShare)],
      scales: [this.#shortScale, this.#longScale],
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
    this.#betOnGroups(this.#cells - cell);
    this.#betOnShares(cell);
    if (isLearning) this.#add(cell, 1);
    this.#records += 1;
    this.#mean = this.#meanOfBets();
    return this.#mean;
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

  #betOnGroups(fromTop: number): void {
    const numbers = this.#numbers;
    let bet = this.#firstBet;
    for (let group = 0; group < this.#groups; group += 1) {
      const isHit = (GROUPS[group] ?? 0) >= fromTop;
      const odds = isHit ? this.#total / (numbers[this.#cells + group] ?? 1) : 0;
      numbers[bet] = grown(numbers[bet] ?? 0, 1 - SMALL_STAKE + SMALL_STAKE * odds);
      numbers[bet + 1] = grown(numbers[bet + 1] ?? 0, 1 - LARGE_STAKE + LARGE_STAKE * odds);
      bet += 2;
    }
  }

  #betOnShares(cell: number): void {
    const numbers = this.#numbers;
    const bet = this.#firstShare - 2;
    const share = this.#firstShare + cell;
    const odds = ((1 - RESERVE) * this.#total) / (numbers[cell] ?? 1);
    const short = (numbers[share] ?? 0) * this.#shortScale;
    const long = (numbers[share + this.#cells] ?? 0) * this.#longScale;
    numbers[bet] = grown(numbers[bet] ?? 0, short * odds + RESERVE);
    numbers[bet + 1] = grown(numbers[bet + 1] ?? 0, long * odds + RESERVE);
    this.#learnShares(share);
  }

  #learnShares(share: number): void {
    const numbers = this.#numbers;
    this.#shortScale *= 1 - 1 / SHORT_HORIZON;
    this.#longScale *= 1 - 1 / LONG_HORIZON;
    const long = share + this.#cells;
    numbers[share] = (numbers[share] ?? 0) + 1 / (SHORT_HORIZON * this.#shortScale);
    numbers[long] = (numbers[long] ?? 0) + 1 / (LONG_HORIZON * this.#longScale);
    if (this.#shortScale < SCALE_MIN) this.#applyScales();
  }

  /** Before the scales leave the range of doubles. */
  #applyScales(): void {
    const firstLong = this.#firstShare + this.#cells;
    for (let share = this.#firstShare; share < firstLong; share += 1) {
      const long = share + this.#cells;
      this.#numbers[share] = (this.#numbers[share] ?? 0) * this.#shortScale;
      this.#numbers[long] = (this.#numbers[long] ?? 0) * this.#longScale;
    }
    this.#shortScale = 1;
    this.#longScale = 1;
  }

  #meanOfBets(): number {
    let sum = 0;
    for (let bet = this.#firstBet; bet < this.#firstShare; bet += 1) sum += this.#numbers[bet] ?? 0;
    return sum / (this.#firstShare - this.#firstBet);
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

/** Shiryaev and Roberts' step: a new bet starts at every record. */
function grown(evidence: number, factor: number): number {
  const product = (evidence + 1) * factor;
  return product > EVIDENCE_MAX ? EVIDENCE_MAX : product;
}

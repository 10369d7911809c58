import type { RandomSource } from '../random.ts';
import { betOnShares, type CellRun, type LearningBets } from './learned-shares.ts';
import { copyInto, numberList } from './number-list.ts';
import type { UrnState } from './polya-urn.ts';
import { EVIDENCE_MAX, RUN_RECORDS_MAX } from './run.ts';

/** Cells from the top that a bet covers; their weights double, so these span rates of many sizes. */
const GROUPS: readonly number[] = [1, 3, 5, 7, 9, 11];
const SMALL_STAKE = 0.01;
const LARGE_STAKE = 0.1;
/** Memory, in records, of the bets that learn. */
const SHORT_HORIZON = 200;
const LONG_HORIZON = 1000;
/** What a bet with no hit has become after so many records: `evidence * POWERS + SUMS`. */
const powersOf = (stake: number): readonly number[] =>
  Array.from({ length: RUN_RECORDS_MAX + 1 }, (_, records) => (1 - stake) ** records);
const sumsOf = (stake: number): readonly number[] =>
  powersOf(stake).map((power) => ((1 - stake) * (1 - power)) / stake);
const SMALL_POWERS = powersOf(SMALL_STAKE);
const SMALL_SUMS = sumsOf(SMALL_STAKE);
const LARGE_POWERS = powersOf(LARGE_STAKE);
const LARGE_SUMS = sumsOf(LARGE_STAKE);

/** Where in a run each group was hit last; nothing of it outlives a run. */
const settled = new Int32Array(GROUPS.length);
/** The cells of a run, likewise. */
const run: CellRun = {
  cells: new Int32Array(RUN_RECORDS_MAX),
  odds: new Float64Array(RUN_RECORDS_MAX),
  length: 0,
};

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

/** Where the numbers of a process lie in its list. */
interface Layout {
  readonly cells: number;
  readonly groups: number;
  readonly firstBet: number;
  readonly firstShare: number;
  readonly scales: number;
  readonly learning: LearningBets;
  /** Asked for at every record, so it is kept. */
  readonly mean: number;
}

/** By the number of cells: streams mostly have equal ones. */
const layouts: (Layout | undefined)[] = [];

function layoutOf(cells: number): Layout {
  const groups = GROUPS.filter((group) => group < cells).length;
  const firstBet = cells + groups;
  const firstShare = firstBet + 2 * groups + 2;
  const scales = firstShare + 2 * cells;
  const learning = {
    cells,
    evidence: firstShare - 2,
    scales,
    shares: firstShare,
    shortKept: 1 - 1 / SHORT_HORIZON,
    longKept: 1 - 1 / LONG_HORIZON,
  };
  const mean = scales + 2;
  return (layouts[cells] ??= { cells, groups, firstBet, firstShare, scales, learning, mean });
}

/**
 * An e-process for rare ordinal outcomes such as "missing" or "never seen before": 0 is the common
 * case. It bets on the cells at the top of an urn with geometric cells, and promises the same
 * about false alarms as `EDetector`.
 */
export class OutcomeProcess {
  readonly #borders: UrnState;
  readonly #layout: Layout;
  /**
   * Weights, the weight of each group, evidence, shares of the short and of the long horizon; then
   * what changes at every record, which would need a box each in fields: both scales and the mean.
   *
   * Shares fade by a common factor, their scale, so that a record changes one of them instead of all.
   */
  readonly #numbers: number[];
  #total = 0;
  #records = 0;

  /** @param state an urn over `geometricCellIndexes`; its borders are shared, not copied */
  constructor(state: UrnState, snapshot?: OutcomeState) {
    this.#borders = state;
    this.#layout = layoutOf(state.weights.length);
    const { firstBet, firstShare, scales, mean } = this.#layout;
    this.#numbers = numberList(mean + 1);
    const weights = snapshot?.weights ?? state.weights;
    for (const [cell, weight] of weights.entries()) this.#add(cell, weight);
    this.rearm();
    if (snapshot === undefined) return;
    copyInto(this.#numbers, snapshot.evidence, firstBet);
    copyInto(this.#numbers, snapshot.shares, firstShare);
    copyInto(this.#numbers, snapshot.scales, scales);
    this.#records = snapshot.records;
    this.#numbers[mean] = this.#meanOfBets();
  }

  get records(): number {
    return this.#records;
  }

  get evidence(): number {
    return this.#numbers[this.#layout.mean] ?? 0;
  }

  /** Baseline spacings and records in the urn. */
  get total(): number {
    return this.#total;
  }

  /** Starts the evidence again at zero; what the urn has learned stays. */
  rearm(): void {
    const numbers = this.#numbers;
    const { cells, firstBet, firstShare, scales, mean } = this.#layout;
    numbers.fill(0, firstBet, firstShare);
    numbers[mean] = 0;
    numbers.fill(1, scales, mean);
    this.#records = 0;
    for (let cell = 0; cell < cells; cell += 1) {
      const share = (numbers[cell] ?? 0) / this.#total;
      numbers[firstShare + cell] = share;
      numbers[firstShare + cells + cell] = share;
    }
  }

  weights(): number[] {
    return this.#numbers.slice(0, this.#layout.cells);
  }

  /** The evidence of each bet, in the order stakes within groups, then horizons. */
  chains(): number[] {
    return this.#numbers.slice(this.#layout.firstBet, this.#layout.firstShare);
  }

  snapshot(): OutcomeState {
    const numbers = this.#numbers;
    const { firstShare, scales } = this.#layout;
    return {
      records: this.#records,
      weights: this.weights(),
      evidence: this.chains(),
      shares: numbers.slice(firstShare, scales),
      scales: [numbers[scales] ?? 1, numbers[scales + 1] ?? 1],
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
    const { cells, firstBet, firstShare, mean } = this.#layout;
    // Group g holds 2g + 1 cells from the top, see GROUPS.
    const firstHit = (cells - cell) >> 1;
    const sum = this.#betOnShares(cell, this.#betOnGroups(firstHit));
    // After the bets: a record that is learned first would be less of a surprise than it was.
    if (isLearning) this.#learn(cell, firstHit);
    this.#records += 1;
    const evidence = (sum > EVIDENCE_MAX ? this.#cap() : sum) / (firstShare - firstBet);
    this.#numbers[mean] = evidence;
    return evidence;
  }

  /**
   * Takes so many outcomes of the common case one after the other, as `update` does but for rounding:
   * most groups hold none of them, and a bet without a hit needs no step at each record.
   *
   * @param records at most `RUN_RECORDS_MAX`
   * @param random of the tie-breakers
   */
  updateRun(records: number, random: RandomSource, isLearning: boolean): void {
    const numbers = this.#numbers;
    const { groups, firstBet, firstShare, learning, mean } = this.#layout;
    const borders = this.#commonBorders();
    const { ties } = this.#borders;
    for (let group = 0; group < groups; group += 1) settled[group] = 0;
    for (let record = 0; record < records; record += 1) {
      const tie = random.next();
      let cell = 0;
      while (cell < borders && (ties[cell] ?? 0) < tie) cell += 1;
      run.cells[record] = cell;
      run.odds[record] = this.#total / (numbers[cell] ?? 1);
      this.#hitGroups(cell, record, isLearning);
    }
    run.length = records;
    betOnShares(numbers, learning, run);
    for (let group = 0; group < groups; group += 1) {
      this.#settle(group, records - (settled[group] ?? 0));
    }
    this.#records += records;
    const evidence = this.#meanOfBets();
    const bets = firstShare - firstBet;
    numbers[mean] = evidence * bets > EVIDENCE_MAX ? this.#cap() / bets : evidence;
  }

  /** @param record of the run */
  #hitGroups(cell: number, record: number, isLearning: boolean): void {
    const { cells, groups } = this.#layout;
    // Groups are cells from the top, so those that hold the cell are the last ones.
    const firstHit = (cells - cell) >> 1;
    for (let group = firstHit; group < groups; group += 1) {
      this.#settle(group, record - (settled[group] ?? 0));
      this.#hit(group);
      settled[group] = record + 1;
    }
    if (isLearning) this.#learn(cell, firstHit);
  }

  /** Records without a hit. */
  #settle(group: number, records: number): void {
    const numbers = this.#numbers;
    const bet = this.#layout.firstBet + 2 * group;
    numbers[bet] = (numbers[bet] ?? 0) * (SMALL_POWERS[records] ?? 1) + (SMALL_SUMS[records] ?? 0);
    numbers[bet + 1] =
      (numbers[bet + 1] ?? 0) * (LARGE_POWERS[records] ?? 1) + (LARGE_SUMS[records] ?? 0);
  }

  #hit(group: number): void {
    const numbers = this.#numbers;
    const { cells, firstBet } = this.#layout;
    const bet = firstBet + 2 * group;
    const odds = this.#total / (numbers[cells + group] ?? 1);
    numbers[bet] = ((numbers[bet] ?? 0) + 1) * (1 - SMALL_STAKE + SMALL_STAKE * odds);
    numbers[bet + 1] = ((numbers[bet + 1] ?? 0) + 1) * (1 - LARGE_STAKE + LARGE_STAKE * odds);
  }

  /** Borders that lie among outcomes of the common case. */
  #commonBorders(): number {
    const { edges } = this.#borders;
    let count = edges.length;
    while (count > 0 && (edges[count - 1] ?? 0) > 0) count -= 1;
    return count;
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
    const { groups, cells, firstBet } = this.#layout;
    let bet = firstBet;
    let sum = 0;
    for (let group = 0; group < groups; group += 1) {
      // Shiryaev and Roberts' step: a new bet starts at every record.
      let small = 1 - SMALL_STAKE;
      let large = 1 - LARGE_STAKE;
      if (group >= firstHit) {
        const odds = this.#total / (numbers[cells + group] ?? 1);
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
    const { learning } = this.#layout;
    run.cells[0] = cell;
    run.odds[0] = this.#total / (numbers[cell] ?? 1);
    run.length = 1;
    betOnShares(numbers, learning, run);
    return sum + (numbers[learning.evidence] ?? 0) + (numbers[learning.evidence + 1] ?? 0);
  }

  /** Capping only lowers evidence, so it is safe; it keeps products finite. */
  #cap(): number {
    const numbers = this.#numbers;
    let sum = 0;
    for (let bet = this.#layout.firstBet; bet < this.#layout.firstShare; bet += 1) {
      numbers[bet] = Math.min(EVIDENCE_MAX, numbers[bet] ?? 0);
      sum += numbers[bet] ?? 0;
    }
    return sum;
  }

  #meanOfBets(): number {
    let sum = 0;
    for (let bet = this.#layout.firstBet; bet < this.#layout.firstShare; bet += 1)
      sum += this.#numbers[bet] ?? 0;
    return sum / (this.#layout.firstShare - this.#layout.firstBet);
  }

  #learn(cell: number, firstHit: number): void {
    const numbers = this.#numbers;
    const { cells, groups } = this.#layout;
    numbers[cell] = (numbers[cell] ?? 0) + 1;
    this.#total += 1;
    for (let group = firstHit; group < groups; group += 1) {
      numbers[cells + group] = (numbers[cells + group] ?? 0) + 1;
    }
  }

  #add(cell: number, amount: number): void {
    const numbers = this.#numbers;
    const { cells, groups } = this.#layout;
    numbers[cell] = (numbers[cell] ?? 0) + amount;
    this.#total += amount;
    for (let group = 0; group < groups; group += 1) {
      if ((GROUPS[group] ?? 0) < cells - cell) continue;
      numbers[cells + group] = (numbers[cells + group] ?? 0) + amount;
    }
  }
}

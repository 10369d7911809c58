import { EVIDENCE_MAX } from './e-detector.ts';
import { PolyaUrn, type UrnState } from './polya-urn.ts';

/** Cells from the top that a bet covers; their weights double, so these span rates of many sizes. */
const GROUPS: readonly number[] = [1, 3, 5, 7, 9];
const STAKES: readonly number[] = [0.01, 0.1];
/** Memory, in records, of the bets that learn. */
const HORIZONS: readonly number[] = [200, 1000];
/** Share of an adaptive bet that is always kept, so that one surprise cannot ruin it. */
const RESERVE = 0.05;

/**
 * An e-process for rare ordinal outcomes such as "missing" or "never seen before": 0 is the common
 * case. It bets on the cells at the top of an urn with geometric cells, and promises the same
 * about false alarms as `EDetector`.
 */
export class OutcomeProcess {
  readonly #urn: PolyaUrn;
  readonly #groups: readonly number[];
  readonly #evidence: Float64Array;
  readonly #shares: readonly Float64Array[];
  #records = 0;
  /** Asked for at every record, so it is kept. */
  #mean = 0;

  /** @param state an urn over `geometricCellIndexes` */
  constructor(state: UrnState) {
    this.#urn = new PolyaUrn(state);
    this.#groups = GROUPS.filter((group) => group < this.#urn.cells);
    this.#evidence = new Float64Array(this.#groups.length * STAKES.length + HORIZONS.length);
    const shares = this.#urn.weights().map((weight) => weight / this.#urn.total);
    this.#shares = HORIZONS.map(() => Float64Array.from(shares));
  }

  get records(): number {
    return this.#records;
  }

  get evidence(): number {
    return this.#mean;
  }

  /** Starts the evidence again at zero; what the urn has learned stays. */
  rearm(): void {
    this.#evidence.fill(0);
    this.#mean = 0;
    this.#records = 0;
    for (const shares of this.#shares) {
      shares.set(this.#urn.weights().map((weight) => weight / this.#urn.total));
    }
  }

  weights(): number[] {
    return this.#urn.weights();
  }

  /** The evidence of each bet, in the order stakes within groups, then horizons. */
  chains(): number[] {
    return [...this.#evidence];
  }

  /**
   * Takes one outcome and returns the evidence.
   *
   * @param outcome a small ordinal, 0 for the common case
   * @param tie uniform in (0, 1)
   * @param isLearning whether the outcome becomes part of the reference
   */
  update(outcome: number, tie: number, isLearning = true): number {
    this.#records += 1;
    const cell = this.#urn.cell(outcome, tie);
    let bet = 0;
    let tail = 0;
    let top = 0;
    for (const group of this.#groups) {
      for (; top < group; top += 1) tail += this.#urn.weight(this.#urn.cells - 1 - top);
      const isHit = cell >= this.#urn.cells - group;
      const share = tail / this.#urn.total;
      for (const stake of STAKES) {
        this.#multiply(bet, isHit ? 1 - stake + stake / share : 1 - stake);
        bet += 1;
      }
    }
    const predicted = this.#urn.weight(cell) / this.#urn.total;
    for (const shares of this.#shares) {
      this.#multiply(bet, ((1 - RESERVE) * (shares[cell] ?? 0)) / predicted + RESERVE);
      bet += 1;
    }
    this.#learnShares(cell);
    if (isLearning) this.#urn.learn(cell);
    let sum = 0;
    for (const value of this.#evidence) sum += value;
    this.#mean = sum / this.#evidence.length;
    return this.#mean;
  }

  #multiply(bet: number, factor: number): void {
    this.#evidence[bet] = Math.min(EVIDENCE_MAX, ((this.#evidence[bet] ?? 0) + 1) * factor);
  }

  #learnShares(cell: number): void {
    for (let index = 0; index < HORIZONS.length; index += 1) {
      const shares = this.#shares[index];
      if (shares === undefined) continue;
      const horizon = HORIZONS[index] ?? 1;
      for (let k = 0; k < shares.length; k += 1) shares[k] = (shares[k] ?? 0) * (1 - 1 / horizon);
      shares[cell] = (shares[cell] ?? 0) + 1 / horizon;
    }
  }
}

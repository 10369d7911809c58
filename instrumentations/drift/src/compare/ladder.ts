import {
  chiSquareSurvival,
  type KsInterval,
  ksInterval,
  populationStabilityIndex,
  psiNoise,
} from '@telltale/statistics';

/** Windows of a short block, and short blocks of a long one. */
const WINDOWS = 10;
const BLOCKS = 10;
/** Each test of a stream may cry wolf a third as often as its aspects together. */
const SHARES = 3;

/** What one block of records said. */
export interface Rung {
  /** Records of the block. */
  readonly records: number;
  /** The Kolmogorov-Smirnov distance lies in here. */
  readonly ks: KsInterval;
  /** Population stability index without its expected noise, in nats. */
  readonly psiDebiased: number;
  /** Probability of such a block without a change. */
  readonly p: number;
  /** So unlikely that it counts against the promise about false alarms. */
  readonly isWarned: boolean;
}

/** A ladder as plain data. */
export interface LadderSnapshot {
  readonly short: readonly number[];
  readonly long: readonly number[];
  readonly records: number;
  readonly blocks: number;
  readonly rungs: readonly (Rung | null)[];
}

const EMPTY: LadderSnapshot = { short: [], long: [], records: 0, blocks: 0, rungs: [] };

export interface LadderParts {
  /** Records of a window. */
  readonly window: number;
  /** Dependent records weigh less. */
  readonly designEffect: number;
  /** The frozen weights of the urn's cells, read at the end of a block. */
  readonly reference: () => readonly number[];
}

/**
 * Finds changes too small for a window: blocks of 10 and of 100 windows, one after the other,
 * counted in the cells of the frozen urn. A shift of .05 sigma shows in one block of 100 000.
 */
export class Ladder {
  readonly #parts: LadderParts;
  readonly #short: Uint32Array;
  readonly #long: Uint32Array;
  #records: number;
  #blocks: number;
  /** What the last short and the last long block said. */
  readonly #rungs: [Rung | null, Rung | null];

  constructor(parts: LadderParts, cells: number, snapshot: LadderSnapshot = EMPTY) {
    this.#parts = parts;
    this.#short = new Uint32Array(cells);
    this.#long = new Uint32Array(cells);
    this.#short.set(snapshot.short.slice(0, cells));
    this.#long.set(snapshot.long.slice(0, cells));
    this.#records = snapshot.records;
    this.#blocks = snapshot.blocks;
    this.#rungs = [snapshot.rungs[0] ?? null, snapshot.rungs[1] ?? null];
  }

  /** The last blocks, the short one first. */
  get rungs(): readonly Rung[] {
    return this.#rungs.filter((rung) => rung !== null);
  }

  /** Whether some block was too unlikely when it was judged last. */
  get isWarned(): boolean {
    const [short, long] = this.#rungs;
    return short?.isWarned === true || long?.isWarned === true;
  }

  /** Counts a value by its cell. */
  observe(cell: number): void {
    this.#short[cell] = (this.#short[cell] ?? 0) + 1;
    this.#records += 1;
    if (this.#records >= WINDOWS * this.#parts.window) this.#closeBlock();
  }

  /**
   * Compares the last blocks with the promise.
   *
   * @param promised records between false alarms, times the aspects that share the promise
   */
  judge(promised: number): boolean {
    for (const index of [0, 1] as const) {
      const rung = this.#rungs[index];
      if (rung === null) continue;
      const isWarned = rung.p < rung.records / (SHARES * promised);
      if (isWarned !== rung.isWarned) this.#rungs[index] = { ...rung, isWarned };
    }
    return this.isWarned;
  }

  /** Starts again after an incident, whose records would count for a hundred windows. */
  clear(): void {
    this.#short.fill(0);
    this.#long.fill(0);
    this.#records = 0;
    this.#blocks = 0;
    this.#rungs.fill(null);
  }

  snapshot(): LadderSnapshot {
    return {
      short: [...this.#short],
      long: [...this.#long],
      records: this.#records,
      blocks: this.#blocks,
      rungs: [...this.#rungs],
    };
  }

  #closeBlock(): void {
    this.#rungs[0] = this.#read(this.#short);
    for (const [cell, count] of this.#short.entries()) {
      this.#long[cell] = (this.#long[cell] ?? 0) + count;
    }
    this.#short.fill(0);
    this.#records = 0;
    this.#blocks += 1;
    if (this.#blocks < BLOCKS) return;
    this.#rungs[1] = this.#read(this.#long);
    this.#long.fill(0);
    this.#blocks = 0;
  }

  #read(counts: Uint32Array): Rung | null {
    const reference = this.#parts.reference();
    const ks = ksInterval(reference, counts);
    const psi = populationStabilityIndex(reference, counts);
    const noise = psiNoise(reference, counts);
    if (ks === undefined || psi === undefined || noise === undefined) return null;
    const m = reference.reduce((sum, weight) => sum + weight, 0);
    const records = counts.reduce((sum, count) => sum + count, 0);
    const harmonic = (m * records) / (m + records);
    const statistic = (psi * harmonic) / this.#parts.designEffect;
    const p = chiSquareSurvival(statistic, counts.length - 1);
    return { records, ks, psiDebiased: noise.debiased, p, isWarned: false };
  }
}

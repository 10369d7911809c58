import { copyInto, numberList } from './number-list.ts';

/** Tilts that a shift of location makes grow. */
const LOCATION: readonly number[] = [0.15, -0.15, 0.4, -0.4, 0.8, -0.8];
/** Tilts that a change of scale makes grow: positive for wider, negative for narrower. */
const SCALE: readonly number[] = [0.12, -0.06, 0.35, -0.175];
/** Stakes on the outermost ranks. */
const TAIL: readonly number[] = [0.05, 0.2];
const TAIL_SHARE = 0.02;
const TAIL_GAIN = 1 / TAIL_SHARE - 1;
/** Memory, in records, of the bets that learn where ranks fall. */
const HORIZONS: readonly [number, number] = [100, 600];
const SHORT_RATE = 1 / HORIZONS[0];
const LONG_RATE = 1 / HORIZONS[1];
const ADAPTIVE_CELLS = 10;

const FIRST_SCALE = LOCATION.length;
const FIRST_TAIL = FIRST_SCALE + SCALE.length;
const FIRST_ADAPTIVE = FIRST_TAIL + 2 * TAIL.length;
const BETS = FIRST_ADAPTIVE + HORIZONS.length;

/** Places in the one array of a detector: a process may watch hundreds of streams. */
const CUSUM = BETS;
const STARTS = CUSUM + BETS;
const SHARES = STARTS + BETS;
/** Asked for at every record, so it is kept; in a field it would need a box for every new value. */
const MEAN = SHARES + HORIZONS.length * ADAPTIVE_CELLS;
const LENGTH = MEAN + 1;

/** Factors of the record at hand; nothing of it outlives an update. */
const FACTORS = new Float64Array(BETS);

/** Keeps products finite. Capping only lowers evidence, so it is safe. */
export const EVIDENCE_MAX = 1e300;

export interface EDetectorState {
  readonly records: number;
  readonly evidence: readonly number[];
  readonly cusum: readonly number[];
  readonly starts: readonly number[];
  readonly shares: readonly (readonly number[])[];
}

/**
 * An e-detector (Shin, Ramdas and Rinaldo, arXiv 2203.03532) over ranks: a mixture of sixteen
 * Shiryaev-Roberts processes, each a bet that ranks are no longer uniform.
 *
 * Under no change the evidence minus the number of records is a martingale, so the mean number of
 * records until it first reaches a threshold A is at least A: a promise about false alarms that
 * needs no calibration and holds however often one looks.
 */
export class EDetector {
  /** Evidence, CUSUM twin and its start of every bet, then the shares of the learning bets. */
  readonly #numbers = numberList(LENGTH);
  #records = 0;

  constructor(state?: EDetectorState) {
    this.#numbers.fill(1 / ADAPTIVE_CELLS, SHARES, MEAN);
    if (state === undefined) return;
    this.#records = state.records;
    copyInto(this.#numbers, state.evidence.slice(0, BETS), 0);
    copyInto(this.#numbers, state.cusum.slice(0, BETS), CUSUM);
    copyInto(this.#numbers, state.starts.slice(0, BETS), STARTS);
    copyInto(this.#numbers, state.shares.flat().slice(0, MEAN - SHARES), SHARES);
    this.#numbers[MEAN] = meanOf(this.#numbers, 0, BETS);
  }

  /** Records seen since the start or the last reset. */
  get records(): number {
    return this.#records;
  }

  /** Evidence that something changed: 0 before the first record. */
  get evidence(): number {
    return this.#numbers[MEAN] ?? 0;
  }

  /**
   * Evidence of the best recent stretch: it falls back when a change ends, which `evidence` does
   * slowly.
   */
  get current(): number {
    return meanOf(this.#numbers, CUSUM, STARTS);
  }

  /** Takes one rank in (0, 1) and returns the evidence. */
  update(rank: number): number {
    const numbers = this.#numbers;
    const bin = Math.min(ADAPTIVE_CELLS - 1, Math.floor(ADAPTIVE_CELLS * rank));
    fillBets(FACTORS, rank);
    FACTORS[FIRST_ADAPTIVE] = ADAPTIVE_CELLS * (numbers[SHARES + bin] ?? 0);
    FACTORS[FIRST_ADAPTIVE + 1] = ADAPTIVE_CELLS * (numbers[SHARES + ADAPTIVE_CELLS + bin] ?? 0);
    this.#records += 1;
    const sum = this.#multiply(this.#records);
    // After the bets, which use what was known before this record.
    learnShares(numbers, SHARES, bin);
    // Each CUSUM value is at most its bet, so checking the sum is enough.
    const evidence = (sum > EVIDENCE_MAX ? this.#cap() : sum) / BETS;
    numbers[MEAN] = evidence;
    return evidence;
  }

  /** One step of every bet and of its twin, one pass for both; the sum of the evidence. */
  #multiply(records: number): number {
    const numbers = this.#numbers;
    let sum = 0;
    for (let bet = 0; bet < BETS; bet += 1) {
      const factor = FACTORS[bet] ?? 1;
      const evidence = ((numbers[bet] ?? 0) + 1) * factor;
      numbers[bet] = evidence;
      sum += evidence;
      const cusum = numbers[CUSUM + bet] ?? 0;
      if (cusum > 1) {
        numbers[CUSUM + bet] = cusum * factor;
      } else {
        numbers[CUSUM + bet] = factor;
        numbers[STARTS + bet] = records;
      }
    }
    return sum;
  }

  #cap(): number {
    const numbers = this.#numbers;
    let sum = 0;
    for (let index = 0; index < STARTS; index += 1) {
      numbers[index] = Math.min(EVIDENCE_MAX, numbers[index] ?? 0);
      if (index < BETS) sum += numbers[index] ?? 0;
    }
    return sum;
  }

  /** The record at which the change most likely began, counted from 1. Read it at an alarm. */
  changePoint(): number {
    const numbers = this.#numbers;
    let best = 0;
    for (let bet = 1; bet < BETS; bet += 1) {
      if ((numbers[CUSUM + bet] ?? 0) > (numbers[CUSUM + best] ?? 0)) best = bet;
    }
    return this.#numbers[STARTS + best] ?? 0;
  }

  snapshot(): EDetectorState {
    const part = (from: number, length: number): number[] =>
      this.#numbers.slice(from, from + length);
    return {
      records: this.#records,
      evidence: part(0, BETS),
      cusum: part(CUSUM, BETS),
      starts: part(STARTS, BETS),
      shares: HORIZONS.map((_, index) => part(SHARES + index * ADAPTIVE_CELLS, ADAPTIVE_CELLS)),
    };
  }
}

/** Moves the shares of both learning bets towards the bin that was just seen. */
function learnShares(numbers: number[], from: number, bin: number): void {
  for (let index = 0; index < ADAPTIVE_CELLS; index += 1) {
    numbers[from + index] = (numbers[from + index] ?? 0) * (1 - SHORT_RATE);
  }
  for (let index = ADAPTIVE_CELLS; index < 2 * ADAPTIVE_CELLS; index += 1) {
    numbers[from + index] = (numbers[from + index] ?? 0) * (1 - LONG_RATE);
  }
  numbers[from + bin] = (numbers[from + bin] ?? 0) + SHORT_RATE;
  const long = from + ADAPTIVE_CELLS + bin;
  numbers[long] = (numbers[long] ?? 0) + LONG_RATE;
}

/** Fills in the fourteen fixed bets: each is non-negative and has mean 1 over uniform ranks. */
function fillBets(factors: Float64Array, rank: number): void {
  const location = 2 * rank - 1;
  const scale = 12 * (rank - 0.5) ** 2 - 1;
  for (let k = 0; k < LOCATION.length; k += 1) factors[k] = 1 + (LOCATION[k] ?? 0) * location;
  for (let k = 0; k < SCALE.length; k += 1) factors[FIRST_SCALE + k] = 1 + (SCALE[k] ?? 0) * scale;
  for (let k = 0; k < TAIL.length; k += 1) {
    const stake = TAIL[k] ?? 0;
    factors[FIRST_TAIL + 2 * k] = rank < TAIL_SHARE ? 1 + TAIL_GAIN * stake : 1 - stake;
    factors[FIRST_TAIL + 2 * k + 1] = rank > 1 - TAIL_SHARE ? 1 + TAIL_GAIN * stake : 1 - stake;
  }
}

/**
 * The fourteen fixed bets on a rank, for tests and for the supremum of the baseline gate, which
 * multiplies them without the restart of an e-detector.
 */
export function fixedBets(rank: number): Float64Array {
  const factors = new Float64Array(FIRST_ADAPTIVE);
  fillBets(factors, rank);
  return factors;
}

function meanOf(numbers: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += numbers[index] ?? 0;
  return sum / (to - from);
}

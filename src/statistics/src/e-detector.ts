/** Tilts that a shift of location makes grow. */
const LOCATION: readonly number[] = [0.15, -0.15, 0.4, -0.4, 0.8, -0.8];
/** Tilts that a change of scale makes grow: positive for wider, negative for narrower. */
const SCALE: readonly number[] = [0.12, -0.06, 0.35, -0.175];
/** Stakes on the outermost ranks. */
const TAIL: readonly number[] = [0.05, 0.2];
const TAIL_SHARE = 0.02;
const TAIL_GAIN = 1 / TAIL_SHARE - 1;
/** Memory, in records, of the bets that learn where ranks fall. */
const HORIZONS: readonly number[] = [100, 600];
const ADAPTIVE_CELLS = 10;

const FIRST_SCALE = LOCATION.length;
const FIRST_TAIL = FIRST_SCALE + SCALE.length;
const FIRST_ADAPTIVE = FIRST_TAIL + 2 * TAIL.length;
const BETS = FIRST_ADAPTIVE + HORIZONS.length;

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
  readonly #factors = new Float64Array(BETS);
  readonly #evidence: Float64Array;
  readonly #cusum: Float64Array;
  readonly #starts: Float64Array;
  readonly #shares: readonly Float64Array[];
  #records: number;
  /** Asked for at every record, so it is kept. */
  #mean: number;

  constructor(state?: EDetectorState) {
    this.#records = state?.records ?? 0;
    this.#evidence = Float64Array.from(state?.evidence ?? new Float64Array(BETS));
    this.#cusum = Float64Array.from(state?.cusum ?? new Float64Array(BETS));
    this.#starts = Float64Array.from(state?.starts ?? new Float64Array(BETS));
    const uniform = new Float64Array(ADAPTIVE_CELLS).fill(1 / ADAPTIVE_CELLS);
    this.#mean = mean(this.#evidence);
    this.#shares = HORIZONS.map((_, index) => Float64Array.from(state?.shares[index] ?? uniform));
  }

  /** Records seen since the start or the last reset. */
  get records(): number {
    return this.#records;
  }

  /** Evidence that something changed: 0 before the first record. */
  get evidence(): number {
    return this.#mean;
  }

  /**
   * Evidence of the best recent stretch: it falls back when a change ends, which `evidence` does
   * slowly.
   */
  get current(): number {
    return mean(this.#cusum);
  }

  /** Takes one rank in (0, 1) and returns the evidence. */
  update(rank: number): number {
    this.#records += 1;
    const bin = Math.min(ADAPTIVE_CELLS - 1, Math.floor(ADAPTIVE_CELLS * rank));
    this.#computeFactors(rank, bin);
    let sum = 0;
    for (let bet = 0; bet < BETS; bet += 1) {
      const factor = this.#factors[bet] ?? 1;
      const evidence = Math.min(EVIDENCE_MAX, ((this.#evidence[bet] ?? 0) + 1) * factor);
      this.#evidence[bet] = evidence;
      sum += evidence;
      const cusum = this.#cusum[bet] ?? 0;
      if (cusum <= 1) {
        this.#cusum[bet] = factor;
        this.#starts[bet] = this.#records;
      } else {
        this.#cusum[bet] = Math.min(EVIDENCE_MAX, cusum * factor);
      }
    }
    this.#learn(bin);
    this.#mean = sum / BETS;
    return this.#mean;
  }

  /** The record at which the change most likely began, counted from 1. Read it at an alarm. */
  changePoint(): number {
    let best = 0;
    for (let bet = 1; bet < BETS; bet += 1) {
      if ((this.#cusum[bet] ?? 0) > (this.#cusum[best] ?? 0)) best = bet;
    }
    return this.#starts[best] ?? 0;
  }

  snapshot(): EDetectorState {
    return {
      records: this.#records,
      evidence: [...this.#evidence],
      cusum: [...this.#cusum],
      starts: [...this.#starts],
      shares: this.#shares.map((shares) => [...shares]),
    };
  }

  #computeFactors(rank: number, bin: number): void {
    const factors = this.#factors;
    fillBets(factors, rank);
    for (let index = 0; index < HORIZONS.length; index += 1) {
      factors[FIRST_ADAPTIVE + index] = ADAPTIVE_CELLS * (this.#shares[index]?.[bin] ?? 0);
    }
  }

  #learn(bin: number): void {
    for (let index = 0; index < HORIZONS.length; index += 1) {
      const shares = this.#shares[index];
      if (shares === undefined) continue;
      const rate = 1 / (HORIZONS[index] ?? 1);
      for (let cell = 0; cell < ADAPTIVE_CELLS; cell += 1) {
        shares[cell] = (shares[cell] ?? 0) * (1 - rate);
      }
      shares[bin] = (shares[bin] ?? 0) + rate;
    }
  }
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

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

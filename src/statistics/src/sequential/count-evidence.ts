import { total } from '../distance/bin-shares.ts';
import { logGamma } from '../distance/special-functions.ts';
import { EVIDENCE_MAX } from './run.ts';

/** Share of the remembered counts that each of the three alternatives keeps per interval. */
const MEMORIES: readonly number[] = [0.5, 0.9, 0.98];
/** Pseudo-records with which an alternative starts at the reference. */
const PRIOR = 10;
/** `exp` of more would overflow. */
const LOG_FACTOR_MAX = 690;
/** Records and spacings from which the reference is certain enough and stays as it is. */
const REFERENCE_MAX = 100_000;

/**
 * An e-detector on histogram counts of one interval at a time, for a fleet that reports counts
 * rather than records: Dirichlet-multinomial likelihood ratios of recent counts against the
 * reference.
 */
export class CountEvidence {
  readonly #reference: Float64Array;
  readonly #recent: readonly Float64Array[];
  readonly #evidence = new Float64Array(MEMORIES.length);

  /** @param weights spacings of the baseline in each bucket, each at least 1 */
  constructor(weights: ArrayLike<number>) {
    this.#reference = Float64Array.from(weights);
    this.#recent = MEMORIES.map(() => new Float64Array(weights.length));
  }

  get evidence(): number {
    let sum = 0;
    for (const value of this.#evidence) sum += value;
    return sum / this.#evidence.length;
  }

  /**
   * Takes the counts of one interval and returns the evidence.
   *
   * @param counts one a bucket
   * @param designEffect at least 1; how many dependent records weigh as one
   */
  update(counts: ArrayLike<number>, designEffect = 1): number {
    const reference = this.#reference;
    const nullLog = logDirichletMultinomial(counts, reference);
    for (let index = 0; index < MEMORIES.length; index += 1) {
      const log = logDirichletMultinomial(counts, this.#alternative(index)) - nullLog;
      const factor = Math.exp(Math.min(log / designEffect, LOG_FACTOR_MAX));
      this.#evidence[index] = Math.min(EVIDENCE_MAX, ((this.#evidence[index] ?? 0) + 1) * factor);
    }
    this.#learn(counts);
    return this.evidence;
  }

  /** What the recent counts of one memory suggest, started at the reference. */
  #alternative(index: number): Float64Array {
    let size = 0;
    for (const weight of this.#reference) size += weight;
    const recent = this.#recent[index] ?? this.#reference;
    return recent.map((count, b) => count + (PRIOR * (this.#reference[b] ?? 0)) / size);
  }

  #learn(counts: ArrayLike<number>): void {
    for (const [index, recent] of this.#recent.entries()) {
      const memory = MEMORIES[index] ?? 0;
      for (let b = 0; b < recent.length; b += 1) {
        recent[b] = memory * (recent[b] ?? 0) + (counts[b] ?? 0);
      }
    }
    const reference = this.#reference;
    if (total(reference) >= REFERENCE_MAX) return;
    for (let b = 0; b < reference.length; b += 1) {
      reference[b] = (reference[b] ?? 0) + (counts[b] ?? 0);
    }
  }
}

/** Log-likelihood of counts under a Dirichlet-multinomial, the multinomial coefficient left out. */
function logDirichletMultinomial(counts: ArrayLike<number>, weights: Float64Array): number {
  let sum = 0;
  let weightTotal = 0;
  let countTotal = 0;
  for (let b = 0; b < weights.length; b += 1) {
    const weight = weights[b] ?? 0;
    const count = counts[b] ?? 0;
    sum += logGamma(weight + count) - logGamma(weight);
    weightTotal += weight;
    countTotal += count;
  }
  return sum + logGamma(weightTotal) - logGamma(weightTotal + countTotal);
}

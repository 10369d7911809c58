import { chiSquareQuantile } from '../distance/special-functions.ts';
import { copyInto, numberList } from './number-list.ts';
import { EVIDENCE_MAX } from './run.ts';

/** Probability that the bounds of a baseline miss the true share; the evidence pays for it. */
const MISSED = 0.01;
/** Shares that are bet on: so many times the upper bound, and so many times the lower one. */
const ABOVE: readonly number[] = [1.25, 1.75, 2.5, 4, 8];
const BELOW: readonly number[] = [0.5, 0.2, 0.02];
/** No bet says that nearly all records are of one class. */
const SHARE_MAX = 0.9;

/** What a class made up of a baseline. */
export interface ShareBounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Bounds of the share of a class, of which a baseline of `records` held `hits`; both hold together
 * with probability 0.99. By the Poisson law, whose tails are no lighter than those of the binomial.
 *
 * @param records at least 1
 */
export function shareBounds(hits: number, records: number): ShareBounds {
  const tail = MISSED / 2;
  const lower = hits === 0 ? 0 : chiSquareQuantile(tail, 2 * hits) / 2 / records;
  const upper = chiSquareQuantile(1 - tail, 2 * hits + 2) / 2 / records;
  return { lower, upper: Math.min(1, upper) };
}

/** One bet: what it is multiplied by. */
interface Bet {
  readonly hit: number;
  readonly miss: number;
}

/**
 * Bets that a class became more frequent than a baseline leaves possible, or rarer. The reference
 * never learns, so that no change is learned away, however slowly evidence grows. A mean time
 * between false alarms is promised because every bet loses at all shares within the bounds, and the
 * share of baselines whose bounds are wrong is taken off the evidence.
 */
export class ShareBets {
  readonly #bets: readonly Bet[];
  /** The evidence of each bet, then their mean. */
  readonly #numbers: number[];

  constructor(bounds: ShareBounds, evidence: readonly number[] = []) {
    this.#bets = betsOf(bounds);
    this.#numbers = numberList(this.#bets.length + 1);
    copyInto(this.#numbers, evidence.slice(0, this.#numbers.length), 0);
  }

  get evidence(): number {
    return this.#numbers[this.#bets.length] ?? 0;
  }

  /** Takes one record. @returns the evidence */
  update(isHit: boolean): number {
    const numbers = this.#numbers;
    const bets = this.#bets;
    let sum = 0;
    for (let index = 0; index < bets.length; index += 1) {
      const bet = bets[index];
      if (bet === undefined) continue;
      // Shiryaev and Roberts' step: a new bet starts at every record.
      const next = ((numbers[index] ?? 0) + 1) * (isHit ? bet.hit : bet.miss);
      numbers[index] = Math.min(EVIDENCE_MAX, next);
      sum += numbers[index] ?? 0;
    }
    const evidence = bets.length === 0 ? 0 : ((1 - MISSED) * sum) / bets.length;
    numbers[bets.length] = evidence;
    return evidence;
  }

  /** Starts again at zero. */
  rearm(): void {
    this.#numbers.fill(0);
  }

  snapshot(): readonly number[] {
    return this.#numbers.slice();
  }
}

function betsOf({ lower, upper }: ShareBounds): readonly Bet[] {
  const between = (from: number, to: number): Bet => ({
    hit: to / from,
    miss: (1 - to) / (1 - from),
  });
  const above = ABOVE.map((ratio) => Math.min(SHARE_MAX, ratio * upper))
    .filter((share) => share > upper)
    .map((share) => between(upper, share));
  const below = lower === 0 ? [] : BELOW.map((ratio) => between(lower, ratio * lower));
  return [...above, ...below];
}

import { copyInto, numberList } from './number-list.ts';
import { EVIDENCE_MAX, RUN_RECORDS_MAX } from './run.ts';

const TAIL_SHARE = 0.02;
const TAIL_GAIN = 1 / TAIL_SHARE - 1;
/** Memory, in records, of the bets that learn where ranks fall. */
const HORIZONS: readonly [number, number] = [100, 600];
const SHORT_RATE = 1 / HORIZONS[0];
const LONG_RATE = 1 / HORIZONS[1];
const ADAPTIVE_CELLS = 10;

/** What is bet on, for each record of a run, with mean 0; nothing of it outlives a run. */
const location = new Float64Array(RUN_RECORDS_MAX);
const scale = new Float64Array(RUN_RECORDS_MAX);
const lowTail = new Float64Array(RUN_RECORDS_MAX);
const highTail = new Float64Array(RUN_RECORDS_MAX);
const shortLearned = new Float64Array(RUN_RECORDS_MAX);
const longLearned = new Float64Array(RUN_RECORDS_MAX);

/** A bet: its factor is 1 plus a stake times what is bet on. */
interface Bet {
  readonly stake: number;
  readonly on: Float64Array;
}

/** Bets are taken by twos: one alone would wait for its own step before. */
interface BetPair {
  readonly one: Bet;
  readonly other: Bet;
}

const tilts = (on: Float64Array, stake: number, otherStake: number): BetPair => ({
  one: { stake, on },
  other: { stake: otherStake, on },
});
const tails = (stake: number): BetPair => ({
  one: { stake, on: lowTail },
  other: { stake, on: highTail },
});

const FIXED: readonly BetPair[] = [
  tilts(location, 0.15, -0.15),
  tilts(location, 0.4, -0.4),
  tilts(location, 0.8, -0.8),
  // Positive for wider, negative for narrower.
  tilts(scale, 0.12, -0.06),
  tilts(scale, 0.35, -0.175),
  tails(0.05),
  tails(0.2),
];
const LEARNED: BetPair = {
  one: { stake: 1, on: shortLearned },
  other: { stake: 1, on: longLearned },
};

const FIRST_LEARNED = 2 * FIXED.length;
const BETS = FIRST_LEARNED + HORIZONS.length;

/** Places in the one array of a detector: a process may watch hundreds of streams. */
const CUSUM = BETS;
const STARTS = CUSUM + BETS;
const SHARES = STARTS + BETS;
/** Asked for at every evaluation, so it is kept; in a field it would need a box for every new value. */
const MEAN = SHARES + HORIZONS.length * ADAPTIVE_CELLS;
const LENGTH = MEAN + 1;

/** The rank of a run of one record. */
const single = new Float64Array(1);

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
    this.#capMean();
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
    single[0] = rank;
    return this.updateRun(single, 1);
  }

  /**
   * Takes ranks one after the other and returns the evidence.
   *
   * @param ranks each in (0, 1)
   * @param length how many of them, at most `RUN_RECORDS_MAX`
   */
  updateRun(ranks: Float64Array, length: number): number {
    for (let index = 0; index < length; index += 1) look(ranks[index] ?? 0, index);
    this.#learn(ranks, length);
    this.#play(LEARNED, FIRST_LEARNED, length);
    for (let pair = 0; pair < FIXED.length; pair += 1) {
      const bets = FIXED[pair];
      if (bets !== undefined) this.#play(bets, 2 * pair, length);
    }
    this.#records += length;
    return this.#capMean();
  }

  /** The steps of two bets and of their twins. */
  #play({ one, other }: BetPair, bet: number, length: number): void {
    const numbers = this.#numbers;
    const { stake, on: odds } = one;
    const { stake: otherStake, on: otherOdds } = other;
    const next = this.#records + 1;
    let evidence = numbers[bet] ?? 0;
    let cusum = numbers[CUSUM + bet] ?? 0;
    let start = numbers[STARTS + bet] ?? 0;
    let otherEvidence = numbers[bet + 1] ?? 0;
    let otherCusum = numbers[CUSUM + bet + 1] ?? 0;
    let otherStart = numbers[STARTS + bet + 1] ?? 0;
    for (let index = 0; index < length; index += 1) {
      const factor = 1 + stake * (odds[index] ?? 0);
      const otherFactor = 1 + otherStake * (otherOdds[index] ?? 0);
      evidence = (evidence + 1) * factor;
      otherEvidence = (otherEvidence + 1) * otherFactor;
      if (cusum > 1) {
        cusum *= factor;
      } else {
        cusum = factor;
        start = next + index;
      }
      if (otherCusum > 1) {
        otherCusum *= otherFactor;
      } else {
        otherCusum = otherFactor;
        otherStart = next + index;
      }
    }
    numbers[bet] = evidence;
    numbers[CUSUM + bet] = cusum;
    numbers[STARTS + bet] = start;
    numbers[bet + 1] = otherEvidence;
    numbers[CUSUM + bet + 1] = otherCusum;
    numbers[STARTS + bet + 1] = otherStart;
  }

  /**
   * What the learning bets knew before each record, and the shares after them. All shares fade alike,
   * so within a run their common factor does: a record then moves one of them.
   */
  #learn(ranks: Float64Array, length: number): void {
    const numbers = this.#numbers;
    let shortFade = 1;
    let longFade = 1;
    let shortStep = SHORT_RATE;
    let longStep = LONG_RATE;
    for (let index = 0; index < length; index += 1) {
      const bin = Math.min(ADAPTIVE_CELLS - 1, Math.floor(ADAPTIVE_CELLS * (ranks[index] ?? 0)));
      const short = SHARES + bin;
      const long = short + ADAPTIVE_CELLS;
      const shortShare = numbers[short] ?? 0;
      const longShare = numbers[long] ?? 0;
      shortLearned[index] = ADAPTIVE_CELLS * shortShare * shortFade - 1;
      longLearned[index] = ADAPTIVE_CELLS * longShare * longFade - 1;
      shortFade *= 1 - SHORT_RATE;
      longFade *= 1 - LONG_RATE;
      // As the rate divided by the fade, which would be a division at every record.
      shortStep *= 1 / (1 - SHORT_RATE);
      longStep *= 1 / (1 - LONG_RATE);
      numbers[short] = shortShare + shortStep;
      numbers[long] = longShare + longStep;
    }
    for (let short = SHARES; short < SHARES + ADAPTIVE_CELLS; short += 1) {
      numbers[short] = (numbers[short] ?? 0) * shortFade;
      numbers[short + ADAPTIVE_CELLS] = (numbers[short + ADAPTIVE_CELLS] ?? 0) * longFade;
    }
  }

  /** @returns the evidence, which no bet makes too large for another run */
  #capMean(): number {
    // Each CUSUM value is at most its bet, so checking the mean is enough.
    const mean = meanOf(this.#numbers, 0, BETS);
    const evidence = mean * BETS > EVIDENCE_MAX ? this.#cap() / BETS : mean;
    this.#numbers[MEAN] = evidence;
    return evidence;
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

/** Notes of a rank what is bet on: every entry has mean 0 over uniform ranks and is at least -1. */
function look(rank: number, index: number): void {
  const signed = 2 * rank - 1;
  location[index] = signed;
  scale[index] = 3 * signed * signed - 1;
  lowTail[index] = rank < TAIL_SHARE ? TAIL_GAIN : -1;
  highTail[index] = rank > 1 - TAIL_SHARE ? TAIL_GAIN : -1;
}

/**
 * The fourteen fixed bets on a rank, for tests and for the supremum of the baseline gate, which
 * multiplies them without the restart of an e-detector.
 */
export function fixedBets(rank: number): Float64Array {
  look(rank, 0);
  const bets = FIXED.flatMap(({ one, other }) => [one, other]);
  return Float64Array.from(bets, ({ stake, on }) => 1 + stake * (on[0] ?? 0));
}

function meanOf(numbers: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += numbers[index] ?? 0;
  return sum / (to - from);
}

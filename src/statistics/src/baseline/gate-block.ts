import { ksNumerator, ksPValue } from '../distance/kolmogorov-smirnov.ts';
import type { RandomSource } from '../random.ts';
import { fixedBets } from '../sequential/e-detector.ts';
import { PolyaUrn, urnFromBaseline } from '../sequential/polya-urn.ts';
import { serialDependence } from '../sequential/serial-dependence.ts';
import { type Collected, OUTCOME_OK } from './baseline.ts';
import { everyNth } from './build-baseline.ts';

/** Why a block of records cannot be a baseline yet. */
export type GateFailure = 'mostly_missing' | 'too_few' | 'halves_differ' | 'keeps_changing';

const MISSING_SHARE_MAX = 0.5;
/** Independent values that a baseline needs. */
const VALUES_MIN = 200;
const HALVES_P_MIN = 0.001;
/** Ville's inequality: a martingale of ratio bets reaches 100 with probability 1/100 at most. */
const WEALTH_MAX = 100;

/**
 * Whether the records of a block come from one distribution. A baseline that holds a change would
 * hide the next one and cry at the old one.
 *
 * @returns `undefined` when the block passes
 */
export function gateBlock(
  collected: Collected,
  numbers: readonly number[],
  random: RandomSource,
): GateFailure | undefined {
  const missing = collected.outcomes.filter((outcome) => outcome !== OUTCOME_OK).length;
  if (missing > MISSING_SHARE_MAX * collected.outcomes.length) return 'mostly_missing';
  const thinned = everyNth(numbers, serialDependence(numbers).thin);
  if (thinned.length < VALUES_MIN) return 'too_few';
  const middle = Math.floor(thinned.length / 2);
  const first = thinned.slice(0, middle);
  const second = thinned.slice(middle);
  if (halvesP(first, second) <= HALVES_P_MIN) return 'halves_differ';
  return largestWealth(first, second, random) >= WEALTH_MAX ? 'keeps_changing' : undefined;
}

function halvesP(first: readonly number[], second: readonly number[]): number {
  const a = Float64Array.from(first).sort();
  const b = Float64Array.from(second).sort();
  return ksPValue({ m: a.length, n: b.length, numerator: ksNumerator(a, b) });
}

/**
 * The largest wealth of bets that the second half does not continue the first. A product without
 * restarts: a detector's evidence grows with time and would reject clean baselines.
 */
function largestWealth(
  first: readonly number[],
  second: readonly number[],
  random: RandomSource,
): number {
  const urn = new PolyaUrn(urnFromBaseline(first.map((value) => ({ value, tie: random.next() }))));
  let wealth: Float64Array | undefined;
  let largest = 0;
  for (const value of second) {
    const cell = urn.cell(value, random.next());
    const factors = fixedBets(urn.rank(cell, random.next()));
    urn.learn(cell);
    wealth = wealth?.map((amount, bet) => amount * (factors[bet] ?? 1)) ?? factors;
    const mean = wealth.reduce((sum, amount) => sum + amount, 0) / wealth.length;
    largest = Math.max(largest, mean);
  }
  return largest;
}

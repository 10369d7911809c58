import { ksNumerator, ksPValue } from '../distance/kolmogorov-smirnov.ts';
import type { RandomSource } from '../random.ts';
import { fixedBets } from '../sequential/e-detector.ts';
import { PolyaUrn, urnFromBaseline } from '../sequential/polya-urn.ts';
import { outcomeDependence, serialDependence } from '../sequential/serial-dependence.ts';
import { type Collected, OUTCOME_OK } from './baseline.ts';
import { everyNth } from './build-baseline.ts';
import { areHalvesEqual } from './gate-outcomes.ts';

/**
 * Why a block of records cannot be a baseline yet. `missing_too_few` and `missing_changes` are about
 * the share of missing values, the others about the values.
 */
export type GateFailure =
  | 'mostly_missing'
  | 'too_few'
  | 'halves_differ'
  | 'keeps_changing'
  | 'missing_too_few'
  | 'missing_changes';

const MISSING_SHARE_MAX = 0.5;
/** Independent values that a baseline needs by default. */
const VALUES_MIN = 200;
const HALVES_P_MIN = 0.001;
/** Categories whose shares are compared between the halves, the most frequent ones. */
const CLASSES_MAX = 8;
/** Ville's inequality: a martingale of ratio bets reaches 100 with probability 1/100 at most. */
const WEALTH_MAX = 100;

/** What a gate asks of a block. */
export interface GateNeeds {
  /** Independent values without which nothing is known. Default 200. */
  readonly valuesMin?: number;
  /** How far apart values are independent, where the user knows it. Default: measured. */
  readonly thinning?: 'auto' | number;
}

/** What a gate works with. */
interface Gate extends GateNeeds {
  readonly random: RandomSource;
}

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
  return gateOutcomes(collected) ?? gateValues(collected, numbers, { random });
}

/**
 * Whether values are missing equally often in both halves of a block.
 *
 * @param thinMin how far apart records are independent, where a longer stretch is known
 */
export function gateOutcomes(
  { outcomes, blocks }: Collected,
  thinMin = 1,
  { valuesMin = VALUES_MIN }: GateNeeds = {},
): GateFailure | undefined {
  const hits = outcomes.map((outcome) => (outcome === OUTCOME_OK ? 0 : 1));
  if (!hits.includes(1)) return undefined;
  const thin = blocks === undefined ? Math.max(thinMin, outcomeDependence(hits).thin) : 1;
  const thinned = everyNth(hits, thin);
  if (thinned.length < valuesMin) return 'missing_too_few';
  return areHalvesEqual(thinned) ? undefined : 'missing_changes';
}

/** Whether the values of a block come from one distribution. */
export function gateValues(
  { kind, outcomes }: Collected,
  numbers: readonly number[],
  { random, valuesMin = VALUES_MIN, thinning = 'auto' }: Gate,
): GateFailure | undefined {
  const thin = thinning === 'auto' ? serialDependence(numbers).thin : thinning;
  const thinned = everyNth(numbers, thin);
  if (thinned.length < valuesMin) {
    const missing = outcomes.filter((outcome) => outcome !== OUTCOME_OK).length;
    return missing > MISSING_SHARE_MAX * outcomes.length ? 'mostly_missing' : 'too_few';
  }
  const middle = Math.floor(thinned.length / 2);
  const first = thinned.slice(0, middle);
  // Halves of one size have an exact test that takes no time.
  const second = thinned.slice(middle, 2 * middle);
  if (halvesP(first, second) <= HALVES_P_MIN) return 'halves_differ';
  if (kind === 'categorical' && !areClassesEqual(thinned)) return 'halves_differ';
  return largestWealth(first, second, random) >= WEALTH_MAX ? 'keeps_changing' : undefined;
}

/** Whether each frequent category has the same share in both halves. */
function areClassesEqual(places: readonly number[]): boolean {
  const counts = new Map<number, number>();
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  const frequent = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, CLASSES_MAX);
  return frequent.every(([wanted]) =>
    areHalvesEqual(
      places.map((place) => (place === wanted ? 1 : 0)),
      frequent.length,
    ),
  );
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

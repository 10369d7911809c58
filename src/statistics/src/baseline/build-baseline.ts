import { binCounts, quantileEdges } from '../distance/quantile-edges.ts';
import type { RandomSource } from '../random.ts';
import {
  equalCellIndexes,
  geometricCellIndexes,
  type JitteredValue,
  type UrnState,
  urnFromBaseline,
} from '../sequential/polya-urn.ts';
import {
  outcomeDependence,
  type SerialDependence,
  serialDependence,
} from '../sequential/serial-dependence.ts';
import {
  type Baseline,
  type BaselineSource,
  type Collected,
  type KnownValues,
  OUTCOME_INVALID,
  OUTCOME_NULL,
  type StreamKey,
} from './baseline.ts';
import { momentsOf } from './moments.ts';

/** Categories with a place of their own. */
const CATEGORIES_MAX = 64;
const SAMPLE_MAX = 1000;
const RANK_BUCKETS = 20;
const BINS = 10;
/** The last moment that a date can stand for. */
const DATE_MS_MAX = 8.64e15;
/** Texts that fewer values share could name a person: they count as other. */
const SHARED_BY_MIN = 5;
const NO_NAME = /^(?:-?\d+|true|false)$/u;

export interface BaselineOptions {
  readonly key: StreamKey;
  readonly source: BaselineSource;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  readonly thinning: 'auto' | number;
  readonly quality: Baseline['quality'];
  readonly random: RandomSource;
  /** What values may be, where the user knows it; learned from the first half of them otherwise. */
  readonly declared?: KnownValues | undefined;
  /** Categories that have a place of their own however rare they are. */
  readonly named?: readonly string[] | undefined;
  /** Where the values are in no order of time, such as sorted ones, which must be shuffled first. */
  readonly dependence?: Pick<SerialDependence, 'thin' | 'designEffect'> | undefined;
  /** Of missing values, where the records are in no order of time or a longer stretch is known. */
  readonly missingDependence?: Pick<SerialDependence, 'thin' | 'designEffect'> | undefined;
  /** Where it is another than that of the values. */
  readonly missingQuality?: Baseline['quality'] | undefined;
  readonly calibration?: Baseline['calibration'];
  readonly loss?: Baseline['loss'];
}

/**
 * Makes a baseline. What is known, a range or a list of categories, comes from the first half of
 * the values and the urn of novelty from the second: a range taken from the same data would never
 * be left by them, and the promise about false alarms would not hold.
 */
export function buildBaseline(collected: Collected, options: BaselineOptions): Baseline {
  const { random } = options;
  const known = options.declared ?? knownValues(collected, options.named);
  const numbers = collected.values.map((value) => numberOf(value, known));
  const dependence = options.dependence ?? serialDependence(numbers);
  const thin = thinOf(collected, options, dependence);
  // A declared range or list owes nothing to the values, so all of them count.
  const untaught = options.declared === undefined ? Math.floor(collected.values.length / 2) : 0;
  // The list of categories also comes from the first half, so the urn takes the second.
  const isCategorical = known.kind === 'categories';
  const { blocks } = collected;
  const urnBlocks = isCategorical ? blocks?.ofValues.slice(untaught) : blocks?.ofValues;
  const urnValues = isCategorical ? numbers.slice(untaught) : numbers;
  const taken =
    urnBlocks === undefined ? everyNth(urnValues, thin) : onePerBlock(urnValues, urnBlocks, random);
  return {
    key: options.key,
    kind: collected.kind,
    source: options.source,
    createdMs: calendarMs(options.createdMs),
    size: numbers.length,
    quality: options.quality,
    thin,
    designEffect: dependence.designEffect,
    cells: urnOf(jittered(taken, random)),
    ranks: urnOf(jittered(numbers, random), equalCellIndexes(numbers.length, RANK_BUCKETS)),
    ...countsOf(numbers, known),
    known,
    isDeclared: options.declared !== undefined,
    novelty: noveltyOf(collected, {
      ...options,
      known,
      untaught,
      thin,
      dependence,
      isMeasured: options.dependence === undefined,
    }),
    missing: missingOf(collected, options, thin),
    ...(isCategorical
      ? { classes: { counts: countCategories(taken, known.names.length), records: taken.length } }
      : {}),
    ...(options.calibration === undefined ? {} : { calibration: options.calibration }),
    ...(options.loss === undefined ? {} : { loss: options.loss }),
  };
}

const jittered = (values: readonly number[], random: RandomSource): JitteredValue[] =>
  values.map((value) => ({ value, tie: random.next() }));

/** How often values are outside of what is known: of those that it does not come from. */
function noveltyOf(
  { values, blocks }: Collected,
  of: BaselineOptions & {
    readonly known: KnownValues;
    readonly untaught: number;
    readonly thin: number;
    readonly dependence: Pick<SerialDependence, 'designEffect'>;
    /** The values are in order of time. */
    readonly isMeasured: boolean;
  },
): Baseline['novelty'] {
  const { known, untaught, random } = of;
  const flags = values.slice(untaught).map((value) => (isKnown(value, known) ? 0 : 1));
  // What is rare says little about its own bursts: they are no shorter than those of the values.
  const own = outcomeDependence(flags);
  const isMeasured = of.isMeasured && blocks === undefined && of.thinning === 'auto';
  const thin = isMeasured ? Math.max(of.thin, own.thin) : of.thin;
  const taken =
    blocks === undefined
      ? everyNth(flags, thin)
      : onePerBlock(flags, blocks.ofValues.slice(untaught), random);
  return {
    urn: urnOf(jittered(taken, random), geometricCellIndexes(taken.length)),
    rate: { hits: flags.filter((flag) => flag === 1).length, records: flags.length },
    thin,
    designEffect: Math.max(of.dependence.designEffect, own.designEffect),
  };
}

function missingOf(
  { outcomes, blocks }: Collected,
  options: BaselineOptions,
  thinOfBlocks: number,
): Baseline['missing'] {
  const { random, thinning } = options;
  const dependence = options.missingDependence ?? outcomeDependence(outcomes);
  const thinMeasured = thinning === 'auto' ? dependence.thin : Math.max(1, thinning);
  const thin = blocks === undefined ? thinMeasured : thinOfBlocks;
  const taken =
    blocks === undefined
      ? everyNth(outcomes, thin)
      : onePerBlock(outcomes, blocks.ofOutcomes, random);
  return {
    urn: urnOf(jittered(taken, random), geometricCellIndexes(taken.length)),
    ...missingCounts(outcomes),
    thin,
    designEffect: dependence.designEffect,
    ...(options.missingQuality === undefined ? {} : { quality: options.missingQuality }),
  };
}

/** What distances are computed from. */
function countsOf(
  numbers: readonly number[],
  known: KnownValues,
): Pick<Baseline, 'bins' | 'sample' | 'moments' | 'categoryCounts'> {
  if (known.kind === 'categories') {
    const categoryCounts = countCategories(numbers, known.names.length);
    return { bins: { edges: [], counts: [] }, sample: new Float64Array(0), categoryCounts };
  }
  const sorted = Float64Array.from(numbers).sort();
  const sample = evenlySpaced(sorted);
  // Edges are values of the sample, so that a window counted against the sample knows its bins.
  // Mapped, because a list spread from a typed array keeps a box for each number.
  const edges = Array.from(quantileEdges(sample, BINS), (edge) => edge).slice();
  return {
    bins: { edges, counts: binCounts(edges, sorted) },
    sample,
    moments: momentsOf(sorted),
    categoryCounts: [],
  };
}

const missingCounts = (outcomes: readonly number[]): Omit<Baseline['missing'], 'urn'> => ({
  records: outcomes.length,
  nulls: outcomes.filter((outcome) => outcome === OUTCOME_NULL).length,
  invalid: outcomes.filter((outcome) => outcome === OUTCOME_INVALID).length,
});

/** With blocks, how many records one of them stands for on average. */
function thinOf(
  { outcomes, blocks }: Collected,
  { thinning }: BaselineOptions,
  dependence: Pick<SerialDependence, 'thin'>,
): number {
  if (blocks !== undefined) {
    const count = new Set(blocks.ofOutcomes).size;
    return Math.max(1, Math.round(outcomes.length / Math.max(1, count)));
  }
  return thinning === 'auto' ? dependence.thin : Math.max(1, thinning);
}

/** A stream that was never there has one cell, which says nothing. */
const urnOf = (values: readonly JitteredValue[], indexes?: readonly number[]): UrnState =>
  values.length === 0
    ? { edges: [], ties: [], weights: [1] }
    : urnFromBaseline(values, indexes ?? equalCellIndexes(values.length));

/** Clocks of applications may say anything; a file needs a date. */
const calendarMs = (ms: number): number =>
  Number.isFinite(ms) ? Math.floor(Math.min(DATE_MS_MAX, Math.max(0, ms))) : 0;

/** A number stays itself; a category becomes its place in the list, the last for all others. */
export function numberOf(value: number | string, known: KnownValues): number {
  if (known.kind === 'range') return Number(value);
  const index = known.names.indexOf(String(value));
  return index < 0 ? known.names.length : index;
}

function isKnown(value: number | string, known: KnownValues): boolean {
  if (known.kind === 'categories') return known.names.includes(String(value));
  return Number(value) >= known.min && Number(value) <= known.max;
}

function knownValues({ kind, values }: Collected, named: readonly string[] = []): KnownValues {
  const firstHalf = values.slice(0, Math.floor(values.length / 2));
  if (kind !== 'categorical') {
    const numbers = firstHalf.map(Number);
    if (numbers.length === 0) return { kind: 'range', min: 0, max: 0 };
    const min = numbers.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
    const max = numbers.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
    return { kind: 'range', min, max };
  }
  const counts = new Map<string, number>();
  for (const value of firstHalf) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const names = [...counts]
    .filter(([name, count]) => count >= SHARED_BY_MIN || NO_NAME.test(name))
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, CATEGORIES_MAX)
    .map(([name]) => name);
  return { kind: 'categories', names: withNamed(names, named) };
}

/** What the user named owes nothing to the values; the rarest of the others make room for it. */
function withNamed(names: readonly string[], named: readonly string[]): readonly string[] {
  const absent = [...new Set(named)].filter((name) => !names.includes(name));
  if (absent.length === 0) return names;
  const room = CATEGORIES_MAX - absent.length;
  const kept = names.filter((name, place) => place < room || named.includes(name));
  return [...kept, ...absent].slice(0, CATEGORIES_MAX);
}

export const everyNth = <T>(values: readonly T[], n: number): T[] =>
  n <= 1 ? [...values] : values.filter((_, index) => index % n === 0);

/** One random value of each block, in the order in which blocks begin. */
export function onePerBlock<T>(
  values: readonly T[],
  blocks: readonly number[],
  random: RandomSource,
): T[] {
  const kept = new Map<number, { value: T; seen: number }>();
  for (const [index, value] of values.entries()) {
    const block = blocks[index] ?? Number.NaN;
    const of = kept.get(block);
    if (of === undefined) {
      kept.set(block, { value, seen: 1 });
      continue;
    }
    of.seen += 1;
    if (random.next() * of.seen < 1) of.value = value;
  }
  return [...kept.values()].map(({ value }) => value);
}

function evenlySpaced(sorted: Float64Array): Float64Array {
  if (sorted.length <= SAMPLE_MAX) return sorted;
  return Float64Array.from(
    { length: SAMPLE_MAX },
    (_, k) => sorted[Math.floor(((k + 0.5) * sorted.length) / SAMPLE_MAX)] ?? 0,
  );
}

function countCategories(places: readonly number[], names: number): number[] {
  const counts = Array.from({ length: names + 1 }, () => 0);
  for (const place of places) counts[place] = (counts[place] ?? 0) + 1;
  return counts;
}

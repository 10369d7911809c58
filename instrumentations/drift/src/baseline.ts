import {
  binCounts,
  equalCellIndexes,
  geometricCellIndexes,
  type JitteredValue,
  quantileEdges,
  type RandomSource,
  serialDependence,
  type UrnState,
  urnFromBaseline,
} from '@telltale/statistics';

import type { StreamKind } from './types.ts';

export const OUTCOME_OK = 0;
export const OUTCOME_NULL = 1;
export const OUTCOME_INVALID = 2;

/** What was collected for a baseline, in time order. */
export interface Collected {
  readonly kind: StreamKind;
  /** Values that were usable; categories as their text. */
  readonly values: readonly (number | string)[];
  /** One code a record, missing ones included. */
  readonly outcomes: readonly number[];
}

/** Values inside the range, or categories, that are known. */
export type KnownValues =
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'categories'; readonly names: readonly string[] };

/** A frozen reference distribution with everything that is compared with it. */
export interface Baseline {
  readonly kind: StreamKind;
  /** Usable values. */
  readonly size: number;
  /** `unstable` when no block of the start was homogeneous: the state stays below drift. */
  readonly quality: 'ok' | 'unstable';
  /** Take every n-th record for evidence. */
  readonly thin: number;
  readonly designEffect: number;
  /** The urn of the value aspect, over the thinned values. */
  readonly cells: UrnState;
  /** Twenty rank buckets over all values: what a fleet merges. */
  readonly ranks: UrnState;
  /** Quantile bins and their counts; empty for categories. */
  readonly bins: { readonly edges: readonly number[]; readonly counts: readonly number[] };
  /** Ascending values, at most 1000 of them; empty for categories. */
  readonly sample: Float64Array;
  /** Counts of the named categories, then of all others; empty for numbers. */
  readonly categoryCounts: readonly number[];
  readonly known: KnownValues;
  readonly novelty: UrnState;
  readonly missing: {
    readonly urn: UrnState;
    readonly records: number;
    readonly nulls: number;
    readonly invalid: number;
  };
}

/** Categories with a place of their own. */
const CATEGORIES_MAX = 64;
const SAMPLE_MAX = 1000;
const RANK_BUCKETS = 20;
const BINS = 10;

export interface BaselineOptions {
  readonly thinning: 'auto' | number;
  readonly quality: Baseline['quality'];
  readonly random: RandomSource;
}

/**
 * Makes a baseline. What is known, a range or a list of categories, comes from the first half of
 * the values and the urn of novelty from the second: a range taken from the same data would never
 * be left by them, and the promise about false alarms would not hold.
 */
export function buildBaseline(collected: Collected, options: BaselineOptions): Baseline {
  const { random } = options;
  const known = knownValues(collected);
  const numbers = collected.values.map((value) => numberOf(value, known));
  const dependence = serialDependence(numbers);
  const thin = options.thinning === 'auto' ? dependence.thin : Math.max(1, options.thinning);
  const jitter = (values: readonly number[]): JitteredValue[] =>
    values.map((value) => ({ value, tie: random.next() }));
  const secondHalf = collected.values.slice(Math.floor(collected.values.length / 2));
  const isCategorical = known.kind === 'categories';
  // The list of categories also comes from the first half, so the urn takes the second.
  const urnValues = isCategorical ? secondHalf.map((value) => numberOf(value, known)) : numbers;
  const thinned = everyNth(urnValues, thin);
  const novel = everyNth(secondHalf, thin).map((value) => (isKnown(value, known) ? 0 : 1));
  const missing = everyNth(collected.outcomes, thin);
  const sorted = Float64Array.from(numbers).sort();
  const sample = isCategorical ? new Float64Array(0) : evenlySpaced(sorted);
  // Edges are values of the sample, so that a window counted against the sample knows its bins.
  const edges = isCategorical ? [] : [...quantileEdges(sample, BINS)];
  return {
    kind: collected.kind,
    size: numbers.length,
    quality: options.quality,
    thin,
    designEffect: dependence.designEffect,
    cells: urnFromBaseline(jitter(thinned)),
    ranks: urnFromBaseline(jitter(numbers), equalCellIndexes(numbers.length, RANK_BUCKETS)),
    bins: { edges, counts: isCategorical ? [] : binCounts(edges, sorted) },
    sample,
    categoryCounts: isCategorical ? countCategories(numbers, known.names.length) : [],
    known,
    novelty: urnFromBaseline(jitter(novel), geometricCellIndexes(novel.length)),
    missing: {
      urn: urnFromBaseline(jitter(missing), geometricCellIndexes(missing.length)),
      records: collected.outcomes.length,
      nulls: collected.outcomes.filter((outcome) => outcome === OUTCOME_NULL).length,
      invalid: collected.outcomes.filter((outcome) => outcome === OUTCOME_INVALID).length,
    },
  };
}

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

function knownValues({ kind, values }: Collected): KnownValues {
  const firstHalf = values.slice(0, Math.floor(values.length / 2));
  if (kind !== 'categorical') {
    const numbers = firstHalf.map(Number);
    const min = numbers.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
    const max = numbers.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
    return { kind: 'range', min, max };
  }
  const counts = new Map<string, number>();
  for (const value of firstHalf) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const names = [...counts]
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, CATEGORIES_MAX)
    .map(([name]) => name);
  return { kind: 'categories', names };
}

export const everyNth = <T>(values: readonly T[], n: number): T[] =>
  n <= 1 ? [...values] : values.filter((_, index) => index % n === 0);

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

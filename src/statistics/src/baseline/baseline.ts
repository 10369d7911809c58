import type { UrnState } from '../sequential/polya-urn.ts';
import type { Moments } from './moments.ts';

/**
 * What a stream's values are. A score is the probability of the positive class, a confidence that
 * of the class that was chosen.
 */
export type StreamKind = 'score' | 'confidence' | 'numeric' | 'categorical';

export type StreamDirection = 'input' | 'output';

/** What names a stream. Monitors keep one baseline and one window for each. */
export interface StreamKey {
  readonly model: string;
  readonly version: string;
  /** Feature or output, for example `score`. */
  readonly name: string;
  readonly direction: StreamDirection;
  readonly segment?: string;
  /** Part of the week that the values belong to, for streams that are keyed by season. */
  readonly season?: string;
}

/** Where a baseline came from: learned in the process, a file, training data or the fleet. */
export type BaselineSource = 'auto' | 'file' | 'training' | 'fleet';

/**
 * `unstable` when no block of the start was homogeneous: the state stays below drift. `approximate`
 * when its values are quantiles of a histogram: a frozen reference, good to the width of a bucket.
 */
export type BaselineQuality = 'ok' | 'unstable' | 'approximate';

/** Values inside the range, or categories, that are known. */
export type KnownValues =
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'categories'; readonly names: readonly string[] };

/** Missing values come in bursts where values do not: every aspect is thinned by its own measure. */
export interface OutcomeDependence {
  /** Take every n-th record for evidence; absent in older baselines. */
  readonly thin?: number;
  readonly designEffect?: number;
}

/** How often something happened in a baseline, and how dependent its records are. */
export interface OutcomeRate {
  readonly hits: number;
  readonly records: number;
  readonly thin: number;
  readonly designEffect: number;
}

/** The share of missing values in a baseline. */
export const missingRate = ({ missing, designEffect, thin }: Baseline): OutcomeRate => ({
  hits: missing.nulls + missing.invalid,
  records: missing.records,
  thin: missing.thin ?? thin,
  designEffect: missing.designEffect ?? designEffect,
});

/** The share of values outside of what is known; older baselines take it for none. */
export const noveltyRate = ({ novelty, size, designEffect, thin }: Baseline): OutcomeRate => ({
  hits: novelty.rate?.hits ?? 0,
  records: novelty.rate?.records ?? Math.floor(size / 2),
  thin: novelty.thin ?? thin,
  designEffect: novelty.designEffect ?? designEffect,
});

/** A frozen reference distribution with everything that is compared with it. */
export interface Baseline {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly source: BaselineSource;
  /** When it was made, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Usable values. */
  readonly size: number;
  readonly quality: BaselineQuality;
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
  /** Of all values; absent for categories. */
  readonly moments?: Moments;
  /** Counts of the named categories, then of all others; empty for numbers. */
  readonly categoryCounts: readonly number[];
  readonly known: KnownValues;
  /** Whether the user declared what is known; else it comes from the first half of the values. */
  readonly isDeclared: boolean;
  /** Values outside of what is known, among those that what is known does not come from. */
  readonly novelty: OutcomeDependence & {
    readonly urn: UrnState;
    /** Absent in baselines that were made before it was counted. */
    readonly rate?: { readonly hits: number; readonly records: number };
  };
  readonly missing: OutcomeDependence & {
    readonly urn: UrnState;
    readonly records: number;
    readonly nulls: number;
    readonly invalid: number;
    /** Whether the share of missing values was steady; absent: as the baseline's. */
    readonly quality?: BaselineQuality;
  };
  /**
   * How often each named category came among the values that the urn is made of. Absent for numbers,
   * and in baselines that were made before it was counted.
   */
  readonly classes?: { readonly counts: readonly number[]; readonly records: number };
  /** Knots of an isotonic map from a score to its true probability, ascending in both. */
  readonly calibration?: readonly (readonly [score: number, probability: number])[];
  /** What predictions of each value cost, where the targets were known; ascending in the value. */
  readonly loss?: readonly (readonly [predicted: number, absolute: number, squared: number])[];
}

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
  /** Where one random record of each block is taken for evidence: the block of each record. */
  readonly blocks?: {
    readonly ofValues: readonly number[];
    readonly ofOutcomes: readonly number[];
  };
}

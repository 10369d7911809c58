import type { BaselineQuality, BaselineSource } from '@telltale/statistics';

import type { NewCategory } from '../compare/examples/novel-values.ts';
import type { OutlyingValue } from '../compare/examples/outlying.ts';
import type { AspectName, DriftProfile, DriftState, StreamKey, StreamKind } from '../types.ts';

/** Why a stream is in its state. */
export type StateReason =
  | 'collecting_baseline'
  | 'insufficient_data'
  | 'no_change'
  | 'evidence_without_effect'
  | 'effect_without_evidence'
  | 'evidence_and_effect'
  | 'awaiting_quiet_window'
  | 'over_threshold'
  | 'slow_change';

export interface AspectStatus {
  readonly aspect: AspectName;
  readonly state: DriftState;
  readonly evidence: number;
  readonly threshold: number | null;
  readonly distance: number;
  readonly floor: number;
  /** Every how many records one is taken for evidence. */
  readonly thin: number;
}

/** Shares of a rate aspect, of the baseline and of the window. */
export interface RateStatus {
  readonly baseline: number | null;
  readonly window: number | null;
}

export interface CategoryMove {
  readonly category: string;
  readonly baseline: number;
  readonly window: number;
}

/** Everything known about a stream. What is not known is `null`. */
export interface StreamStatus {
  readonly stream: StreamKey & { readonly kind: StreamKind };
  readonly state: DriftState;
  readonly profile: DriftProfile;
  /** ISO 8601. */
  readonly since: string;
  readonly reason: StateReason;
  /** The aspect that the state comes from. */
  readonly aspect: AspectName | null;
  readonly evidence: number | null;
  readonly log10Evidence: number | null;
  readonly current: number | null;
  readonly threshold: number | null;
  readonly changePoint: { readonly recordsAgo: number; readonly time: string | null } | null;
  /** Records since the start. */
  readonly n: number;
  /** Values in the window. */
  readonly windowN: number;
  readonly baseline: {
    readonly id: string;
    readonly n: number;
    /** Weight of the reference that evidence is measured against; it grows until it is frozen. */
    readonly referenceN: number;
    readonly frozen: boolean;
    readonly source: BaselineSource;
    readonly quality: BaselineQuality;
    readonly thin: number;
  } | null;
  /** Records collected for a baseline, while one is being learned. */
  readonly learning: {
    readonly collected: number;
    /** Records at which the next attempt comes. */
    readonly wanted: number;
    readonly lastFailure: string | null;
  } | null;
  /** When a value came last, ISO 8601, as far as is known. */
  readonly lastSeen: string;
  /** What was bad about values, in words; the first few kinds. */
  readonly badKinds: readonly { readonly kind: string; readonly count: number }[];
  /** Values below and above what the baseline knows, since the process started. */
  readonly outOfRange: {
    readonly below: number;
    readonly above: number;
    readonly min: number;
    readonly max: number;
  } | null;
  /** Categories that the baseline does not have, those that enough values share. */
  readonly newCategories: readonly NewCategory[];
  /** Categories of the baseline that the window should hold and does not. */
  readonly vanishedCategories: readonly string[];
  /** What keeps single classes from evidence of their own; `null` without a list of categories. */
  readonly classGap: ClassGap | null;
  readonly ks: {
    readonly d: number;
    readonly lo: number;
    readonly floor: number | null;
    readonly p: number | null;
  } | null;
  readonly psi: {
    readonly value: number;
    readonly debiased: number;
    readonly p: number | null;
  } | null;
  readonly js: number | null;
  readonly hellinger: number | null;
  readonly totalVariation: number | null;
  readonly w1: number | null;
  readonly rankW1: number | null;
  readonly meanDelta: number | null;
  readonly sigmaRatio: number | null;
  readonly missing: RateStatus;
  readonly novelty: RateStatus;
  readonly thinning: number | null;
  readonly designEffect: number | null;
  /** Blocks of 10 and 100 windows against the frozen reference; `null` before it is frozen. */
  readonly ladder: readonly RungStatus[] | null;
  readonly topMovers: readonly CategoryMove[];
  readonly outlying: readonly OutlyingStatus[];
  readonly acknowledged: { readonly by: string; readonly time: string } | null;
  readonly aspects: readonly AspectStatus[];
}

export interface ClassGap {
  /** The baseline claims more records than class evidence is drawn for. */
  readonly hasTooManyRecords: boolean;
  /** Classes of the options that have no place in the baseline. */
  readonly unknown: readonly string[];
}

/** What a long block of records said. */
export interface RungStatus {
  readonly records: number;
  readonly ks: { readonly lo: number; readonly hi: number };
  readonly psiDebiased: number;
  readonly p: number;
  readonly warned: boolean;
}

export interface OutlyingStatus extends Omit<OutlyingValue, 'timeMs'> {
  /** ISO 8601. */
  readonly time: string;
}

import {
  type Baseline,
  equalCellIndexes,
  exponentialHistogramOf,
  type SignedHistogram,
  type StreamKey,
} from '@telltale/statistics';

import { RANK_BUCKETS } from '../fleet-point.ts';

/** What the fleet needs to know of a baseline. */
export interface FleetReference {
  /** Spacings of the baseline in each rank bucket; their sum is its size plus 1. */
  readonly weights: readonly number[];
  readonly designEffect: number;
  /** Its values, where the file holds a sample. */
  readonly values?: SignedHistogram;
  /** 1 - p of its values, where they are probabilities p. */
  readonly uncertainties?: SignedHistogram;
}

/** Baselines that are known beside what instances say. */
export interface References {
  /** @param id the first digits of its hash, as telemetry carries them */
  byId(id: string): FleetReference | undefined;
  /** The current baseline of a stream. */
  current(key: StreamKey): FleetReference | undefined;
}

/** As `METRIC_PREDICTION_UNCERTAINTY` has it: buckets of probabilities near 1 would be far too wide. */
const UNCERTAINTY_MIN = 1e-6;

/** The reference that a baseline file makes. */
export function referenceOf({ kind, ranks, designEffect, sample }: Baseline): FleetReference {
  const isProbability = kind === 'score' || kind === 'confidence';
  const uncertainties = sample.map((p) => Math.max(1 - p, UNCERTAINTY_MIN));
  return {
    weights: ranks.weights,
    designEffect,
    ...(sample.length === 0 ? {} : { values: exponentialHistogramOf(sample) }),
    ...(sample.length === 0 || !isProbability
      ? {}
      : { uncertainties: exponentialHistogramOf(uncertainties) }),
  };
}

/** The weights of twenty rank buckets depend on the size of the baseline alone. */
export function weightsOfSize(size: number): number[] {
  const bounds = [0, ...equalCellIndexes(size, RANK_BUCKETS), size + 1];
  return bounds.slice(1).map((bound, cell) => bound - (bounds[cell] ?? 0));
}

import {
  type Baseline,
  equalCellIndexes,
  exponentialHistogramOf,
  type SignedHistogram,
  type StreamKey,
} from '@telltale/statistics';

import { RANK_BUCKETS } from './fleet-point.ts';

/** What the fleet needs to know of a baseline. */
export interface FleetReference {
  /** Spacings of the baseline in each rank bucket; their sum is its size plus 1. */
  readonly weights: readonly number[];
  readonly designEffect: number;
  /** Its values, where the file holds a sample. */
  readonly values?: SignedHistogram;
}

/** Baselines that are known beside what instances say. */
export interface References {
  /** @param id the first digits of its hash, as telemetry carries them */
  byId(id: string): FleetReference | undefined;
  /** The current baseline of a stream. */
  current(key: StreamKey): FleetReference | undefined;
}

export const NO_REFERENCES: References = { byId: () => undefined, current: () => undefined };

/** The reference that a baseline file makes. */
export function referenceOf({ ranks, designEffect, sample }: Baseline): FleetReference {
  return {
    weights: ranks.weights,
    designEffect,
    ...(sample.length === 0 ? {} : { values: exponentialHistogramOf(sample) }),
  };
}

/** The weights of twenty rank buckets depend on the size of the baseline alone. */
export function weightsOfSize(size: number): number[] {
  const bounds = [0, ...equalCellIndexes(size, RANK_BUCKETS), size + 1];
  return bounds.slice(1).map((bound, cell) => bound - (bounds[cell] ?? 0));
}

import type { StreamKey } from '@telltale/statistics';

import type { FleetRejection } from './fleet-point.ts';
import type { AspectOfFleet, FleetState } from './members.ts';
import type { RankDistances } from './rank-distances.ts';
import type { ValueStatus } from './rows/value-row.ts';

/** A problem of a stream that needs a look. */
export type FleetFinding =
  | {
      readonly kind: 'bad_pod';
      readonly baselineId: string;
      readonly instance: string;
      readonly service: string;
      readonly psiDebiased: number;
      readonly p: number;
      readonly evidence: number | null;
    }
  /** Instances of one stream compare with different baselines, whose counts never add up. */
  | { readonly kind: 'mixed_baselines'; readonly baselineIds: readonly string[] }
  /** Neither its file nor its size is known, so nothing can be compared with it. */
  | { readonly kind: 'unknown_baseline'; readonly baselineId: string };

/** The merged ranks of a stream against one baseline. */
export interface RankRowStatus {
  readonly baselineId: string;
  /** Values of the baseline; `null` when not known. */
  readonly baselineSize: number | null;
  readonly instances: number;
  /** Values in the window. */
  readonly records: number;
  readonly counts: readonly number[];
  readonly distances: RankDistances | null;
  /** Evidence from the merged counts, one step an interval. */
  readonly countEvidence: number | null;
}

export interface FleetStreamStatus {
  readonly stream: StreamKey;
  readonly state: FleetState;
  readonly aspects: readonly AspectOfFleet[];
  readonly instances: {
    readonly live: number;
    readonly silent: number;
    readonly byState: Readonly<Record<FleetState, number>>;
  };
  readonly baselines: readonly RankRowStatus[];
  readonly values: readonly ValueStatus[];
  /** Records of the window by what they were. */
  readonly records: Readonly<Record<string, number>>;
  readonly findings: readonly FleetFinding[];
}

export interface FleetStatus {
  readonly timeMs: number;
  readonly windowMs: number;
  readonly streams: readonly FleetStreamStatus[];
}

/** Figures of the fleet itself. */
export interface FleetCounters {
  accepted: number;
  duplicates: number;
  /** Older than one of the same series that was already taken. */
  outOfOrder: number;
  /** Points that this very fleet had sent out. */
  ignored: number;
  readonly rejected: Partial<Record<FleetRejection, number>>;
}

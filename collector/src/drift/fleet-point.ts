import type { SignedHistogram } from '@telltale/statistics';

/** Who sent a point. */
export interface FleetInstance {
  readonly service: string;
  /** `service.instance.id`, or the name of the service where there is none. */
  readonly id: string;
}

/** A data point of a drift metric, as the fleet reads it. Times are milliseconds since the epoch. */
export interface FleetPoint {
  /** As the producer calls it, with dots. */
  readonly metric: string;
  readonly instance: FleetInstance;
  readonly attributes: ReadonlyMap<string, string>;
  readonly timeMs: number;
  /** 0 when the producer sent none. */
  readonly startTimeMs: number;
  readonly temporality: 'unspecified' | 'delta' | 'cumulative';
  readonly body:
    | { readonly kind: 'number'; readonly value: number }
    | {
        readonly kind: 'histogram';
        readonly count: number;
        readonly counts: readonly number[];
        readonly bounds: readonly number[];
      }
    | { readonly kind: 'exponential'; readonly count: number; readonly histogram: SignedHistogram };
}

/** Why a point is left out. Nothing else of its request is. */
export type FleetRejection =
  | 'missing_attribute'
  | 'attributes_too_long'
  | 'wrong_type'
  | 'not_finite'
  | 'not_a_count'
  | 'count_mismatch'
  | 'bounds_mismatch'
  | 'too_many_buckets'
  | 'unsupported_scale'
  | 'unspecified_temporality'
  | 'too_old'
  | 'too_new'
  | 'max_streams'
  | 'max_instances'
  | 'max_series'
  | 'max_baselines';

/** What became of a point. */
export type FleetOutcome = 'accepted' | 'duplicate' | 'out_of_order' | 'ignored' | FleetRejection;

/** Ranks are counted in this many buckets. */
export const RANK_BUCKETS = 20;
/** An exponential histogram of the SDKs has 160 for each sign. */
const EXPONENTIAL_BUCKETS_MAX = 1280;
const SCALE_LIMIT: readonly [min: number, max: number] = [-10, 20];
const BOUND_ERROR_MAX = 1e-9;

/** What is wrong with the numbers of a point, the first thing found. */
export function pointProblem({ body, temporality }: FleetPoint): FleetRejection | undefined {
  if (body.kind === 'number') return Number.isFinite(body.value) ? undefined : 'not_finite';
  if (temporality === 'unspecified') return 'unspecified_temporality';
  if (body.kind === 'histogram') return countsProblem(body.counts, body.count);
  const { scale, zeroCount, zeroThreshold, positive, negative } = body.histogram;
  if (positive.counts.length + negative.counts.length > EXPONENTIAL_BUCKETS_MAX) {
    return 'too_many_buckets';
  }
  const [min, max] = SCALE_LIMIT;
  if (scale < min || scale > max) return 'unsupported_scale';
  if (!Number.isFinite(zeroThreshold) || zeroThreshold < 0) return 'not_finite';
  return countsProblem([zeroCount, ...positive.counts, ...negative.counts], body.count);
}

/** Counts arrive as unsigned integers, so a negative one looks like an enormous one. */
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function countsProblem(counts: readonly number[], count: number): FleetRejection | undefined {
  if (counts.length > EXPONENTIAL_BUCKETS_MAX + 1) return 'too_many_buckets';
  if (!isCount(count) || !counts.every(isCount)) return 'not_a_count';
  return counts.reduce((sum, each) => sum + each, 0) === count ? undefined : 'count_mismatch';
}

/**
 * The counts of twenty rank buckets. Producers close the last bucket at 1 or leave it open.
 *
 * @returns `undefined` when the bounds are not those of ranks
 */
export function rankCounts(
  counts: readonly number[],
  bounds: readonly number[],
): Float64Array | undefined {
  const isClosed = bounds.length === RANK_BUCKETS;
  if (!isClosed && bounds.length !== RANK_BUCKETS - 1) return undefined;
  if (counts.length !== bounds.length + 1) return undefined;
  const areRanks = bounds.every(
    (bound, index) => Math.abs(bound - (index + 1) / RANK_BUCKETS) <= BOUND_ERROR_MAX,
  );
  const beyond = isClosed ? (counts.at(-1) ?? 0) : 0;
  return areRanks && beyond === 0 ? Float64Array.from(counts.slice(0, RANK_BUCKETS)) : undefined;
}

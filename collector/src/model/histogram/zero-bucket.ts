import { CompensatedSum } from '../compensated-sum.ts';
import { exponentialBound } from './bounds.ts';
import type { Side } from './side.ts';

/** The parts of an exponential histogram that a wider zero bucket changes. */
export interface ZeroBucketParts {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly zeroCompensation: number;
  readonly positive: Side;
  readonly negative: Side;
}

export interface WiderZeroBucket {
  readonly threshold: number;
  readonly count: CompensatedSum;
}

/**
 * The zero bucket if its threshold were wider. A threshold that cuts through a populated bucket
 * moves up to the end of that bucket.
 */
export function widenZeroBucket(parts: ZeroBucketParts, wanted: number): WiderZeroBucket {
  let threshold = wanted;
  for (;;) {
    const count = new CompensatedSum(parts.zeroCount, parts.zeroCompensation);
    threshold = addCoveredBuckets({ count, threshold }, parts.positive, parts.schema);
    const afterNegative = addCoveredBuckets({ count, threshold }, parts.negative, parts.schema);
    if (afterNegative === threshold) return { threshold, count };
    // A negative bucket moved the threshold, so the positive ones have to be looked at again.
    threshold = afterNegative;
  }
}

/** Adds the buckets below the threshold to the count; answers the threshold, perhaps moved up. */
function addCoveredBuckets(zero: WiderZeroBucket, side: Side, schema: number): number {
  for (const [position, index] of side.indices.entries()) {
    if (exponentialBound(index - 1, schema) >= zero.threshold) break;
    const count = side.counts[position] ?? 0;
    zero.count.add(count);
    zero.count.add(side.compensations[position] ?? 0);
    const upper = exponentialBound(index, schema);
    if (upper > zero.threshold) return count === 0 ? zero.threshold : upper;
  }
  return zero.threshold;
}

/** The side without the buckets inside the zero bucket, and without empty ones. */
export function dropCoveredBuckets(side: Side, schema: number, threshold: number): Side {
  const isKept = (_: unknown, position: number): boolean =>
    exponentialBound((side.indices[position] ?? 0) - 1, schema) >= threshold &&
    (side.counts[position] !== 0 || side.compensations[position] !== 0);
  return {
    indices: side.indices.filter(isKept),
    counts: side.counts.filter(isKept),
    compensations: side.compensations.filter(isKept),
  };
}

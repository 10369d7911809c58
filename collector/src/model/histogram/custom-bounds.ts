import type { Side } from './side.ts';
import { addToBucket } from './side.ts';

/** The bounds that two lists of custom bounds have in common. */
export function intersectBounds(left: readonly number[], right: readonly number[]): number[] {
  const inRight = new Set(right);
  return left.filter((bound) => inRight.has(bound));
}

/** A list with `bounds.length + 1` empty buckets, the last of them up to `+Inf`. */
export function emptySide(bounds: readonly number[]): Side {
  const indices = Array.from({ length: bounds.length + 1 }, (_, index) => index);
  return { indices, counts: indices.map(() => 0), compensations: indices.map(() => 0) };
}

/**
 * Adds buckets with custom bounds to buckets with fewer bounds: each goes into the first bucket
 * that ends at its upper bound or above.
 */
export function addToCoarserBounds(
  target: { readonly side: Side; readonly bounds: readonly number[] },
  source: { readonly side: Side; readonly bounds: readonly number[]; readonly sign: 1 | -1 },
): void {
  let targetIndex = 0;
  for (const [position, index] of source.side.indices.entries()) {
    const bound = source.bounds[index] ?? Infinity;
    while ((target.bounds[targetIndex] ?? Infinity) < bound) targetIndex += 1;
    addToBucket(target.side, targetIndex, (source.side.counts[position] ?? 0) * source.sign);
    const compensation = source.side.compensations[position] ?? 0;
    if (compensation !== 0) addToBucket(target.side, targetIndex, compensation * source.sign);
  }
}

/** The side without buckets that are empty. */
export function dropEmptyBuckets(side: Side): Side {
  const isKept = (_: unknown, position: number): boolean =>
    side.counts[position] !== 0 || side.compensations[position] !== 0;
  return {
    indices: side.indices.filter(isKept),
    counts: side.counts.filter(isKept),
    compensations: side.compensations.filter(isKept),
  };
}

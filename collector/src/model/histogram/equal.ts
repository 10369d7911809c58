import { negativeColumns, positiveColumns, usesCustomBuckets } from './buckets.ts';
import type { NativeHistogram } from './histogram.ts';

/**
 * Whether two histograms hold the same data: the same buckets (empty ones count) with the same
 * counts, bit for bit. The counter reset hint is no data. Compact both sides first when empty
 * buckets shall not matter.
 */
export function histogramsEqual(left: NativeHistogram, right: NativeHistogram): boolean {
  return (
    left.schema === right.schema &&
    Object.is(left.count, right.count) &&
    Object.is(left.sum, right.sum) &&
    (!usesCustomBuckets(left) || listsEqual(left.customValues, right.customValues)) &&
    left.zeroThreshold === right.zeroThreshold &&
    Object.is(left.zeroCount, right.zeroCount) &&
    columnsEqual(negativeColumns(left), negativeColumns(right)) &&
    columnsEqual(positiveColumns(left), positiveColumns(right))
  );
}

/** Whether two lists of bucket bounds are the same. */
export function listsEqual(left: readonly number[], right: readonly number[]): boolean {
  if (left === right) return true;
  return left.length === right.length && left.every((value, index) => value === right[index]);
}

function columnsEqual(
  left: ReturnType<typeof positiveColumns>,
  right: ReturnType<typeof positiveColumns>,
): boolean {
  return (
    listsEqual(left.indices, right.indices) &&
    left.counts.length === right.counts.length &&
    left.counts.every((count, index) => Object.is(count, right.counts[index]))
  );
}

import type { DenseBuckets, ExponentialValues } from './native-histogram.ts';

/** The most buckets a sum of exponential histograms keeps on one side before it gets coarser. */
const BUCKETS_MAX = 160;

/**
 * Adds two exponential histograms at the coarser of their scales, or coarser still where the sum
 * would need more than `BUCKETS_MAX` buckets.
 */
export function addExponential(
  left: ExponentialValues,
  right: ExponentialValues,
): ExponentialValues {
  const shared = Math.min(left.scale, right.scale);
  const atShared = [left, right].map((values) => sidesAt(values, values.scale - shared));
  const [a, b] = atShared as [Sides, Sides];
  const scaleDown = Math.max(
    scaleDownFor(a.positive, b.positive),
    scaleDownFor(a.negative, b.negative),
  );
  return {
    scale: shared - scaleDown,
    count: left.count + right.count,
    sum: left.sum + right.sum,
    zeroCount: left.zeroCount + right.zeroCount,
    positive: merge(downscale(a.positive, scaleDown), downscale(b.positive, scaleDown)),
    negative: merge(downscale(a.negative, scaleDown), downscale(b.negative, scaleDown)),
  };
}

interface Sides {
  readonly positive: DenseBuckets;
  readonly negative: DenseBuckets;
}

function sidesAt(values: ExponentialValues, scaleDown: number): Sides {
  return {
    positive: downscale(values.positive, scaleDown),
    negative: downscale(values.negative, scaleDown),
  };
}

/** Merges runs of `2^scaleDown` buckets; exact, because coarser bounds are a subset of finer ones. */
function downscale({ offset, counts }: DenseBuckets, scaleDown: number): DenseBuckets {
  if (scaleDown === 0 || counts.length === 0) return { offset: offset >> scaleDown, counts };
  const shift = Math.min(scaleDown, 31);
  const first = offset >> shift;
  const length = ((offset + counts.length - 1) >> shift) - first + 1;
  const merged: number[] = Array.from({ length }, () => 0);
  for (let index = 0; index < counts.length; index += 1) {
    const target = ((offset + index) >> shift) - first;
    merged[target] = (merged[target] ?? 0) + (counts[index] ?? 0);
  }
  return { offset: first, counts: merged };
}

/** The filled part of both sides together, `to` exclusive. */
function filledRange(a: DenseBuckets, b: DenseBuckets): { from: number; to: number } {
  const filled = [a, b].map(trim).filter(({ counts }) => counts.length > 0);
  if (filled.length === 0) return { from: 0, to: 0 };
  return {
    from: Math.min(...filled.map(({ offset }) => offset)),
    to: Math.max(...filled.map(({ offset, counts }) => offset + counts.length)),
  };
}

function trim({ offset, counts }: DenseBuckets): DenseBuckets {
  let from = 0;
  let to = counts.length;
  while (from < to && counts[from] === 0) from += 1;
  while (to > from && counts[to - 1] === 0) to -= 1;
  return { offset: offset + from, counts: Array.prototype.slice.call(counts, from, to) };
}

function scaleDownFor(a: DenseBuckets, b: DenseBuckets): number {
  let { from, to } = filledRange(a, b);
  let scaleDown = 0;
  while (to - from > BUCKETS_MAX) {
    from = Math.trunc(from / 2);
    to = Math.trunc(to / 2);
    scaleDown += 1;
  }
  return scaleDown;
}

function merge(a: DenseBuckets, b: DenseBuckets): DenseBuckets {
  const { from, to } = filledRange(a, b);
  const counts: number[] = [];
  for (let index = from; index < to; index += 1) {
    counts.push((a.counts[index - a.offset] ?? 0) + (b.counts[index - b.offset] ?? 0));
  }
  return { offset: from, counts };
}

import type { NativeHistogram } from './histogram.ts';

/** Multiplies every count and the sum. A negative factor makes the histogram a gauge. */
export function multiplyHistogram(histogram: NativeHistogram, factor: number): NativeHistogram {
  const scaled = mapCounts(histogram, (count) => count * factor);
  return factor < 0 ? { ...scaled, counterResetHint: 'gauge' } : scaled;
}

/**
 * Divides every count and the sum. A negative divisor makes the histogram a gauge; a division by
 * zero leaves no buckets.
 */
export function divideHistogram(histogram: NativeHistogram, divisor: number): NativeHistogram {
  const scaled = mapCounts(histogram, (count) => count / divisor);
  if (divisor === 0) {
    return {
      ...scaled,
      positiveSpans: [],
      positiveCounts: [],
      negativeSpans: [],
      negativeCounts: [],
    };
  }
  return divisor < 0 ? { ...scaled, counterResetHint: 'gauge' } : scaled;
}

function mapCounts(histogram: NativeHistogram, change: (count: number) => number): NativeHistogram {
  return {
    ...histogram,
    zeroCount: change(histogram.zeroCount),
    count: change(histogram.count),
    sum: change(histogram.sum),
    positiveCounts: histogram.positiveCounts.map(change),
    negativeCounts: histogram.negativeCounts.map(change),
  };
}

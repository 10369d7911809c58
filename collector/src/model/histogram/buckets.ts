import { bucketBound } from './bounds.ts';
import type { NativeHistogram, Span } from './histogram.ts';
import { CUSTOM_BUCKETS_SCHEMA } from './histogram.ts';

/** Buckets of one sign as parallel columns, in ascending order of their index. */
export interface BucketColumns {
  readonly indices: readonly number[];
  readonly counts: readonly number[];
}

/** One bucket with its bounds. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly isLowerInclusive: boolean;
  readonly isUpperInclusive: boolean;
  readonly count: number;
}

export function usesCustomBuckets(histogram: NativeHistogram): boolean {
  return histogram.schema === CUSTOM_BUCKETS_SCHEMA;
}

/** Unfolds spans into the index of each bucket. Counts without a span are left out. */
export function unfoldSpans(spans: readonly Span[], counts: readonly number[]): BucketColumns {
  const indices: number[] = [];
  let index = 0;
  for (const span of spans) {
    index += span.offset;
    for (let step = 0; step < span.length && indices.length < counts.length; step += 1) {
      indices.push(index);
      index += 1;
    }
  }
  return { indices, counts };
}

/** The inverse of `unfoldSpans`, with as few spans as possible. */
export function foldSpans(indices: readonly number[]): Span[] {
  const spans: Span[] = [];
  let end = 0;
  let length = 0;
  let offset = 0;
  for (const index of indices) {
    if (length > 0 && index === end) {
      length += 1;
    } else {
      if (length > 0) spans.push({ offset, length });
      offset = index - end;
      length = 1;
    }
    end = index + 1;
  }
  if (length > 0) spans.push({ offset, length });
  return spans;
}

export function positiveColumns(histogram: NativeHistogram): BucketColumns {
  return unfoldSpans(histogram.positiveSpans, histogram.positiveCounts);
}

export function negativeColumns(histogram: NativeHistogram): BucketColumns {
  return unfoldSpans(histogram.negativeSpans, histogram.negativeCounts);
}

/** Positive buckets with their bounds, from the zero bucket upwards. */
export function positiveBuckets(histogram: NativeHistogram): Bucket[] {
  const { schema, customValues } = histogram;
  const isCustom = schema === CUSTOM_BUCKETS_SCHEMA;
  const { indices, counts } = positiveColumns(histogram);
  return indices.map((index, position) => ({
    lower: bucketBound(index - 1, schema, customValues),
    upper: bucketBound(index, schema, customValues),
    isLowerInclusive: isCustom && index === 0,
    isUpperInclusive: true,
    count: counts[position] ?? 0,
  }));
}

/** Negative buckets with their bounds, from the zero bucket downwards. */
export function negativeBuckets(histogram: NativeHistogram): Bucket[] {
  const { schema, customValues } = histogram;
  const { indices, counts } = negativeColumns(histogram);
  return indices.map((index, position) => ({
    lower: -bucketBound(index, schema, customValues),
    upper: -bucketBound(index - 1, schema, customValues),
    isLowerInclusive: true,
    isUpperInclusive: false,
    count: counts[position] ?? 0,
  }));
}

export function zeroBucket(histogram: NativeHistogram): Bucket {
  return {
    lower: -histogram.zeroThreshold,
    upper: histogram.zeroThreshold,
    isLowerInclusive: true,
    isUpperInclusive: true,
    count: histogram.zeroCount,
  };
}

/**
 * All buckets in ascending order. A bucket that overlaps the zero bucket starts (or ends) at the
 * zero threshold; an empty zero bucket is left out.
 */
export function allBuckets(histogram: NativeHistogram): Bucket[] {
  const { zeroThreshold } = histogram;
  const buckets: Bucket[] = [];
  for (const bucket of negativeBuckets(histogram).reverse()) {
    const isOverlapping = bucket.upper < 0 && bucket.upper > -zeroThreshold;
    buckets.push(isOverlapping ? { ...bucket, upper: -zeroThreshold } : bucket);
  }
  if (histogram.zeroCount > 0) buckets.push(zeroBucket(histogram));
  for (const bucket of positiveBuckets(histogram)) {
    const isOverlapping = bucket.lower > 0 && bucket.lower < zeroThreshold;
    buckets.push(isOverlapping ? { ...bucket, lower: zeroThreshold } : bucket);
  }
  return buckets;
}

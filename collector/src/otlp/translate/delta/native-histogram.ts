import {
  CUSTOM_BUCKETS_SCHEMA,
  type NativeHistogram,
  type Span,
} from '../../../model/histogram/histogram.ts';

/** The scales a native histogram can have; finer ones are merged down, coarser ones refused. */
const SCALE_MAX = 8;
export const SCALE_MIN = -4;

/** What Prometheus stores as the zero threshold, whatever the producer says. */
const ZERO_THRESHOLD = 1e-128;

/** Up to this many empty buckets are written out rather than starting another span. */
const GAP_MAX = 2;

/** Dense counts from `offset` on. */
export interface DenseBuckets {
  readonly offset: number;
  readonly counts: ArrayLike<number>;
}

/** An exponential histogram as OTLP has it: bucket `i` is `(base^i, base^(i+1)]`. */
export interface ExponentialValues {
  readonly scale: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroCount: number;
  readonly positive: DenseBuckets;
  readonly negative: DenseBuckets;
}

/** Turns an exponential histogram of at least `SCALE_MIN` into a native one. */
export function exponentialToNative(values: ExponentialValues): NativeHistogram {
  const scaleDown = Math.max(values.scale - SCALE_MAX, 0);
  const positive = sparseBuckets(values.positive, scaleDown, 1);
  const negative = sparseBuckets(values.negative, scaleDown, 1);
  return {
    schema: values.scale - scaleDown,
    counterResetHint: 'unknown',
    zeroThreshold: ZERO_THRESHOLD,
    zeroCount: values.zeroCount,
    count: values.count,
    sum: values.sum,
    positiveSpans: positive.spans,
    positiveCounts: positive.counts,
    negativeSpans: negative.spans,
    negativeCounts: negative.counts,
    customValues: [],
  };
}

/** A classic histogram; `counts` has one more element than `bounds`. */
export interface ClassicValues {
  readonly count: number;
  readonly sum: number;
  readonly counts: ArrayLike<number>;
  readonly bounds: ArrayLike<number>;
}

/** Turns a classic histogram into a native one with custom buckets. */
export function classicToNative(values: ClassicValues): NativeHistogram {
  const counts = Array.from(values.counts);
  const firstFilled = counts.findIndex((count) => count !== 0);
  const offset = firstFilled === -1 ? counts.length : firstFilled;
  const buckets = sparseBuckets({ offset, counts: counts.slice(offset) }, 0, 0);
  return {
    schema: CUSTOM_BUCKETS_SCHEMA,
    counterResetHint: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count: values.count,
    sum: values.sum,
    positiveSpans: buckets.spans,
    positiveCounts: buckets.counts,
    negativeSpans: [],
    negativeCounts: [],
    customValues: Array.from(values.bounds),
  };
}

/**
 * Whether Prometheus would store it: the buckets must add up to the count, or to less when NaN was
 * observed, which is in no bucket.
 */
export function isConsistent(histogram: NativeHistogram): boolean {
  const { count, sum, positiveCounts, negativeCounts, zeroCount } = histogram;
  const add = (total: number, value: number): number => total + value;
  const inBuckets = positiveCounts.reduce(add, negativeCounts.reduce(add, zeroCount));
  return Number.isNaN(sum) ? inBuckets <= count : inBuckets === count;
}

/**
 * Spans and counts of dense buckets, `2^scaleDown` of which become one. `indexShift` is 1 where
 * the target numbers a bucket by its upper bound and the source by its lower bound.
 *
 * This walks exactly as Prometheus does, because its answers are the standard: a target bucket
 * that starts with empty source buckets is closed after its first filled one, so that merging can
 * move counts to the neighbour below.
 */
function sparseBuckets(
  { offset, counts }: DenseBuckets,
  scaleDown: number,
  indexShift: number,
): { spans: Span[]; counts: number[] } {
  const total = counts.length;
  if (total === 0) return { spans: [], counts: [] };
  const target = new SparseWriter(indexOf(offset, scaleDown) + indexShift);
  let current = indexOf(offset, scaleDown);
  let pending = 0;
  for (let position = 0; position < total; position += 1) {
    const index = indexOf(offset + position, scaleDown);
    const count = counts[position] ?? 0;
    if (index === current) pending += count;
    else if (pending === 0) pending = count;
    else {
      target.write(index - current - 1, pending);
      pending = count;
      current = index;
    }
  }
  target.write(indexOf(offset + total - 1, scaleDown) - current, pending);
  return target;
}

/** Shifts by more than 31 are taken modulo 32 in JavaScript. */
function indexOf(offset: number, scaleDown: number): number {
  return (offset | 0) >> Math.min(scaleDown, 31);
}

class SparseWriter {
  readonly spans: { offset: number; length: number }[];
  readonly counts: number[] = [];

  constructor(offset: number) {
    this.spans = [{ offset, length: 0 }];
  }

  /** Writes a count behind `gap` empty buckets. */
  write(gap: number, count: number): void {
    if (gap > GAP_MAX) this.spans.push({ offset: gap, length: 0 });
    else for (let empty = 0; empty < gap; empty += 1) this.#append(0);
    this.#append(count);
  }

  #append(count: number): void {
    this.counts.push(count);
    const span = this.spans.at(-1);
    if (span !== undefined) span.length += 1;
  }
}

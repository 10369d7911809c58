import type { SpanContext } from '@opentelemetry/api';

/** A sampled measurement that links a bucket to its trace. */
export interface Exemplar {
  readonly value: number;
  /** `performance.now()` at the record. */
  readonly atMs: number;
  readonly traceId: string;
  readonly spanId: string;
}

export interface HistogramSnapshot {
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface Measured {
  readonly value: number;
  readonly atMs: number;
}

/** One slot a bucket, overwritten in place. */
interface ExemplarSlots {
  readonly spans: (SpanContext | undefined)[];
  readonly values: Float64Array;
  readonly timesMs: Float64Array;
}

/**
 * A histogram with bound attributes: one record is a search over the bounds and five additions.
 *
 * The SDK has no bound instruments: its `record` sorts and stringifies the attributes on every
 * call, 0.2-0.5 us each, more than all the rest of our work on a run. So values are aggregated here
 * and handed over whole when metrics are collected.
 */
export class BucketHistogram {
  /** Upper bounds, inclusive, ascending. */
  readonly bounds: readonly number[];
  /** When the first value could have been recorded, `performance.now()`. */
  readonly startMs: number;
  readonly #bounds: Float64Array;
  readonly #counts: Float64Array;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  #exemplars: ExemplarSlots | undefined;

  constructor(bounds: readonly number[], startMs: number) {
    this.bounds = bounds;
    this.startMs = startMs;
    this.#bounds = Float64Array.from(bounds);
    this.#counts = new Float64Array(bounds.length + 1);
  }

  get count(): number {
    return this.#count;
  }

  /** Returns the bucket, for `keepExemplar`. A value that is not finite is dropped: -1. */
  record(value: number): number {
    if (value - value !== 0) return -1;
    const bucket = this.#bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    return bucket;
  }

  /** Keeps the latest sampled record of each bucket. `atMs` is a `performance.now()` reading. */
  keepExemplar(bucket: number, span: SpanContext, { value, atMs }: Measured): void {
    if (bucket < 0) return;
    const size = this.bounds.length + 1;
    this.#exemplars ??= {
      spans: Array.from({ length: size }, () => undefined),
      values: new Float64Array(size),
      timesMs: new Float64Array(size),
    };
    const { spans, values, timesMs } = this.#exemplars;
    spans[bucket] = span;
    values[bucket] = value;
    timesMs[bucket] = atMs;
  }

  exemplars(): readonly Exemplar[] {
    if (this.#exemplars === undefined) return [];
    const { spans, values, timesMs } = this.#exemplars;
    return spans.flatMap((span, bucket) => {
      if (span === undefined) return [];
      const { traceId, spanId } = span;
      return [{ value: values[bucket] ?? 0, atMs: timesMs[bucket] ?? 0, traceId, spanId }];
    });
  }

  snapshot(): HistogramSnapshot {
    return {
      counts: Array.from(this.#counts),
      count: this.#count,
      sum: this.#sum,
      min: this.#min,
      max: this.#max,
    };
  }

  /** Durations sit in the lower buckets, so a scan from below beats a binary search. */
  #bucketOf(value: number): number {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    return bucket;
  }
}

/** Linear inside the bucket, never outside what was really seen. */
export function quantile(
  share: number,
  { counts, count, min, max }: Omit<HistogramSnapshot, 'sum'>,
  bounds: readonly number[],
): number {
  const rank = share * count;
  let below = 0;
  for (const [index, inBucket] of counts.entries()) {
    if (below + inBucket >= rank && inBucket > 0) {
      const lower = bounds[index - 1] ?? 0;
      const upper = bounds[index] ?? max;
      const value = lower + (upper - lower) * ((rank - below) / inBucket);
      return Math.min(max, Math.max(min, value));
    }
    below += inBucket;
  }
  return max;
}

/** The later snapshot minus the earlier one; min and max are not known of a difference. */
export function subtractSnapshot(
  later: HistogramSnapshot,
  earlier: HistogramSnapshot,
): Omit<HistogramSnapshot, 'min' | 'max'> {
  return {
    counts: later.counts.map((count, i) => count - (earlier.counts[i] ?? 0)),
    count: later.count - earlier.count,
    sum: later.sum - earlier.sum,
  };
}

import { formatFloat } from '../format-float.ts';
import type { Bucket } from './buckets.ts';
import {
  foldSpans,
  negativeBuckets,
  positiveBuckets,
  unfoldSpans,
  usesCustomBuckets,
  zeroBucket,
} from './buckets.ts';
import { compactHistogram } from './compact.ts';
import type { CounterResetHint, NativeHistogram, Span } from './histogram.ts';

/** `{count:3, sum:5, (1,2]:3}`, the notation of Prometheus for people and for `count_values`. */
export function formatHistogram(histogram: NativeHistogram): string {
  const buckets = [
    ...negativeBuckets(histogram).reverse(),
    ...(histogram.zeroCount === 0 ? [] : [zeroBucket(histogram)]),
    ...positiveBuckets(histogram),
  ];
  const parts = [
    `count:${formatFloat(histogram.count, 'general')}`,
    `sum:${formatFloat(histogram.sum, 'general')}`,
    ...buckets.filter(({ count }) => count !== 0).map(formatBucket),
  ];
  return `{${parts.join(', ')}}`;
}

function formatBucket(bucket: Bucket): string {
  const open = bucket.isLowerInclusive ? '[' : '(';
  const close = bucket.isUpperInclusive ? ']' : ')';
  const bounds = [bucket.lower, bucket.upper].map((bound) => formatFloat(bound, 'general'));
  return `${open}${bounds.join(',')}${close}:${formatFloat(bucket.count, 'general')}`;
}

/** `{{schema:1 count:3 sum:5 buckets:[3]}}`, the notation of test files. */
export function formatHistogramNotation(histogram: NativeHistogram): string {
  const compact = compactHistogram(histogram);
  const parts: string[] = [];
  pushNumber(parts, 'schema', compact.schema);
  pushNumber(parts, 'count', compact.count);
  pushNumber(parts, 'sum', compact.sum);
  if (usesCustomBuckets(compact)) {
    parts.push(`custom_values:${formatList(compact.customValues)}`);
  } else {
    pushNumber(parts, 'z_bucket', compact.zeroCount);
    pushNumber(parts, 'z_bucket_w', compact.zeroThreshold);
  }
  pushHint(parts, compact.counterResetHint);
  pushSide(parts, '', { spans: compact.positiveSpans, counts: compact.positiveCounts });
  pushSide(parts, 'n_', { spans: compact.negativeSpans, counts: compact.negativeCounts });
  return `{{${parts.join(' ')}}}`;
}

function pushNumber(parts: string[], key: string, value: number): void {
  if (value !== 0) parts.push(`${key}:${formatFloat(value, 'general')}`);
}

function pushHint(parts: string[], hint: CounterResetHint): void {
  if (hint !== 'unknown') parts.push(`counter_reset_hint:${hint}`);
}

/** The notation knows one span a side, so gaps are written as empty buckets. */
function pushSide(
  parts: string[],
  prefix: string,
  side: { spans: readonly Span[]; counts: readonly number[] },
): void {
  const { indices } = unfoldSpans(side.spans, side.counts);
  const first = indices[0];
  if (first === undefined) return;
  const filled = Array.from({ length: (indices.at(-1) ?? first) - first + 1 }, () => 0);
  for (const [position, index] of indices.entries()) {
    filled[index - first] = side.counts[position] ?? 0;
  }
  pushNumber(parts, `${prefix}offset`, foldSpans(indices)[0]?.offset ?? 0);
  parts.push(`${prefix}buckets:${formatList(filled)}`);
}

function formatList(values: readonly number[]): string {
  return `[${values.map((value) => formatFloat(value, 'general')).join(' ')}]`;
}

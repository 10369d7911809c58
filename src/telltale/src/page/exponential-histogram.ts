import {
  DataPointType,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';

/**
 * Turns exponential histograms into explicit ones, because the text format has no other. Bucket i
 * of scale s ends at 2^((i + 1) / 2^s); negative values are mirrored. There are at most 160 buckets
 * a side.
 */
export function toExplicitBuckets(metric: MetricData): MetricData {
  if (metric.dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) return metric;
  return {
    ...metric,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: metric.dataPoints.map((point) => ({ ...point, value: explicit(point.value) })),
  };
}

function explicit(histogram: ExponentialHistogram): Histogram {
  const { scale, positive, negative, zeroCount, count, sum, min, max } = histogram;
  const bound = (index: number): number => 2 ** (index / 2 ** scale);
  const boundaries: number[] = [];
  const counts: number[] = [];
  const add = (upper: number, bucketCount: number): void => {
    boundaries.push(upper);
    counts.push(bucketCount);
  };
  for (let i = negative.bucketCounts.length - 1; i >= 0; i--) {
    add(-bound(negative.offset + i), negative.bucketCounts[i] ?? 0);
  }
  add(0, zeroCount);
  positive.bucketCounts.forEach((bucketCount, i) => {
    add(bound(positive.offset + i + 1), bucketCount);
  });
  // Explicit buckets end with one to infinity, which holds nothing here.
  counts.push(0);
  return {
    buckets: { boundaries, counts },
    count,
    ...(sum === undefined ? {} : { sum }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

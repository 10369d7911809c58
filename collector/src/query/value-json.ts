import { formatFloat } from '../model/format-float.ts';
import { allBuckets, type Bucket } from '../model/histogram/buckets.ts';
import type { NativeHistogram } from '../model/histogram/histogram.ts';

import type { MatrixSeries, Point, VectorElement } from '../promql/eval/values.ts';

/** Seconds, with milliseconds where there are any. */
export function seconds(timeMs: number): number {
  return timeMs / 1000;
}

/** `[seconds, "value"]`; numbers are texts because JSON has no NaN. */
export function pair(timeMs: number, value: number): [number, string] {
  return [seconds(timeMs), formatFloat(value, 'sample')];
}

export function elementJson({ labels, timeMs, value, histogram }: VectorElement): object {
  const metric = labels.toRecord();
  if (histogram !== undefined) {
    return { metric, histogram: [seconds(timeMs), histogramJson(histogram)] };
  }
  return { metric, value: pair(timeMs, value ?? Number.NaN) };
}

export function seriesJson({ labels, points }: MatrixSeries): object {
  const values = points.filter(({ histogram }) => histogram === undefined);
  const histograms = points.flatMap(({ timeMs, histogram }: Point) =>
    histogram === undefined ? [] : [[seconds(timeMs), histogramJson(histogram)]],
  );
  return {
    metric: labels.toRecord(),
    ...(values.length > 0
      ? { values: values.map(({ timeMs, value }) => pair(timeMs, value ?? Number.NaN)) }
      : {}),
    ...(histograms.length > 0 ? { histograms } : {}),
  };
}

function histogramJson(histogram: NativeHistogram): object {
  const buckets = allBuckets(histogram).filter(({ count }) => count !== 0);
  return {
    count: formatFloat(histogram.count, 'sample'),
    sum: formatFloat(histogram.sum, 'sample'),
    ...(buckets.length > 0 ? { buckets: buckets.map(bucketJson) } : {}),
  };
}

function bucketJson(bucket: Bucket): [number, string, string, string] {
  const texts = [bucket.lower, bucket.upper, bucket.count].map((each) =>
    formatFloat(each, 'sample'),
  );
  const [lower = '', upper = '', count = ''] = texts;
  return [boundaryRule(bucket), lower, upper, count];
}

/** 0: open left, 1: open right, 2: open on both sides, 3: closed on both sides. */
function boundaryRule({ isLowerInclusive, isUpperInclusive }: Bucket): number {
  if (isLowerInclusive) return isUpperInclusive ? 3 : 1;
  return isUpperInclusive ? 0 : 2;
}

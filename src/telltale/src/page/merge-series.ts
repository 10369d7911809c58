import { DataPointType, type Histogram, type MetricData } from '@opentelemetry/sdk-metrics';

import { textKey } from '@telltale/core';

type Point = MetricData['dataPoints'][number];

const seriesOf = ({ attributes }: Point): string =>
  textKey(
    Object.entries(attributes)
      .map(([name, value]) => textKey([name, String(value)]))
      .toSorted(),
  );

/**
 * Points whose attributes became the same labels are one series: counts are added up, of a gauge the
 * last one is told. A page with one series twice is refused as a whole.
 */
export function mergeSeries(metric: MetricData): MetricData {
  const merged = new Map<string, Point>();
  for (const point of metric.dataPoints) {
    const key = seriesOf(point);
    const known = merged.get(key);
    merged.set(key, known === undefined ? point : join(metric, known, point));
  }
  if (merged.size === metric.dataPoints.length) return metric;
  return { ...metric, dataPoints: [...merged.values()] } as MetricData;
}

function join(metric: MetricData, known: Point, next: Point): Point {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return { ...next, value: Number(known.value) + Number(next.value) };
    case DataPointType.HISTOGRAM:
      return { ...next, value: joinHistograms(known.value as Histogram, next.value as Histogram) };
    case DataPointType.GAUGE:
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return next;
  }
}

/** Of histograms with different buckets the later one is shown: theirs cannot be added up. */
function joinHistograms(known: Histogram, next: Histogram): Histogram {
  const { boundaries } = next.buckets;
  const isAlike =
    boundaries.length === known.buckets.boundaries.length &&
    boundaries.every((bound, index) => bound === known.buckets.boundaries[index]);
  if (!isAlike) return next;
  const counts = next.buckets.counts.map(
    (count, index) => count + (known.buckets.counts[index] ?? 0),
  );
  return {
    ...next,
    buckets: { boundaries, counts },
    count: known.count + next.count,
    ...(known.sum === undefined || next.sum === undefined ? {} : { sum: known.sum + next.sum }),
  };
}

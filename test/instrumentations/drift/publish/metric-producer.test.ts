import {
  AggregationTemporality,
  DataPointType,
  type ExponentialHistogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DRIFT_VALUE_METRICS } from '@telltale/core';
import { bucketIndex } from '@telltale/statistics';
import {
  createDriftMetricProducer,
  DriftMonitor,
  type MetricTemporality,
} from '@telltale/instrumentation-drift';

import {
  ValueHistogram,
  type ValueHistogramSnapshot,
  valuesSince,
} from '../../../../instrumentations/drift/src/stream/records/value-histogram.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

const histogramOf = (values: readonly number[]): ValueHistogram => {
  const histogram = new ValueHistogram(0);
  for (const value of values) histogram.record(value);
  return histogram;
};

/** Counts by bucket, as text, straight from the definition. */
function counted(values: readonly number[], scale: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) {
    const key =
      value === 0 ? 'zero' : `${value > 0 ? '+' : '-'}${bucketIndex(Math.abs(value), scale)}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function countedOf(snapshot: ValueHistogramSnapshot): Readonly<Record<string, number>> {
  const { zeroCount, positive, negative } = snapshot;
  const signs = [
    ['+', positive],
    ['-', negative],
  ] as const;
  return Object.fromEntries([
    ...(zeroCount === 0 ? [] : [['zero', zeroCount]]),
    ...signs.flatMap(([sign, { offset, bucketCounts }]) =>
      bucketCounts.flatMap((count, place) =>
        count === 0 ? [] : [[`${sign}${offset + place}`, count]],
      ),
    ),
  ]);
}

describe('ValueHistogram', () => {
  test('any values fall into the buckets of their final scale, both signs', () => {
    fc.assert(
      fc.property(fc.array(finite, { maxLength: 300 }), (values) => {
        const snapshot = histogramOf(values).snapshot();
        expect(countedOf(snapshot)).toEqual(counted(values, snapshot.scale));
        expect(snapshot.count).toBe(values.length);
        expect(snapshot.positive.bucketCounts.length).toBeLessThanOrEqual(160);
        expect(snapshot.negative.bucketCounts.length).toBeLessThanOrEqual(160);
        expect(Number.isFinite(snapshot.sum)).toBe(true);
      }),
    );
  });

  test('the scale is the finest at which all values fit', () => {
    const octaves = (count: number): number =>
      histogramOf(
        Array.from({ length: 1000 }, (_, k) => 2 ** ((count * (k + 0.5)) / 1000)),
      ).snapshot().scale;
    expect([octaves(2), octaves(10), octaves(30)]).toEqual([6, 4, 2]);
  });

  test('what came later is the difference of two moments', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { maxLength: 100 }),
        fc.array(finite, { maxLength: 100 }),
        (first, second) => {
          const histogram = histogramOf(first);
          const before = histogram.snapshot();
          for (const value of second) histogram.record(value);
          const now = histogram.snapshot();
          const since = valuesSince(now, before);
          expect(countedOf(since)).toEqual(counted(second, now.scale));
          expect(since.count).toBe(second.length);
        },
      ),
    );
  });
});

describe('createDriftMetricProducer()', () => {
  function collecting(temporality: MetricTemporality) {
    const clock = { nowMs: 1e12 };
    const monitor = new DriftMonitor({ now: () => clock.nowMs });
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 3_600_000,
      metricProducers: [createDriftMetricProducer(monitor, temporality)],
    });
    const provider = new MeterProvider({ readers: [reader] });
    const collect = async () => {
      exporter.reset();
      await reader.forceFlush();
      return exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics);
    };
    const key = (name: string, direction: 'input' | 'output') =>
      ({ model: 'm', version: '1', name, direction }) as const;
    return { clock, monitor, provider, collect, key };
  }

  test('each kind of stream has its metric, categories have none', async () => {
    const { clock, monitor, collect, key } = collecting('cumulative');
    expect(await collect()).toEqual([]);
    monitor.stream(key('age', 'input'), 'numeric').observe(-3);
    monitor.stream(key('price', 'output'), 'numeric').observe(7);
    monitor.stream(key('out.confidence', 'output'), 'confidence').observe(0.99);
    monitor.stream(key('out.confidence', 'output'), 'confidence').observe(1);
    monitor.stream(key('out.class', 'output'), 'categorical').observe('a');
    monitor.stream(key('age', 'input'), 'numeric').observe(null);
    monitor.stream(key('age', 'input'), 'numeric').observe(Number.NaN);
    clock.nowMs += 5000;
    const metrics = await collect();
    expect(metrics.map(({ descriptor: { name } }) => name).toSorted()).toEqual(
      DRIFT_VALUE_METRICS.map(({ name }) => name).toSorted(),
    );
    expect(metrics.map(({ dataPointType }) => dataPointType)).toEqual(
      metrics.map(() => DataPointType.EXPONENTIAL_HISTOGRAM),
    );
    const points = Object.fromEntries(
      metrics.map(({ descriptor, dataPoints: [point] }) => [descriptor.name, point]),
    );
    expect(points['ml.feature.value']).toMatchObject({
      attributes: { 'ml.drift.stream': 'age', 'ml.drift.direction': 'input' },
      startTime: [1e9, 0],
      endTime: [1e9 + 5, 0],
      value: {
        count: 1,
        sum: -3,
        min: -3,
        max: -3,
        positive: { offset: 0, bucketCounts: [] },
        negative: { offset: bucketIndex(3, 20), bucketCounts: [1] },
      },
    });
    expect(points['ml.prediction.uncertainty']?.value).toMatchObject({ count: 2, min: 1e-6 });
    expect(points['ml.prediction.value']?.value).toMatchObject({ count: 1, sum: 7 });
  });

  test('differences add up to the whole', async () => {
    const { clock, monitor, collect, key } = collecting('delta');
    const stream = monitor.stream(key('age', 'input'), 'numeric');
    const valueOf = async (): Promise<ExponentialHistogram | undefined> => {
      const [metric] = await collect();
      return metric?.dataPoints[0]?.value as ExponentialHistogram | undefined;
    };
    for (const value of [1, 2, -2]) stream.observe(value);
    expect(await valueOf()).toMatchObject({ count: 3, sum: 1, min: -2 });
    expect(await valueOf()).toBeUndefined();
    clock.nowMs += 1000;
    for (const value of [100, 0]) stream.observe(value);
    const second = await valueOf();
    expect(second).toMatchObject({ count: 2, sum: 100, zeroCount: 1 });
    expect(second).not.toHaveProperty('min');
  });

  test('without a producer nothing is counted', () => {
    const monitor = new DriftMonitor();
    monitor
      .stream({ model: 'm', version: '1', name: 'x', direction: 'input' }, 'numeric')
      .observe(1);
    expect([...monitor.streams()].map(({ histogram }) => histogram)).toEqual([undefined]);
  });
});

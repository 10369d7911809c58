import { ValueType } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  type MetricData,
  MetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, test, vi } from 'vitest';

import { createExemplarSerializer } from '../../../../src/telltale/src/export/otlp/exemplar-json.ts';
import { toExplicitBuckets } from '../../../../src/telltale/src/page/exponential-histogram.ts';
import { PrometheusPage } from '../../../../src/telltale/src/page/page.ts';

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const EXEMPLAR = {
  value: 0.02,
  time: [1_795_000_000, 250_000_000] as [number, number],
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
};

/** What an instrumentation of ours collects: a histogram with an exemplar on its data point. */
function histogram(): ResourceMetrics {
  const point = {
    attributes: { 'ml.model.name': 'a "b"\\c', 'ml.model.version': '1' },
    startTime: [1, 0] as [number, number],
    endTime: [2, 0] as [number, number],
    value: { buckets: { boundaries: [0.01, 0.1], counts: [1, 1, 0] }, count: 2, sum: 0.025 },
    exemplars: [EXEMPLAR],
  };
  const metric: MetricData = {
    descriptor: {
      name: 'ml.inference.duration',
      description: 'd',
      unit: 's',
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [point],
  };
  return {
    resource: emptyResource(),
    scopeMetrics: [{ scope: { name: 's' }, metrics: [metric] }],
  };
}

const readerOf = (metrics: () => ResourceMetrics) => ({
  collect: async () => ({ resourceMetrics: metrics(), errors: [] }),
});

describe('PrometheusPage.render()', () => {
  test('names metrics as the alert service does', async () => {
    const reader = new PullReader();
    const meter = new MeterProvider({ readers: [reader] }).getMeter('s');
    meter.createCounter('ml.inference.io', { unit: 'By' }).add(3);
    meter.createGauge('ml.drift.share', { unit: '1' }).record(0.5);
    meter.createUpDownCounter('ml.model.loaded', { unit: '{session}' }).add(1);
    meter.createCounter('http.requests', { unit: '1' }).add(2);
    const { body, contentType } = await new PrometheusPage(reader, true).render('');
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const samples = body.split('\n').filter((line) => /^(?:ml|http)_/u.test(line));
    expect(samples.map((line) => line.replace(/\{.*\}/u, ''))).toEqual([
      'ml_inference_io_bytes_total 3',
      'ml_drift_share_ratio 0.5',
      'ml_model_loaded 1',
      'http_requests_total 2',
    ]);
  });

  test('OpenMetrics has counters without _total, units, exemplars and an end', async () => {
    const page = new PrometheusPage(readerOf(histogram), true);
    const { body } = await page.render('application/openmetrics-text;version=1.0.0');
    expect(body.split('\n').filter((line) => !line.includes('target_info'))).toEqual([
      '# HELP ml_inference_duration_seconds d',
      '# UNIT ml_inference_duration_seconds seconds',
      '# TYPE ml_inference_duration_seconds histogram',
      'ml_inference_duration_seconds_count{ml_model_name="a \\"b\\"\\\\c",ml_model_version="1",otel_scope_name="s"} 2',
      'ml_inference_duration_seconds_sum{ml_model_name="a \\"b\\"\\\\c",ml_model_version="1",otel_scope_name="s"} 0.025',
      'ml_inference_duration_seconds_bucket{ml_model_name="a \\"b\\"\\\\c",ml_model_version="1",otel_scope_name="s",le="0.01"} 1',
      'ml_inference_duration_seconds_bucket{ml_model_name="a \\"b\\"\\\\c",ml_model_version="1",otel_scope_name="s",le="0.1"} 2 # {trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"} 0.02 1795000000.250',
      'ml_inference_duration_seconds_bucket{ml_model_name="a \\"b\\"\\\\c",ml_model_version="1",otel_scope_name="s",le="+Inf"} 2',
      '# EOF',
      '',
    ]);
  });

  test('has no exemplars when they are switched off', async () => {
    const page = new PrometheusPage(readerOf(histogram), false);
    expect((await page.render('application/openmetrics-text')).body).not.toContain('trace_id');
  });

  test('concurrent scrapes share one collection', async () => {
    let collections = 0;
    const page = new PrometheusPage(
      readerOf(() => {
        collections += 1;
        return histogram();
      }),
      true,
    );
    await Promise.all([page.render(''), page.render(''), page.render('')]);
    expect(collections).toBe(1);
  });

  test('a callback that hangs fails the scrape after 3 s, not forever', async () => {
    vi.useFakeTimers();
    try {
      const page = new PrometheusPage({ collect: () => new Promise(() => {}) }, true);
      const scrape = page.render('').then(
        () => 'an answer',
        (cause: unknown) => String(cause),
      );
      await vi.advanceTimersByTimeAsync(3_000);
      expect(await scrape).toContain('no answer from a metric callback');
    } finally {
      vi.useRealTimers();
    }
  });

  test('a failed collection is an error, and the next one is tried again', async () => {
    let isBroken = true;
    const page = new PrometheusPage(
      {
        collect: async () => {
          if (isBroken) throw new Error('planted');
          return { resourceMetrics: histogram(), errors: [] };
        },
      },
      true,
    );
    await expect(page.render('')).rejects.toThrow('planted');
    isBroken = false;
    expect((await page.render('')).body).toContain('ml_inference_duration_seconds_count');
  });
});

test('toExplicitBuckets() keeps counts and orders negative, zero and positive bounds', () => {
  const metric: MetricData = {
    descriptor: { name: 'x', description: '', unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
    dataPoints: [
      {
        attributes: {},
        startTime: [0, 0],
        endTime: [1, 0],
        value: {
          scale: 0,
          count: 10,
          sum: 1,
          zeroCount: 2,
          positive: { offset: 0, bucketCounts: [1, 3] },
          negative: { offset: 1, bucketCounts: [4] },
        },
      },
    ],
  };
  expect(toExplicitBuckets(metric).dataPoints[0]?.value).toEqual({
    buckets: { boundaries: [-2, 0, 2, 4], counts: [4, 2, 1, 3, 0] },
    count: 10,
    sum: 1,
  });
});

describe('createExemplarSerializer()', () => {
  const pointsOf = (body: Uint8Array | undefined): unknown[] =>
    JSON.parse(Buffer.from(body ?? []).toString()).resourceMetrics[0].scopeMetrics[0].metrics[0]
      .histogram.dataPoints;

  test('writes an exemplar once, in the shape of OTLP', () => {
    const serializer = createExemplarSerializer();
    const wanted = {
      timeUnixNano: '1795000000250000000',
      asDouble: 0.02,
      traceId: EXEMPLAR.traceId,
      spanId: EXEMPLAR.spanId,
    };
    expect(pointsOf(serializer.serializeRequest(histogram()))).toMatchObject([
      { exemplars: [wanted] },
    ]);
    expect(pointsOf(serializer.serializeRequest(histogram()))[0]).not.toHaveProperty('exemplars');
  });
});

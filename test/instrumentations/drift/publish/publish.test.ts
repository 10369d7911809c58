import {
  type Context,
  context,
  type LogRecord,
  logs,
  metrics,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ATTRIBUTES, DRIFT_METRICS, EVENTS, promName } from '@telltale/core';
import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, publishDrift } from '@telltale/instrumentation-drift';

const SCORE = { model: 'fraud', version: '7', name: 'score', direction: 'output' } as const;
const SPAN = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

interface Point {
  readonly value: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A provider whose metrics can be read at any time. */
function provider() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const points = async (): Promise<Readonly<Record<string, readonly Point[]>>> => {
    exporter.reset();
    await reader.forceFlush();
    const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
    return Object.fromEntries(
      scopes
        .flatMap((scope) => scope.metrics)
        .map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints as readonly Point[]]),
    );
  };
  return { meterProvider, points };
}

const records: (LogRecord & { context?: Context })[] = [];

beforeEach(() => {
  records.length = 0;
  logs.setGlobalLoggerProvider({
    getLogger: () => ({ emit: (record: LogRecord) => records.push(record), enabled: () => true }),
  });
});

afterEach(() => {
  metrics.disable();
  logs.disable();
});

/** A monitor with a drifted and a clean stream. */
function drifted() {
  const clock = { nowMs: 1e12 };
  const monitor = new DriftMonitor(
    { falseAlarmEvery: 1e4, thinning: 1, now: () => clock.nowMs },
    () => SPAN,
  );
  const random = new SeededRandom(1);
  const score = monitor.stream(SCORE, 'score');
  const observe = (draw: () => unknown, count: number): void => {
    for (let index = 0; index < count; index += 1) {
      clock.nowMs += 1000;
      score.observe(draw());
    }
  };
  return { clock, monitor, random, observe };
}

describe('publishDrift()', () => {
  test('every metric of the registry, none of them NaN', async () => {
    const { meterProvider, points } = provider();
    metrics.setGlobalMeterProvider(meterProvider);
    const { monitor, random, observe } = drifted();
    const publication = publishDrift(monitor, {
      realised: () => [{ model: 'fraud', version: '7', sampleCount: 200, accuracy: 0.9 }],
    });
    observe(() => random.next(), 2000);
    observe(() => random.next() ** 3, 600);
    const found = await points();
    const unknown = Object.keys(found).filter(
      (name) => !DRIFT_METRICS.some((row) => row.name === name),
    );
    expect(unknown).toEqual([]);
    expect(Object.keys(found).toSorted()).toEqual(DRIFT_METRICS.map(({ name }) => name).toSorted());
    const registered = new Set(ATTRIBUTES.map(({ name }) => name));
    const all = Object.values(found).flat();
    expect(all.filter(({ value }) => typeof value === 'number' && !Number.isFinite(value))).toEqual(
      [],
    );
    const names = all.flatMap(({ attributes }) => Object.keys(attributes));
    expect(names.filter((name) => !registered.has(name))).toEqual([]);
    const S = {
      'ml.model.name': 'fraud',
      'ml.model.version': '7',
      'ml.drift.stream': 'score',
      'ml.drift.direction': 'output',
    };
    expect(found['ml.drift.state']?.[0]).toMatchObject({
      value: 4,
      attributes: { ...S, 'ml.drift.aspect': 'value' },
    });
    const counted = found['ml.drift.records'] ?? [];
    expect(counted.reduce((sum, { value }) => sum + Number(value), 0)).toBe(2600);
    const [ranks] = found['ml.drift.rank'] ?? [];
    // The first 1100 records were warm-up and baseline.
    expect(ranks?.value).toMatchObject({ count: 1500, buckets: { boundaries: { length: 20 } } });
    publication.stop();
    observe(() => random.next(), 100);
    // What an SDK has seen it keeps, but nothing is added.
    expect((await points())['ml.drift.window.size']?.[0]?.value).toBe(1000);
    const after = (await points())['ml.drift.records'] ?? [];
    expect(after.reduce((sum, { value }) => sum + Number(value), 0)).toBe(2600);
  });

  test('ranks are recorded once however often they are read', async () => {
    const { meterProvider, points } = provider();
    metrics.setGlobalMeterProvider(meterProvider);
    const { monitor, random, observe } = drifted();
    const publication = publishDrift(monitor);
    observe(() => random.next(), 1500);
    await points();
    await points();
    observe(() => random.next(), 100);
    expect((await points())['ml.drift.rank']?.[0]?.value).toMatchObject({ count: 500 });
    publication.stop();
  });

  test('reading metrics computes no distance and records no rank: both come in turns after it', async () => {
    const { meterProvider, points } = provider();
    metrics.setGlobalMeterProvider(meterProvider);
    const waiting: (() => void)[] = [];
    const turn = (): void => {
      for (const work of waiting.splice(0)) work();
    };
    const monitor = new DriftMonitor({ thinning: 1, schedule: (work) => waiting.push(work) });
    const stream = monitor.stream(SCORE, 'score');
    const random = new SeededRandom(2);
    for (let index = 0; index < 1100; index += 1) stream.observe(random.next());
    while (waiting.length > 0) turn();
    const publication = publishDrift(monitor);
    for (let index = 0; index < 4500; index += 1) stream.observe(random.next());
    const first = await points();
    expect([first['ml.drift.distance'], first['ml.drift.rank']]).toEqual([undefined, undefined]);
    turn();
    const second = await points();
    expect(second['ml.drift.distance']?.length).toBeGreaterThan(3);
    expect(second['ml.drift.rank']?.[0]?.value).toMatchObject({ count: 2000 });
    publication.settle();
    expect((await points())['ml.drift.rank']?.[0]?.value).toMatchObject({ count: 4500 });
    publication.stop();
  });

  test('an SDK that is started late gets the ranks from then on, not all there ever were', async () => {
    const { monitor, random, observe } = drifted();
    const publication = publishDrift(monitor);
    observe(() => random.next(), 5000);
    const { meterProvider, points } = provider();
    metrics.setGlobalMeterProvider(meterProvider);
    publication.refresh();
    observe(() => random.next(), 70);
    expect((await points())['ml.drift.rank']?.[0]?.value).toMatchObject({ count: 70 });
    publication.stop();
  });

  test('follows an SDK that is started later', async () => {
    const { monitor, random, observe } = drifted();
    const publication = publishDrift(monitor);
    observe(() => random.next(), 1500);
    const { meterProvider, points } = provider();
    metrics.setGlobalMeterProvider(meterProvider);
    expect(await points()).toEqual({});
    observe(() => random.next(), 20);
    expect((await points())['ml.drift.state']).toHaveLength(3);
    publication.stop();
  });

  test('the performance estimate is the mean confidence of a calibrated score', async () => {
    const { meterProvider, points } = provider();
    metrics.setGlobalMeterProvider(meterProvider);
    const { monitor, observe } = drifted();
    const publication = publishDrift(monitor, { decisionThreshold: 0.5 });
    const random = new SeededRandom(4);
    observe(() => 0.8 + 0.1 * random.next(), 3000);
    const found = await points();
    const accuracy = (name: string): number =>
      Number(
        found[name]?.find(({ attributes }) => attributes['ml.performance.metric'] === 'accuracy')
          ?.value,
      );
    expect(accuracy('ml.performance.estimated')).toBeCloseTo(0.85, 2);
    expect(accuracy('ml.performance.estimated_lower')).toBeLessThan(0.85);
    expect(accuracy('ml.performance.estimated_upper')).toBeGreaterThan(0.85);
    const [point] = found['ml.performance.estimated'] ?? [];
    expect(point?.attributes).toMatchObject({
      'ml.model.name': 'fraud',
      'ml.performance.method': 'cbpe_uncalibrated',
    });
    // Every prediction is positive, so nothing is known of negatives.
    expect(accuracy('ml.performance.specificity')).toBeNaN();
    publication.stop();
  });

  test('events at drift and recovery, in the trace of the furthest prediction', () => {
    const { monitor, random, observe } = drifted();
    const publication = publishDrift(monitor);
    observe(() => standardNormal(random), 2000);
    observe(() => standardNormal(random) + 1, 1000);
    observe(() => standardNormal(random), 4000);
    publication.stop();
    const detected = records.filter(({ eventName }) => eventName === 'ml.drift.detected');
    const recovered = records.filter(({ eventName }) => eventName === 'ml.drift.recovered');
    expect(recovered.length).toBeGreaterThan(0);
    const [first] = detected;
    expect(first).toMatchObject({
      attributes: {
        'ml.model.name': 'fraud',
        'ml.drift.stream': 'score',
        'ml.drift.aspect': 'value',
      },
    });
    expect(detected.map(({ severityNumber }) => severityNumber)).toContain(17);
    expect(recovered[0]).toMatchObject({ severityNumber: 9 });
    const span = trace.getSpanContext(first?.context ?? ROOT_CONTEXT);
    expect(span).toMatchObject(SPAN);
    const outlying = first?.attributes?.['ml.drift.outlying'];
    expect(String(outlying).startsWith(`${SPAN.traceId}/${SPAN.spanId}/`)).toBe(true);
    const rows = EVENTS.filter(({ name }) => name.startsWith('ml.drift.'));
    const allowed = new Set(rows.flatMap((row) => row.attributes.map(({ name }) => name)));
    const names = records.flatMap(({ attributes = {} }) => Object.keys(attributes));
    expect(names.filter((name) => !allowed.has(name))).toEqual([]);
    expect(context.active()).toBe(ROOT_CONTEXT);
  });

  test('names in Prometheus are those of the shipped rules', () => {
    const prom = (name: string): string | undefined => {
      const row = DRIFT_METRICS.find((one) => one.name === name);
      return row && promName({ name, unit: row.unit, kind: row.instrument });
    };
    expect([
      prom('ml.drift.state'),
      prom('ml.drift.evidence'),
      prom('ml.drift.evidence_threshold'),
      prom('ml.drift.distance'),
      prom('ml.drift.noise_floor'),
      prom('ml.drift.p_value'),
      prom('ml.drift.records'),
      prom('ml.drift.baseline.age'),
    ]).toEqual([
      'ml_drift_state',
      'ml_drift_evidence',
      'ml_drift_evidence_threshold',
      'ml_drift_distance_ratio',
      'ml_drift_noise_floor_ratio',
      'ml_drift_p_value_ratio',
      'ml_drift_records_total',
      'ml_drift_baseline_age_seconds',
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isOtlpError } from '../../../../collector/src/otlp/otlp-error.ts';
import type { Exemplar } from '../../../../collector/src/otlp/read/exemplar.ts';
import { readMetrics } from '../../../../collector/src/otlp/read/read-metrics.ts';
import {
  MetricTranslator,
  type TranslateResult,
} from '../../../../collector/src/otlp/translate/metric-translator.ts';
import type { TranslateOptions } from '../../../../collector/src/otlp/translate/options.ts';
import type { FamilyMetadata } from '../../../../collector/src/otlp/translate/sample-sink.ts';
import { type StoredSeriesMap, seriesKey } from '../../../support/difftest/remote-read.ts';
import { metricsRequest } from '../../../support/otlp/metrics-arbitrary.ts';
import { encodeOtlp } from '../../../support/otlp/otlp-proto.ts';
import { RecordingSink } from '../../../support/otlp/recording-sink.ts';
import { translationBodies } from '../../../support/otlp/translation-bodies.ts';

const NOW_MS = 1_700_000_000_000;

interface Attribute {
  readonly key: string;
  readonly value: object;
}

function attribute(key: string, stringValue: string): Attribute {
  return { key, value: { stringValue } };
}

/** The fields of a point at `NOW_MS` and some seconds. */
function at(seconds: number): { timeUnixNano: string; startTimeUnixNano: string } {
  const nanoseconds = (timeMs: number): string => String(BigInt(timeMs) * 1_000_000n);
  return {
    timeUnixNano: nanoseconds(NOW_MS + seconds * 1000),
    startTimeUnixNano: nanoseconds(NOW_MS - 60_000),
  };
}

function request(...metrics: object[]): Uint8Array {
  return encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: [{ scopeMetrics: [{ metrics }] }],
  });
}

function gauge(name: string, ...dataPoints: object[]): object {
  return { name, gauge: { dataPoints } };
}

function sum(aggregationTemporality: number, ...dataPoints: object[]): object {
  return { name: 'n', sum: { aggregationTemporality, isMonotonic: true, dataPoints } };
}

function series(labels: Record<string, string>): string {
  return seriesKey(Object.entries(labels));
}

class Fixture {
  readonly sink = new RecordingSink();
  readonly families: Record<string, FamilyMetadata> = {};
  readonly exemplars: Exemplar[] = [];
  readonly translator: MetricTranslator;

  constructor(options: Partial<TranslateOptions> = {}) {
    this.translator = new MetricTranslator({
      sink: this.sink,
      options,
      listener: {
        onFamily: (name, metadata) => (this.families[name] = metadata),
        onExemplar: (_reference, exemplar) => this.exemplars.push(exemplar),
      },
    });
  }

  take(body: Uint8Array, nowMs = NOW_MS): TranslateResult {
    return this.translator.translate(readMetrics(body), nowMs);
  }
}

function translated(...bodies: Uint8Array[]): StoredSeriesMap {
  const fixture = new Fixture();
  for (const body of bodies) expect(fixture.take(body).message).toBe('');
  return fixture.sink.series;
}

describe('MetricTranslator', () => {
  test('writes the same series from cached streams as from new ones', () => {
    const bodies = translationBodies({ job: 'app', nowMs: NOW_MS, hasDelta: false });
    const cached = translated(...bodies);
    const fixture = new Fixture();
    for (const body of bodies) {
      fixture.translator.invalidate();
      fixture.take(body);
    }
    expect(fixture.sink.series).toEqual(cached);
    expect(Object.keys(cached).length).toBeGreaterThan(50);
  });

  test('gives every order of attributes the same series', () => {
    const attributes = ['a.b', 'a-b', 'c', '_d', '9e'].map((key) => attribute(key, `${key}!`));
    const orders = fc.shuffledSubarray(attributes, { minLength: 5 });
    const expected = translated(request(gauge('m', { ...at(0), asDouble: 1, attributes })));
    fc.assert(
      fc.property(orders, (shuffled) => {
        const body = request(gauge('m', { ...at(0), asDouble: 1, attributes: shuffled }));
        expect(translated(body)).toEqual(expected);
        return true;
      }),
    );
  });

  test('tells families with type, unit and help', () => {
    const fixture = new Fixture();
    fixture.take(
      request(
        {
          name: 'requests',
          unit: '1',
          description: 'All',
          sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [at(0)] },
        },
        { name: 'heat', unit: 'Cel', gauge: { dataPoints: [at(0)] } },
      ),
    );
    expect(fixture.families).toEqual({
      requests_total: { type: 'counter', unit: '', help: 'All' },
      heat_celsius: { type: 'gauge', unit: 'celsius', help: '' },
    });
  });

  test('names the bucket series of an exemplar', () => {
    const fixture = new Fixture();
    const traceId = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex');
    const exemplars = [{ asDouble: 0.7, traceId, ...at(0) }];
    const histogram = {
      ...at(0),
      count: 1,
      bucketCounts: [0, 1, 0],
      explicitBounds: [0.5, 1],
      exemplars,
    };
    fixture.take(
      request({ name: 'h', histogram: { aggregationTemporality: 2, dataPoints: [histogram] } }),
    );
    expect(fixture.exemplars).toMatchObject([
      { value: 0.7, traceId: '0af7651916cd43dd8448eb211c80319c' },
    ]);
  });

  test('rejects points one by one and says why', () => {
    const fixture = new Fixture();
    const attributes = [attribute('..', 'x')];
    const broken = { ...at(0), count: '2', bucketCounts: ['1', '1'], explicitBounds: [2, 1] };
    const coarse = { ...at(0), scale: -5, count: '0' };
    const result = fixture.take(
      request(
        gauge('ok', { ...at(0), asDouble: 1 }, { ...at(0), asDouble: 2, attributes }),
        gauge('...', { ...at(0), asDouble: 1 }, { ...at(0), asDouble: 1 }),
        sum(0, { ...at(0), asInt: 1 }),
        { name: 'h', histogram: { aggregationTemporality: 2, dataPoints: [broken] } },
        { name: 'e', exponentialHistogram: { aggregationTemporality: 2, dataPoints: [coarse] } },
      ),
    );
    expect(result).toMatchObject({
      points: 7,
      rejectedPoints: 6,
      rejectedByReason: {
        invalid_label_name: 1,
        invalid_metric_name: 2,
        unspecified_temporality: 1,
        malformed_histogram: 1,
        unsupported_scale: 1,
      },
    });
    expect(result.message).toContain('2 x invalid_metric_name: no letter, digit or colon is left');
    expect(Object.keys(fixture.sink.series)).toEqual([series({ __name__: 'ok' })]);
  });

  test('writes nothing of a request with a malformed attribute', () => {
    const fixture = new Fixture();
    const good = request(
      gauge('good', { ...at(0), asDouble: 1, attributes: [attribute('a', 'b')] }),
    );
    const bytes = Uint8Array.from([...good, ...good]);
    // The length of the second point's attribute value now reaches beyond its message.
    bytes[bytes.lastIndexOf('a'.charCodeAt(0)) + 2] = 99;
    expect(() => fixture.take(bytes)).toThrow('Cannot read OTLP at byte');
    expect(fixture.sink.series).toEqual({});
  });

  test('writes all or nothing of damaged requests', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(metricsRequest, damage, (message, changes) => {
        const bytes = encodeOtlp('ExportMetricsServiceRequest', message);
        for (const [position, byte] of changes) {
          if (bytes.length > 0) bytes[position % bytes.length] = byte;
        }
        const fixture = new Fixture();
        try {
          fixture.take(bytes);
          return true;
        } catch (error) {
          return isOtlpError(error) && Object.keys(fixture.sink.series).length === 0;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('resolves a series again that the sink has removed', () => {
    const fixture = new Fixture();
    const body = (seconds: number): Uint8Array =>
      request(gauge('m', { ...at(seconds), asDouble: 1 }));
    fixture.take(body(0));
    fixture.sink.removed.add(0);
    expect(fixture.take(body(1)).rejectedPoints).toBe(0);
    expect(Object.values(fixture.sink.series)).toEqual([[{ timeMs: NOW_MS + 1000, value: 1 }]]);
  });

  test('counts nothing as rejected that no rule asks for, until the caches are emptied', () => {
    const fixture = new Fixture();
    fixture.sink.refuse = () => 'unselected';
    expect(fixture.take(request(gauge('m', at(0)))).rejectedPoints).toBe(0);
    fixture.sink.refuse = () => undefined;
    fixture.take(request(gauge('m', at(1))));
    expect(fixture.sink.series).toEqual({});
    fixture.translator.invalidate();
    fixture.take(request(gauge('m', at(2))));
    expect(Object.keys(fixture.sink.series)).toHaveLength(1);
  });

  test('offers a refused series again after a while', () => {
    const fixture = new Fixture();
    let asked = 0;
    fixture.sink.refuse = () => {
      asked += 1;
      return 'max_series';
    };
    const body = request(gauge('m', at(0)));
    const rejected = [0, 1000, 11_000].map((ms) => fixture.take(body, NOW_MS + ms));
    expect(rejected.map(({ rejectedByReason }) => rejectedByReason)).toEqual(
      Array.from({ length: 3 }, () => ({ max_series: 1 })),
    );
    expect(asked).toBe(2);
  });

  test('writes target_info every half lookback and never forever', () => {
    const fixture = new Fixture();
    const body = encodeOtlp('ExportMetricsServiceRequest', {
      resourceMetrics: [
        {
          resource: {
            attributes: [attribute('service.name', 'app'), attribute('os.type', 'linux')],
          },
          scopeMetrics: [{ metrics: [gauge('m', at(0), at(400)), gauge('old', {})] }],
        },
      ],
    });
    fixture.take(body);
    const name = series({ __name__: 'target_info', job: 'app', os_type: 'linux' });
    const times = (fixture.sink.series[name] ?? []).map(({ timeMs }) => timeMs - NOW_MS);
    expect(times).toHaveLength(1001);
    expect(times.slice(-3)).toEqual([100_000, 250_000, 400_000]);
  });
});

describe('MetricTranslator with delta temporality', () => {
  const delta = (seconds: number, asInt: number): Uint8Array =>
    request(sum(1, { ...at(seconds), asInt }));
  const name = series({ __name__: 'n_total' });

  test('adds deltas up, ignores repeated ones and rejects older ones', () => {
    const fixture = new Fixture();
    const results = [delta(0, 5), delta(10, 2), delta(10, 2), delta(5, 9), delta(20, 1)].map(
      (body) => fixture.take(body).rejectedByReason,
    );
    expect(results).toEqual([{}, {}, {}, { delta_out_of_order: 1 }, {}]);
    expect(fixture.sink.series[name]).toEqual([
      { timeMs: NOW_MS, value: 5 },
      { timeMs: NOW_MS + 10_000, value: 7 },
      { timeMs: NOW_MS + 20_000, value: 8 },
    ]);
  });

  test('says what is missing when only some deltas have a start time', () => {
    const fixture = new Fixture();
    fixture.take(request(sum(1, { ...at(0), asInt: 5 })));
    const { timeUnixNano } = at(10);
    const { message, rejectedByReason } = fixture.take(request(sum(1, { timeUnixNano, asInt: 2 })));
    expect(rejectedByReason).toEqual({ delta_without_start_time: 1 });
    expect(message).toContain('send start_time_unix_nano with each point');
  });

  test('keeps the total over a gap, over a new order of attributes and emptied caches', () => {
    const fixture = new Fixture();
    const attributes = [attribute('a', '1'), attribute('b', '2')];
    const body = (seconds: number, order: Attribute[]): Uint8Array =>
      request(sum(1, { ...at(seconds), asInt: 10, attributes: order }));
    fixture.take(body(0, attributes));
    fixture.take(body(200, attributes.toReversed()));
    fixture.translator.invalidate();
    fixture.take(body(210, attributes));
    const [values] = Object.values(fixture.sink.series);
    expect(values?.map((sample) => ('value' in sample ? sample.value : undefined))).toEqual([
      10, 20, 30,
    ]);
  });

  test('starts again when the series is gone', () => {
    const fixture = new Fixture();
    fixture.take(delta(0, 5), NOW_MS);
    fixture.take(delta(400, 2), NOW_MS + 400_000);
    expect(fixture.sink.series[name]?.at(-1)).toMatchObject({ value: 2 });
  });

  test('rejects deltas when told to', () => {
    const fixture = new Fixture({ delta: 'reject' });
    expect(fixture.take(delta(0, 5)).rejectedByReason).toEqual({ delta_temporality: 1 });
  });
});

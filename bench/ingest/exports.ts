import { encodeOtlp } from '../../test/support/otlp/otlp-proto.ts';

/** Points of one export; 42,000 series, for a histogram of 15 buckets makes 17 of them. */
export const STREAMS = 10_000;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The time of an export and its place in the order of exports. */
export interface ExportTime {
  readonly index: number;
  readonly timeMs: number;
  readonly startMs: number;
}

/**
 * One OTLP request of an application, encoded: 60 % sums, 20 % gauges, 20 % histograms of 15
 * buckets, five attributes each.
 */
export function encodeExport({ index, timeMs, startMs }: ExportTime): Uint8Array {
  const times = {
    startTimeUnixNano: String(BigInt(startMs) * 1_000_000n),
    timeUnixNano: String(BigInt(timeMs) * 1_000_000n),
  };
  const stream = (number: number): object => ({ ...times, attributes: attributesOf(number) });
  const metrics = Array.from({ length: STREAMS / 100 }, (_, metric) => {
    const numbers = Array.from({ length: 100 }, (_unused, position) => metric * 100 + position);
    return { name: `app.metric.${metric}`, ...metricData(metric % 5, numbers, { stream, index }) };
  });
  return encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'phishing' } },
            { key: 'service.instance.id', value: { stringValue: 'a8e1f2c4' } },
          ],
        },
        scopeMetrics: [{ scope: { name: 'bench', version: '1' }, metrics }],
      },
    ],
  });
}

function metricData(
  slot: number,
  numbers: readonly number[],
  of: { readonly stream: (number: number) => object; readonly index: number },
): object {
  const { stream, index } = of;
  if (slot === 3) {
    const dataPoints = numbers.map((n) => ({ ...stream(n), asDouble: Math.sin(n + index) }));
    return { unit: 'By', gauge: { dataPoints } };
  }
  if (slot === 4) {
    const bucketCounts = (n: number): number[] => BOUNDS.concat(0).map((_, b) => (n + b) * index);
    const dataPoints = numbers.map((n) => ({
      ...stream(n),
      bucketCounts: bucketCounts(n),
      explicitBounds: BOUNDS,
      count: bucketCounts(n).reduce((total, count) => total + count, 0),
      sum: n * index * 0.37,
    }));
    return { unit: 's', histogram: { aggregationTemporality: 2, dataPoints } };
  }
  const dataPoints = numbers.map((n) => ({ ...stream(n), asInt: n * index }));
  return { unit: '1', sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } };
}

function attributesOf(number: number): object[] {
  const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  return [
    text('http.request.method', number % 2 === 0 ? 'GET' : 'POST'),
    text('http.route', `/api/v1/models/${number % 50}/predict`),
    text('ml.model.name', `model-${number % 20}`),
    text('server.address', `host-${number}.example.internal`),
    { key: 'http.response.status_code', value: { intValue: number % 7 === 0 ? 500 : 200 } },
  ];
}

import type { SeededRandom } from '../difftest/random.ts';
import { encodeOtlp } from './otlp-proto.ts';

/** Parts of names and units, the odd ones on purpose. */
const PARTS = [
  'a',
  'B',
  '7',
  '_',
  '__',
  '.',
  '..',
  '-',
  ':',
  '/',
  ' ',
  'é',
  '漢',
  '🙂',
  'total',
  'ratio',
  'seconds',
  'per_second',
  'bytes',
  'count',
  'le',
];
const UNITS = [
  '',
  '1',
  's',
  'ms',
  'By',
  'KiBy',
  'TiBy',
  '%',
  'Cel',
  '{token}',
  '{token}/s',
  'By/s',
  'm/s',
  '1/s',
  '/s',
  's/',
  'By/{x}',
  'foo',
  'foo_',
  '_foo',
  'a.b/c-d',
  'a/b/c',
  ' s ',
  'm²',
  '__',
  '°C/min',
];

/** A request of random metrics whose names, units and attributes take every turn of the rules. */
export function randomBody(
  random: SeededRandom,
  settings: { readonly job: string; readonly nowMs: number; readonly isAscii: boolean },
): Uint8Array {
  const timeUnixNano = String(BigInt(settings.nowMs) * 1_000_000n);
  const metrics = Array.from({ length: 40 }, (_, index) => ({
    // A letter and a number: something is left of every name, and no two are equal.
    name: asAsked(`${word(random)}x${index}${word(random)}`, settings.isAscii),
    unit: random.pick(UNITS),
    ...metricData(random, { timeUnixNano, attributes: attributes(random) }),
  }));
  return encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: settings.job } },
            ...attributes(random),
          ],
        },
        scopeMetrics: [{ scope: { name: word(random), attributes: attributes(random) }, metrics }],
      },
    ],
  });
}

function metricData(random: SeededRandom, point: object): object {
  const number = { ...point, asDouble: random.next() };
  const histogram = {
    ...point,
    count: 3,
    sum: 1,
    bucketCounts: [1, 2],
    explicitBounds: [random.next()],
  };
  const native = {
    ...point,
    count: 4,
    sum: 2,
    scale: random.integer(-4, 12),
    positive: { offset: random.integer(-9, 9), bucketCounts: [1, 0, 0, 3] },
  };
  return random.pick([
    { gauge: { dataPoints: [number] } },
    { sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [number] } },
    { sum: { aggregationTemporality: 2, isMonotonic: false, dataPoints: [number] } },
    { histogram: { aggregationTemporality: 2, dataPoints: [histogram] } },
    { exponentialHistogram: { aggregationTemporality: 2, dataPoints: [native] } },
    {
      summary: {
        dataPoints: [
          { ...point, count: 1, quantileValues: [{ quantile: random.next(), value: 1 }] },
        ],
      },
    },
  ]);
}

function attributes(random: SeededRandom): object[] {
  const keys = Array.from(
    { length: random.integer(0, 5) },
    () => `${word(random)}${random.pick(['k', '5', 'Z'])}`,
  );
  return [...new Set(keys)].map((key) => ({ key, value: { stringValue: word(random) } }));
}

function asAsked(name: string, isAscii: boolean): string {
  return isAscii ? name.replace(/[^\0-~]/gu, '-') : name;
}

function word(random: SeededRandom): string {
  return Array.from({ length: random.integer(0, 4) }, () => random.pick(PARTS)).join('');
}

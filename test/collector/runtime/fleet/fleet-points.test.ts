import { expect, test } from 'vitest';

import { readMetrics } from '../../../../collector/src/otlp/read/read-metrics.ts';
import { fleetPoints } from '../../../../collector/src/runtime/fleet/fleet-points.ts';
import {
  fleetBody,
  rankPoint,
  sizePoint,
  valuePoint,
} from '../../../support/collector/drift-points.ts';
import { encodeOtlp } from '../../../support/otlp/otlp-proto.ts';

const T0 = 1_700_000_040_000;
const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

test('fleetPoints() reads back what was sent, of the named metrics only', () => {
  const init = { timeMs: T0, startTimeMs: T0 - 1000, temporality: 'cumulative' } as const;
  const ranks = rankPoint(
    Array.from({ length: 20 }, (_, index) => index),
    init,
  );
  const values = valuePoint([-3, 0, 0.5, 7], init);
  const size = { ...sizePoint(1000, init), temporality: 'unspecified' as const, startTimeMs: T0 };
  const batch = readMetrics(fleetBody([ranks, values, size]));
  const names = new Set([ranks.metric, values.metric, size.metric]);
  expect([...fleetPoints(batch, names)]).toEqual([ranks, values, size]);
  expect([...fleetPoints(batch, new Set([values.metric]))]).toEqual([values]);
  // As long as a name that is asked for, and another one.
  expect([...fleetPoints(batch, new Set(['x'.repeat(ranks.metric.length)]))]).toEqual([]);
});

test.for([
  [['service.name', 'shop'], ['service.instance.id', 'i1'], { service: 'shop', id: 'i1' }],
  [['service.name', 'shop'], ['service.namespace', 'eu'], { service: 'eu/shop', id: 'eu/shop' }],
  [['host.name', 'h'], ['os.type', 'linux'], { service: 'unknown_service', id: 'unknown_service' }],
] as const)('an instance of %j and %j', ([first, second, instance]) => {
  const body = encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: [
      {
        resource: { attributes: [first, second].map(([key, text]) => attribute(key, text)) },
        scopeMetrics: [
          { metrics: [{ name: 'm', gauge: { dataPoints: [{ asInt: '4' }, { flags: 1 }] } }] },
        ],
      },
    ],
  });
  const points = [...fleetPoints(readMetrics(body), new Set(['m']))];
  // A point without a recorded value is none.
  expect(points.map((point) => [point.instance, point.body])).toEqual([
    [instance, { kind: 'number', value: 4 }],
  ]);
});

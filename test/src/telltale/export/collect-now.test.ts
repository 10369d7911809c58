import type { BatchObservableResult } from '@opentelemetry/api';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  MetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';

import { collectNow } from '../../../../src/telltale/src/export/collect-now.ts';
import { LateProducer } from '../../../../src/telltale/src/export/late-producer.ts';

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Every kind of instrument, each with two series. */
function record(provider: MeterProvider): void {
  for (const name of ['first', 'second']) {
    const meter = provider.getMeter(name, '1');
    const series = [{ kind: 'a' }, { kind: 'b', more: [1, 2] }];
    for (const [index, attributes] of series.entries()) {
      meter.createCounter('counter').add(index + 1, attributes);
      meter.createUpDownCounter('up_down').add(-index, attributes);
      meter.createHistogram('histogram').record(10 * (index + 1), attributes);
      meter.createHistogram('exponential').record(index + 0.5, attributes);
      meter.createGauge('gauge').record(index, attributes);
    }
    meter.createObservableCounter('observed').addCallback((result) => {
      for (const [index, attributes] of series.entries()) result.observe(index + 7, attributes);
    });
    const batch = [meter.createObservableGauge('one'), meter.createObservableUpDownCounter('two')];
    const observe = (result: BatchObservableResult): void => {
      for (const instrument of batch) result.observe(instrument, 3, { of: 'batch' });
      for (const instrument of batch) result.observe(instrument, 4, { of: 'batch' });
    };
    meter.addBatchObservableCallback(observe, batch);
  }
}

/** What was collected, without the moment of the collection. */
const plain = ({ scopeMetrics }: ResourceMetrics): unknown =>
  scopeMetrics.map(({ scope, metrics }) => ({
    scope: { ...scope },
    metrics: metrics.map(({ dataPoints, ...rest }) => ({
      ...rest,
      points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
    })),
  }));

test.for([AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA])(
  'collects without waiting what collect() does, temporality %s',
  async (temporality) => {
    const twins = [0, 1].map(() => {
      const producer = new LateProducer();
      const scope = { name: 'produced' };
      const metrics = [{ descriptor: { name: 'x' }, dataPoints: [] }] as never[];
      const result = {
        resourceMetrics: { resource: undefined as never, scopeMetrics: [{ scope, metrics }] },
        errors: [],
      };
      producer.start([
        Object.assign({ collect: () => Promise.resolve(result) }, { collectNow: () => result }),
      ]);
      const reader = new PullReader({
        aggregationTemporalitySelector: () => temporality,
        metricProducers: [producer],
      });
      const provider = new MeterProvider({
        readers: [reader],
        views: [
          {
            instrumentName: 'exponential',
            aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
          },
          { instrumentName: 'gauge', attributesProcessors: [] },
        ],
      });
      record(provider);
      return { reader, provider };
    });
    const [now, later] = twins;
    if (now === undefined || later === undefined) throw new Error('there are two');
    for (let round = 0; round < 2; round++) {
      const collected = collectNow(now.reader);
      const { resourceMetrics } = await later.reader.collect();
      expect(collected && plain(collected.resourceMetrics)).toEqual(plain(resourceMetrics));
      for (const { provider } of twins)
        provider.getMeter('first', '1').createCounter('counter').add(5);
    }
  },
);

test('a reader that no provider has taken yet holds nothing', () => {
  expect(collectNow(new PullReader())).toBeUndefined();
});

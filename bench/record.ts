/**
 * What one call of the recording API costs, in nanoseconds, with the metrics SDK behind it; beside
 * it prom-client's counter and histogram in the same run. Calls take turns in rounds; a figure is
 * the median over rounds.
 */
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Counter, Histogram, Registry } from 'prom-client';
import { cache, feedback, health, predictions, queue, requests } from 'telltale';

import {
  createApplicationProducer,
  publishHistograms,
} from '../src/telltale/src/instruments/bound-histogram.ts';

const ROUNDS = 31;
/** As many as the ledger keeps, so that every truth finds its prediction. */
const CALLS = 10_000;

type Call = (index: number) => void;

function calls(): Readonly<Record<string, Call>> {
  const registry = new Registry();
  const registers = [registry];
  const counter = new Counter({
    name: 'c',
    help: 'c',
    labelNames: ['model', 'outcome'],
    registers,
  });
  const histogram = new Histogram({ name: 'h', help: 'h', labelNames: ['model'], registers });
  const features = cache('features');
  const jobs = queue('jobs');
  const store = health.component('store');
  const ids = Array.from({ length: CALLS }, (_, index) => `id-${index}`);
  return {
    predictionsNs: (index) =>
      void predictions.record({
        model: 'fraud',
        version: '7',
        id: ids[index] ?? '',
        outcome: index % 3 === 0 ? 'fraud' : 'ok',
        confidence: 0.9,
      }),
    feedbackNs: (index) => void feedback.record({ predictionId: ids[index] ?? '', actual: 'ok' }),
    cacheNs: () => features.hit(),
    queueNs: (index) => jobs.size(index),
    healthNs: () => store.up(),
    requestNs: () => requests.start('import').end(),
    promClientCounterNs: (index) =>
      counter.inc({ model: 'fraud', outcome: index % 3 === 0 ? 'fraud' : 'ok' }),
    promClientHistogramNs: () => histogram.observe({ model: 'fraud' }, 0.9),
  };
}

function timed(call: Call): number {
  const start = performance.now();
  for (let index = 0; index < CALLS; index += 1) call(index);
  return ((performance.now() - start) * 1e6) / CALLS;
}

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  // As `telltale/register` makes its readers.
  const metricProducers = [createApplicationProducer('cumulative')];
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
    metricProducers,
  });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  publishHistograms(provider);
  const all = Object.entries(calls());
  const rounds = Array.from({ length: ROUNDS }, () => all.map(([, call]) => timed(call)));
  const result = Object.fromEntries(
    all.map(([name], column) => {
      const figures = rounds.map((round) => round[column] ?? 0).toSorted((a, b) => a - b);
      return [name, Math.round(figures[Math.floor(ROUNDS / 2)] ?? 0)];
    }),
  );
  if (!options.isJson) console.table(result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await provider.shutdown();
}

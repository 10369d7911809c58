import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

import { parseBaseline } from '@telltale/statistics';
import {
  createDriftMetricProducer,
  DriftMonitor,
  publishDrift,
  sha256,
} from '@telltale/instrumentation-drift';

import { type ProducerStep, producedValues } from './produced-values.ts';

/*
 * An application of its own: it watches a stream against a shared baseline and exports over OTLP.
 * Each line of standard input is a step; what it observed is exported before the step is answered.
 */
const [url = '', instance = '', baselineFile = ''] = process.argv.slice(2);

const parsed = parseBaseline(readFileSync(baselineFile, 'utf8'), sha256);
if (!parsed.ok) throw new Error(parsed.problem.reason);
const { key, kind } = parsed.baseline;
const monitor = new DriftMonitor({ thinning: 1 });
const stream = monitor.stream(key, kind);
for (const each of monitor.streams()) each.adopt(parsed.baseline);

const reader = new PeriodicExportingMetricReader({
  exporter: new OTLPMetricExporter({ url }),
  exportIntervalMillis: 3_600_000,
  metricProducers: [createDriftMetricProducer(monitor)],
});
const provider = new MeterProvider({
  resource: resourceFromAttributes({
    'service.name': 'checkout',
    'service.instance.id': instance,
  }),
  readers: [reader],
});
metrics.setGlobalMeterProvider(provider);
const publication = publishDrift(monitor);
// Values are counted from the first collection on.
await reader.forceFlush();

for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line) as ProducerStep;
  for (const value of producedValues(step)) stream.observe(value);
  await reader.forceFlush();
  process.stdout.write('exported\n');
}
publication.stop();
await provider.shutdown();

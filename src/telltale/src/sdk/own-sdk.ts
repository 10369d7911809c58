import { logs, metrics } from '@opentelemetry/api';
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import { NodeSDK } from '@opentelemetry/sdk-node';

import type { Config } from '../config.ts';
import { reasonOf, report } from '../diagnostics.ts';
import { LateProducer } from '../export/late-producer.ts';
import { createLogProcessors } from '../export/logs.ts';
import { createMetricReaders, type MetricSources } from '../export/metrics.ts';
import { createSpanProcessors } from '../export/traces.ts';
import { monitor } from '../http/monitoring.ts';
import { type ScheduledServer, scheduleServer } from '../http/scheduled-server.ts';
import { maskMetricsOf } from '../masking/metric-masking.ts';
import { SpanMasking } from '../masking/span-masking.ts';
import { PrometheusPage } from '../page/page.ts';
import { yieldGlobals } from './api-globals.ts';
import { IdleSpanProcessor } from './idle-span-processor.ts';
import { RandomIds } from './random-ids.ts';
import { createResource, DEFAULT_DETECTORS } from './resource.ts';
import { interposeTracerProvider } from './yielding-tracer.ts';

const TAKEN_OVER =
  'The application runs its own OpenTelemetry SDK: Telltale reports through it and serves no page';

export interface OwnSdk {
  shutdown(): Promise<void>;
  /** The port of the Prometheus page; `undefined` when there is none. */
  readonly pagePort: Promise<number | undefined>;
}

export interface OwnSdkParts {
  readonly instrumentations: readonly Instrumentation[];
  /** A source of histograms with exemplars for one reader, see `MetricSources`. */
  readonly createProducer: MetricSources['createProducer'];
}

/** Starts `NodeSDK` with our readers and processors, and steps aside for any later SDK. */
export function startOwnSdk(config: Config, parts: OwnSdkParts): OwnSdk {
  const { instrumentations, createProducer } = parts;
  const wantsExemplars = config.text('export.exemplars') !== 'always_off';
  const late: (() => void)[] = [];
  const readers = createMetricReaders(config, {
    wantsExemplars,
    createProducer: (temporality) => {
      const producer = new LateProducer();
      late.push(() => producer.start(createProducer(temporality)));
      return [producer];
    },
  });
  for (const reader of readers.all) maskMetricsOf(reader);
  const name = config.text('service.name');
  const hasDetectors = config.isSet('OTEL_NODE_RESOURCE_DETECTORS');
  const sdk = new NodeSDK({
    resource: createResource(config),
    ...(hasDetectors ? {} : { resourceDetectors: [...DEFAULT_DETECTORS] }),
    ...(name === undefined ? {} : { serviceName: name }),
    idGenerator: new RandomIds(),
    metricReaders: [...readers.all],
    spanProcessors: [new IdleSpanProcessor(), new SpanMasking(), ...createSpanProcessors(config)],
    logRecordProcessors: [...createLogProcessors(config)],
    instrumentations: [...instrumentations],
  });
  sdk.start();
  for (const startProducer of late) startProducer();
  const page = new PrometheusPage(readers.page, wantsExemplars);
  monitor({ render: (accept) => page.render(accept) });
  const server = scheduleServer(config);
  standAside(server, instrumentations);
  return {
    pagePort: server.port,
    shutdown: () => {
      server.stop();
      return sdk.shutdown();
    },
  };
}

/** Lets a later SDK take over, signal by signal; what we still hold of it is sent and ended. */
function standAside(server: ScheduledServer, instrumentations: readonly Instrumentation[]): void {
  const meters = metrics.getMeterProvider();
  const loggers = logs.getLoggerProvider();
  const tracing = interposeTracerProvider();
  yieldGlobals((signal) => {
    if (signal === 'context' || signal === 'propagation') return;
    report('sdk', TAKEN_OVER);
    if (signal === 'metrics') {
      server.stop();
      monitor({ render: undefined });
    }
    // The registration is under way; its provider is reachable once this tick's code has run.
    queueMicrotask(() => {
      if (signal === 'trace') void end(tracing?.yield());
      else void end(signal === 'metrics' ? meters : loggers);
      registerInstrumentations({ instrumentations: [...instrumentations] });
    });
  });
}

/** Sends what a provider still holds and ends it. It never holds the process. */
async function end(provider: object | undefined): Promise<void> {
  try {
    await (provider as { shutdown?(): Promise<void> } | undefined)?.shutdown?.();
  } catch (cause) {
    report('sdk', `Cannot end the own SDK: ${reasonOf(cause)}`);
  }
}

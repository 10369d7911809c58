import { type TracerProvider as ApiTracerProvider, ProxyTracerProvider } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Resource } from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { AggregationType, MeterProvider, type ViewOptions } from '@opentelemetry/sdk-metrics';
import { TracerProvider } from '@opentelemetry/sdk-trace';

import { METRIC_DRIFT_RANK } from '@telltale/core';

import type { Config } from '../config.ts';
import { addLastSource } from '../export/at-exit/last-requests.ts';
import { collectNow } from '../export/collect-now.ts';
import { createLogProcessors } from '../export/signals/logs.ts';
import {
  createMetricReaders,
  type MetricReaders,
  type MetricSources,
} from '../export/signals/metrics.ts';
import { createSpanProcessors } from '../export/signals/traces.ts';
import { maskMetricsOf } from '../masking/signals/metric-masking.ts';
import { SpanMasking } from '../masking/signals/span-masking.ts';
import { profiledSpans } from '../profiling/spans.ts';
import { logRecordLimits, spanLimits } from './environment/limits.ts';
import { createPropagator } from './environment/propagator.ts';
import { createSampler } from './environment/sampler.ts';
import type { ApiGlobals } from './globals/api-globals.ts';
import { YieldingTracerProvider } from './globals/yielding-tracer.ts';
import { RandomIds } from './random-ids.ts';

/** What we run; absent where another SDK has registered that signal. */
export interface Providers {
  readonly meters: MeterProvider | undefined;
  readonly tracers: YieldingTracerProvider | undefined;
  readonly loggers: LoggerProvider | undefined;
  /** The readers of `meters`. */
  readonly readers: MetricReaders | undefined;
}

interface ProviderParts {
  readonly config: Config;
  readonly resource: Resource;
  readonly globals: ApiGlobals;
  readonly metrics: MetricSources;
}

/** Makes and registers a provider for each signal without one. */
export function startProviders(parts: ProviderParts): Providers {
  const { config, globals } = parts;
  if (!globals.has('context')) {
    globals.register('context', new AsyncLocalStorageContextManager().enable());
  }
  const propagator = globals.has('propagation') ? undefined : createPropagator(config);
  if (propagator !== undefined) globals.register('propagation', propagator);
  const { meters, readers } = startMeters(parts);
  // The SDK's metrics about itself, if they are asked for.
  const meterProvider = config.flag('OTEL_NODE_EXPERIMENTAL_SDK_METRICS') ? meters : undefined;
  return {
    meters,
    readers,
    tracers: startTracers(parts, meterProvider),
    loggers: startLoggers(parts, meterProvider),
  };
}

/**
 * Ranks are compared bucket by bucket, here and over the fleet: they keep their buckets even where
 * all other histograms are exported as exponential ones.
 */
const RANKS_IN_EQUAL_BUCKETS: ViewOptions = {
  instrumentName: METRIC_DRIFT_RANK.name,
  aggregation: {
    type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
    options: { boundaries: [...(METRIC_DRIFT_RANK.buckets ?? [])] },
  },
};

function startMeters({
  config,
  resource,
  globals,
  metrics,
}: ProviderParts): Pick<Providers, 'meters' | 'readers'> {
  if (globals.has('metrics')) return { meters: undefined, readers: undefined };
  const readers = createMetricReaders(config, metrics);
  for (const reader of readers.all) {
    const mask = maskMetricsOf(reader);
    const requestsOf = readers.last.get(reader);
    if (requestsOf === undefined) continue;
    addLastSource(() => {
      const collected = collectNow(reader);
      return collected === undefined ? [] : requestsOf(mask(collected).resourceMetrics);
    });
  }
  const meters = new MeterProvider({
    resource,
    readers: [...readers.all],
    views: [RANKS_IN_EQUAL_BUCKETS],
    sdkMetricsEnabled: config.flag('OTEL_NODE_EXPERIMENTAL_SDK_METRICS'),
  });
  globals.register('metrics', meters);
  return { meters, readers };
}

/** Always a provider, also without an exporter: logs and exemplars carry trace ids. */
function startTracers(
  { config, resource, globals }: ProviderParts,
  meterProvider: MeterProvider | undefined,
): YieldingTracerProvider | undefined {
  if (globals.has('trace')) return undefined;
  const tracers = new TracerProvider({
    resource,
    sampler: createSampler(config),
    spanLimits: spanLimits(config),
    idGenerator: new RandomIds(),
    spanProcessors: [new SpanMasking(), profiledSpans(), ...createSpanProcessors(config)],
    ...(meterProvider === undefined ? {} : { meterProvider }),
  });
  const yielding = new YieldingTracerProvider(tracers as ApiTracerProvider);
  const proxy = new ProxyTracerProvider();
  proxy.setDelegate(yielding);
  globals.register('trace', proxy);
  return yielding;
}

function startLoggers(
  { config, resource, globals }: ProviderParts,
  meterProvider: MeterProvider | undefined,
): LoggerProvider | undefined {
  if (globals.has('logs')) return undefined;
  const loggers = new LoggerProvider({
    resource,
    logRecordLimits: logRecordLimits(config),
    processors: [...createLogProcessors(config)],
    ...(meterProvider === undefined ? {} : { meterProvider }),
  });
  globals.register('logs', loggers);
  return loggers;
}

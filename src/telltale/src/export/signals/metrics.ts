import {
  CumulativeTemporalitySelector,
  DeltaTemporalitySelector,
  LowMemoryTemporalitySelector,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import {
  type AggregationOption,
  AggregationTemporality,
  AggregationType,
  ConsoleMetricExporter,
  InstrumentType,
  type MetricProducer,
  MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';

import type { Config } from '../../config.ts';
import { report } from '../../diagnostics.ts';
import { grpcRequest } from '../at-exit/grpc-request.ts';
import type { PostRequest } from '../at-exit/last-send.ts';
import { endpointOf, protocolOf } from '../otlp/endpoint.ts';
import { createExemplarSerializer } from '../otlp/exemplar-json.ts';
import { createOtlpExporter } from '../otlp/exporters.ts';
import type { OtlpExporter } from '../otlp/otlp-exporter.ts';
import { UpstreamExporter } from '../upstream-exporter.ts';

type TemporalitySelector = (type: InstrumentType) => AggregationTemporality;

const TEMPORALITIES: Readonly<Record<string, TemporalitySelector>> = {
  cumulative: CumulativeTemporalitySelector,
  delta: DeltaTemporalitySelector,
  lowmemory: LowMemoryTemporalitySelector,
};

export interface MetricSources {
  readonly wantsExemplars: boolean;
  /** What a reader collects besides the SDK's instruments. Called once a reader. */
  readonly createProducer: (temporality: 'cumulative' | 'delta') => readonly MetricProducer[];
}

export interface MetricReaders {
  readonly all: readonly MetricReader[];
  /** The cumulative one that the Prometheus page collects from. */
  readonly page: MetricReader;
  /** What makes requests of all metrics of a reader, for a process that ends at once. */
  readonly last: ReadonlyMap<MetricReader, LastMetrics>;
}

type LastMetrics = (metrics: ResourceMetrics) => readonly PostRequest[];

/** An exporter of ours knows how to hand its work over. */
type PushExporter = PushMetricExporter & { readonly lastRequests?: LastMetrics };

/**
 * The readers that the configuration asks for. Each reader costs its own bookkeeping at every
 * record, so the page shares the reader of the exporter where that one is cumulative too.
 */
export function createMetricReaders(
  config: Config,
  { wantsExemplars, createProducer }: MetricSources,
): MetricReaders {
  const temporality = config.text(TEMPORALITY) ?? 'cumulative';
  // Histograms collected by ourselves have explicit buckets only.
  const isExponential = config.text(AGGREGATION) === 'base2_exponential_bucket_histogram';
  const produce: MetricSources['createProducer'] = isExponential ? () => [] : createProducer;
  const ofExporter = temporality === 'cumulative' ? 'cumulative' : 'delta';
  const names = config.list('export.metrics');
  const last = new Map<MetricReader, LastMetrics>();
  const pushed = exporterNames(names)
    .flatMap((name) => createExporter(name, { config, wantsExemplars }))
    .map((exporter) => {
      const reader = periodic(exporter, config, produce(ofExporter));
      if (exporter.lastRequests !== undefined) last.set(reader, exporter.lastRequests);
      return reader;
    });
  const isCumulative = temporality === 'cumulative' && !names.includes('console');
  const [first] = pushed;
  const page =
    isCumulative && first !== undefined
      ? first
      : new PullReader({ metricProducers: [...produce('cumulative')] });
  const all = pushed.some((reader) => reader === page) ? pushed : [...pushed, page];
  return { all, page, last };
}

/** `none` is stronger than the names beside it, as for the other signals and as upstream. */
const exporterNames = (names: readonly string[]): readonly string[] => {
  if (names.includes('none')) return [];
  return names.length === 0 ? ['otlp'] : [...new Set(names)];
};

const TEMPORALITY = 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE';
const AGGREGATION = 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION';

/** Collects only when asked. */
class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

function periodic(
  exporter: PushMetricExporter,
  config: Config,
  producers: readonly MetricProducer[],
): MetricReader {
  // The SDK throws on an interval of 0, and on a timeout that is longer than the interval.
  const exportIntervalMillis = config.number('export.metric_interval') || 10_000;
  const timeoutMillis = config.number('export.metric_timeout') || 5_000;
  const exportTimeoutMillis = Math.min(timeoutMillis, exportIntervalMillis);
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis,
    exportTimeoutMillis,
    metricProducers: [...producers],
  });
}

interface ExporterSources {
  readonly config: Config;
  readonly wantsExemplars: boolean;
}

function createExporter(name: string, sources: ExporterSources): readonly PushExporter[] {
  switch (name) {
    case 'otlp':
      return createOtlp(sources);
    case 'console':
      return [new ConsoleMetricExporter()];
    case 'prometheus':
      return [];
    default:
      report(
        'exporter metrics',
        `Cannot find a metric exporter "${name}": expected otlp, console, prometheus or none`,
      );
      return [];
  }
}

function createOtlp({ config, wantsExemplars }: ExporterSources): readonly PushExporter[] {
  const endpoint = endpointOf('metrics', config);
  if (endpoint === undefined) return [];
  const protocol = protocolOf('metrics', config);
  if (protocol === 'grpc') {
    const grpc = new UpstreamExporter<ResourceMetrics>(
      { signal: 'metrics', ...endpoint },
      {
        load: async () => {
          const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc');
          return new OTLPMetricExporter({ url: endpoint.url });
        },
        toRequest: (metrics) => {
          const body = ProtobufMetricsSerializer.serializeRequest(metrics);
          return body && grpcRequest({ signal: 'metrics', url: endpoint.url, config }, body);
        },
      },
    );
    return [withSelectors(grpc, config)];
  }
  const json = wantsExemplars ? createExemplarSerializer() : JsonMetricsSerializer;
  const exporter = createOtlpExporter<ResourceMetrics>(
    { signal: 'metrics', endpoint, protocol },
    { json, protobuf: ProtobufMetricsSerializer },
  );
  return [withSelectors(exporter, config)];
}

function withSelectors(
  exporter: OtlpExporter<ResourceMetrics> | UpstreamExporter<ResourceMetrics>,
  config: Config,
): PushExporter {
  const temporality = config.text(TEMPORALITY) ?? 'cumulative';
  const isExponential = config.text(AGGREGATION) === 'base2_exponential_bucket_histogram';
  return {
    export: (metrics, resultCallback) => exporter.export(metrics, resultCallback),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    lastRequests: (metrics) => exporter.lastRequests(metrics),
    selectAggregationTemporality: TEMPORALITIES[temporality] ?? CumulativeTemporalitySelector,
    selectAggregation: (type): AggregationOption => ({
      type:
        isExponential && type === InstrumentType.HISTOGRAM
          ? AggregationType.EXPONENTIAL_HISTOGRAM
          : AggregationType.DEFAULT,
    }),
  };
}

import type { OptionRow } from '@telltale/core';

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
const COMPRESSIONS = ['none', 'gzip'] as const;

/** The options of one signal that OpenTelemetry names alike. */
function signalOptions(signal: 'traces' | 'metrics' | 'logs', exporters: string): OptionRow[] {
  const upper = signal.toUpperCase();
  const prefix = `OTEL_EXPORTER_OTLP_${upper}`;
  return [
    {
      key: `export.${signal}`,
      env: `OTEL_${upper}_EXPORTER`,
      type: 'list',
      description: `Exporters of ${signal}: ${exporters}`,
    },
    {
      key: `export.${signal}_endpoint`,
      env: `${prefix}_ENDPOINT`,
      type: 'string',
      description: `Whole OTLP address of ${signal}`,
    },
    {
      key: `export.${signal}_protocol`,
      env: `${prefix}_PROTOCOL`,
      type: 'enum',
      values: PROTOCOLS,
      description: `Protocol of ${signal}${signal === 'metrics' ? '; default http/json, the one that carries exemplars' : ''}`,
    },
    {
      key: '',
      env: `${prefix}_HEADERS`,
      type: 'string',
      isSecret: true,
      description: `Headers of ${signal}`,
    },
    {
      key: '',
      env: `${prefix}_TIMEOUT`,
      type: 'integer',
      description: `Milliseconds for one export of ${signal}`,
    },
    {
      key: '',
      env: `${prefix}_COMPRESSION`,
      type: 'enum',
      values: COMPRESSIONS,
      description: `Compression of ${signal}`,
    },
    insecure(prefix, ` of ${signal}`),
    ...certificates(prefix, ` of ${signal}`),
  ];
}

const insecure = (prefix: string, whose: string): OptionRow => ({
  key: '',
  env: `${prefix}_INSECURE`,
  type: 'boolean',
  description: `Whether gRPC addresses${whose} without a scheme are not encrypted`,
});

function certificates(prefix: string, whose: string): OptionRow[] {
  const rows = [
    ['CERTIFICATE', 'File of the certificate authority'],
    ['CLIENT_CERTIFICATE', 'File of the client certificate'],
    ['CLIENT_KEY', 'File of the client key'],
  ];
  return rows.map(([name, what]) => ({
    key: '',
    env: `${prefix}_${name}`,
    type: 'string',
    description: `${what}${whose}`,
  }));
}

/** Numbers of a batch processor; each a positive whole number. */
function batchOptions(prefix: string, what: string, delay: string): OptionRow[] {
  const rows = [
    ['SCHEDULE_DELAY', delay, `Milliseconds between two exports of ${what}`],
    ['EXPORT_TIMEOUT', '30000', `Milliseconds for one export of ${what}`],
    ['MAX_QUEUE_SIZE', '2048', `Most ${what} that wait`],
    ['MAX_EXPORT_BATCH_SIZE', '512', `Most ${what} in one export`],
  ];
  return rows.map(([name, fallback = '', description = '']) => ({
    key: '',
    env: `${prefix}_${name}`,
    type: 'integer',
    default: fallback,
    description,
  }));
}

const limit = (env: string, description: string): OptionRow => ({
  key: '',
  env,
  type: 'integer',
  description,
});

/** OpenTelemetry's own variables as far as the SDK and the exporters here obey them. */
export const OTEL_OPTIONS: readonly OptionRow[] = [
  {
    key: '',
    env: 'OTEL_SDK_DISABLED',
    type: 'boolean',
    default: 'false',
    description: 'true: as TELLTALE_SDK=off',
  },
  {
    key: '',
    env: 'OTEL_CONFIG_FILE',
    type: 'string',
    description: "OpenTelemetry's declarative configuration; the SDK is then built from it alone",
  },
  {
    key: '',
    env: 'OTEL_LOG_LEVEL',
    type: 'enum',
    values: ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'],
    description: "OpenTelemetry's own diagnostics on the console",
  },
  {
    key: '',
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    type: 'string',
    description: 'More attributes of the resource: key=value,key=value',
  },
  {
    key: '',
    env: 'OTEL_NODE_RESOURCE_DETECTORS',
    type: 'list',
    values: [
      'env',
      'host',
      'os',
      'process',
      'serviceinstance',
      'service',
      'container',
      'all',
      'none',
    ],
    default: 'env,host,os,serviceinstance',
    description: 'What describes the resource; process adds command line and paths',
  },
  {
    key: '',
    env: 'OTEL_PROPAGATORS',
    type: 'list',
    // The last three are for tools beside us that bring such a propagator.
    values: ['tracecontext', 'baggage', 'b3', 'b3multi', 'none', 'jaeger', 'ottrace', 'xray'],
    default: 'tracecontext,baggage',
    description: 'How context crosses processes',
  },
  {
    key: '',
    env: 'OTEL_TRACES_SAMPLER',
    type: 'enum',
    values: [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
      // For tools beside us that bring such a sampler.
      'jaeger_remote',
      'parentbased_jaeger_remote',
      'xray',
    ],
    default: 'parentbased_always_on',
    description: 'Which traces are kept',
  },
  {
    key: '',
    env: 'OTEL_TRACES_SAMPLER_ARG',
    type: 'string',
    description: 'Share of traces kept, from 0 to 1',
  },
  {
    key: 'export.endpoint',
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    type: 'string',
    description:
      'OTLP address; without it metrics and logs go to http://127.0.0.1:4328 and traces nowhere',
  },
  {
    key: 'export.protocol',
    env: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    type: 'enum',
    values: PROTOCOLS,
    default: 'http/protobuf',
    description: 'OTLP protocol of all signals',
  },
  {
    key: '',
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    type: 'string',
    isSecret: true,
    description: 'Headers of every export',
  },
  {
    key: '',
    env: 'OTEL_EXPORTER_OTLP_TIMEOUT',
    type: 'integer',
    default: '10000',
    description: 'Milliseconds for one export',
  },
  {
    key: '',
    env: 'OTEL_EXPORTER_OTLP_COMPRESSION',
    type: 'enum',
    values: COMPRESSIONS,
    default: 'none',
    description: 'Compression of exports',
  },
  insecure('OTEL_EXPORTER_OTLP', ' of every export'),
  ...certificates('OTEL_EXPORTER_OTLP', ' of every export'),
  ...signalOptions('traces', 'otlp, console, zipkin, none'),
  {
    key: '',
    env: 'OTEL_EXPORTER_ZIPKIN_ENDPOINT',
    type: 'string',
    description: 'With the exporter zipkin: its address',
  },
  ...signalOptions('metrics', 'otlp, console, prometheus, none'),
  ...signalOptions('logs', 'otlp, console, none'),
  {
    key: 'export.metric_interval',
    env: 'OTEL_METRIC_EXPORT_INTERVAL',
    type: 'duration',
    default: '10s',
    description: 'Time between two exports of metrics',
  },
  {
    key: 'export.metric_timeout',
    env: 'OTEL_METRIC_EXPORT_TIMEOUT',
    type: 'duration',
    default: '5s',
    description: 'Time for one collection and export of metrics',
  },
  {
    key: '',
    env: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    type: 'enum',
    values: ['cumulative', 'delta', 'lowmemory'],
    default: 'cumulative',
    description: 'Whether exported sums start at the process or at the last export',
  },
  {
    key: '',
    env: 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    type: 'enum',
    values: ['explicit_bucket_histogram', 'base2_exponential_bucket_histogram'],
    default: 'explicit_bucket_histogram',
    description: 'How histograms are aggregated',
  },
  {
    key: 'export.exemplars',
    env: 'OTEL_METRICS_EXEMPLAR_FILTER',
    type: 'enum',
    values: ['trace_based', 'always_on', 'always_off'],
    default: 'trace_based',
    description: 'Example traces on duration buckets; always_on acts as trace_based',
  },
  {
    key: '',
    env: 'OTEL_EXPORTER_PROMETHEUS_HOST',
    type: 'string',
    description: 'Overrides monitoring.host',
  },
  {
    key: '',
    env: 'OTEL_EXPORTER_PROMETHEUS_PORT',
    type: 'port',
    description: 'Overrides monitoring.port',
  },
  ...batchOptions('OTEL_BSP', 'spans', '5000'),
  ...batchOptions('OTEL_BLRP', 'log records', '1000'),
  limit('OTEL_ATTRIBUTE_COUNT_LIMIT', 'Most attributes of a span or log record'),
  limit('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'Most characters of an attribute value'),
  limit('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'Most attributes of a span'),
  limit('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'Most characters of a span attribute'),
  limit('OTEL_SPAN_EVENT_COUNT_LIMIT', 'Most events of a span'),
  limit('OTEL_SPAN_LINK_COUNT_LIMIT', 'Most links of a span'),
  limit('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'Most attributes of a span event'),
  limit('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', 'Most attributes of a span link'),
  limit('OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT', 'As OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'),
  limit('OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT', 'As OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
  limit('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'Most attributes of a log record'),
  limit('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'Most characters of a log attribute'),
  {
    key: '',
    env: 'OTEL_NODE_ENABLED_INSTRUMENTATIONS',
    type: 'list',
    description: 'With auto_instrumentations: only these',
  },
  {
    key: '',
    env: 'OTEL_NODE_DISABLED_INSTRUMENTATIONS',
    type: 'list',
    description: 'All but these: http and runtime-node, or with auto_instrumentations any',
  },
  {
    key: '',
    env: 'OTEL_NODE_EXPERIMENTAL_SDK_METRICS',
    type: 'boolean',
    default: 'false',
    description: "The SDK's metrics about itself",
  },
];

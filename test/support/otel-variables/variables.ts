/** What becomes of a variable: as in upstream's `NodeSDK`, otherwise, or nothing. */
export type VariableState = 'taken' | 'differs' | 'ignored';

export interface Variable {
  readonly name: string;
  readonly state: VariableState;
  /** What differs and why, or why it is ignored. */
  readonly note: string;
}

const taken = (note: string, ...names: readonly string[]): Variable[] =>
  names.map((name) => ({ name, state: 'taken', note }));
const differs = (note: string, ...names: readonly string[]): Variable[] =>
  names.map((name) => ({ name, state: 'differs', note }));
const ignored = (note: string, ...names: readonly string[]): Variable[] =>
  names.map((name) => ({ name, state: 'ignored', note }));

/** A variable for all signals and one for each. */
const ofSignals = (name: string): readonly string[] =>
  ['', 'TRACES_', 'METRICS_', 'LOGS_'].map((signal) => `OTEL_EXPORTER_OTLP_${signal}${name}`);

/**
 * Every variable of OpenTelemetry's page on SDK configuration, of its page on the OTLP exporter, and
 * what the JavaScript SDK adds. `test/environment` holds each against upstream's `NodeSDK`.
 */
export const OTEL_VARIABLES: readonly Variable[] = [
  ...taken('', 'OTEL_SDK_DISABLED'),
  ...taken('`none` also silences the lines of Telltale', 'OTEL_LOG_LEVEL'),
  ...taken('', 'OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES'),
  ...differs(
    'the default has no `process`, which sends the command line and paths; `service` and `container` are names too',
    'OTEL_NODE_RESOURCE_DETECTORS',
  ),
  ...taken('names in any case', 'OTEL_PROPAGATORS', 'OTEL_TRACES_SAMPLER'),
  ...taken('', 'OTEL_TRACES_SAMPLER_ARG'),
  ...taken(
    '',
    'OTEL_BSP_SCHEDULE_DELAY',
    'OTEL_BSP_MAX_QUEUE_SIZE',
    'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  ),
  ...taken(
    '',
    'OTEL_BLRP_SCHEDULE_DELAY',
    'OTEL_BLRP_MAX_QUEUE_SIZE',
    'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE',
  ),
  ...differs(
    'an export never holds the next one: it is bounded by `OTEL_EXPORTER_OTLP_TIMEOUT`, and 16 may be on their way',
    'OTEL_BSP_EXPORT_TIMEOUT',
    'OTEL_BLRP_EXPORT_TIMEOUT',
  ),
  ...taken('', 'OTEL_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'),
  ...taken(
    '',
    'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
    'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    'OTEL_SPAN_EVENT_COUNT_LIMIT',
    'OTEL_SPAN_LINK_COUNT_LIMIT',
    'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
    'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
  ),
  ...taken(
    'an older name of `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`, or of that for links',
    'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
    'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT',
  ),
  ...taken(
    '',
    'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT',
    'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  ),
  ...taken(
    'beside `none` other names count for nothing',
    'OTEL_METRICS_EXPORTER',
    'OTEL_LOGS_EXPORTER',
  ),
  ...differs(
    'beside `none` other names count for nothing, where upstream exports; without an address traces go nowhere',
    'OTEL_TRACES_EXPORTER',
  ),
  ...taken(
    'without one, metrics and logs go to the alert service on this host',
    ...ofSignals('ENDPOINT'),
  ),
  ...taken('', ...ofSignals('HEADERS'), ...ofSignals('TIMEOUT'), ...ofSignals('COMPRESSION')),
  ...taken(
    '',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL',
  ),
  ...taken(
    'the default is `http/json`, which alone carries exemplars',
    'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL',
  ),
  ...taken(
    'a file that cannot be read is a problem that `config check` tells',
    ...ofSignals('CERTIFICATE'),
    ...ofSignals('CLIENT_KEY'),
    ...ofSignals('CLIENT_CERTIFICATE'),
  ),
  ...taken('for gRPC addresses without a scheme', ...ofSignals('INSECURE')),
  ...taken('', 'OTEL_EXPORTER_ZIPKIN_ENDPOINT'),
  ...ignored('upstream ignores it too', 'OTEL_EXPORTER_ZIPKIN_TIMEOUT'),
  ...differs(
    'overrides the address of the monitoring page, which is there without `OTEL_METRICS_EXPORTER=prometheus`',
    'OTEL_EXPORTER_PROMETHEUS_HOST',
    'OTEL_EXPORTER_PROMETHEUS_PORT',
  ),
  ...differs('the default is 10 s, where upstream waits 60 s', 'OTEL_METRIC_EXPORT_INTERVAL'),
  ...differs('the default is 5 s, where upstream waits 30 s', 'OTEL_METRIC_EXPORT_TIMEOUT'),
  ...taken('', 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'),
  ...differs(
    'taken; upstream ignores it',
    'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    'OTEL_METRICS_EXEMPLAR_FILTER',
  ),
  ...differs(
    'as `startNodeSdk` takes it; `NodeSDK` ignores it. The SDK is then built from that file alone',
    'OTEL_CONFIG_FILE',
  ),
  ...ignored('upstream dropped it for `OTEL_CONFIG_FILE`', 'OTEL_EXPERIMENTAL_CONFIG_FILE'),
  ...differs(
    'a variable of auto-instrumentations-node, which `NodeSDK` ignores: takes `http` and `runtime-node` always, any name with `TELLTALE_AUTO_INSTRUMENTATIONS=true`',
    'OTEL_NODE_DISABLED_INSTRUMENTATIONS',
  ),
  ...differs(
    'a variable of auto-instrumentations-node, which `NodeSDK` ignores: counts with `TELLTALE_AUTO_INSTRUMENTATIONS=true`',
    'OTEL_NODE_ENABLED_INSTRUMENTATIONS',
  ),
  ...taken('', 'OTEL_NODE_EXPERIMENTAL_SDK_METRICS'),
  ...ignored(
    'the HTTP instrumentation of upstream ignores it too, and speaks the stable conventions',
    'OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS',
    'OTEL_SEMCONV_STABILITY_OPT_IN',
  ),
  ...ignored(
    'the exporter is gone from upstream: Jaeger takes OTLP',
    'OTEL_EXPORTER_JAEGER_ENDPOINT',
    'OTEL_EXPORTER_JAEGER_AGENT_HOST',
    'OTEL_EXPORTER_JAEGER_AGENT_PORT',
    'OTEL_EXPORTER_JAEGER_PROTOCOL',
    'OTEL_EXPORTER_JAEGER_TIMEOUT',
    'OTEL_EXPORTER_JAEGER_USER',
    'OTEL_EXPORTER_JAEGER_PASSWORD',
  ),
  ...ignored('in development; upstream ignores it too', 'OTEL_ENTITIES'),
];

import { attributesOf, itemsOf, named, requestsOf } from '../seen.ts';
import { hasArrived, httpSpans, paths, type Scenario, serverSpan, TO_SINK } from './scenario.ts';

export const EXPORTERS: readonly Scenario[] = [
  {
    name: 'exporters by name',
    // Upstream prints a span once it has the id of the host, which it looks for.
    base: { ...TO_SINK, PROBE_LIVE_MS: '500' },
    variables: {
      OTEL_TRACES_EXPORTER: 'console',
      OTEL_METRICS_EXPORTER: 'none,otlp',
      OTEL_LOGS_EXPORTER: 'otlp,none',
    },
    facts: {
      OTEL_TRACES_EXPORTER: (run) => [
        hasArrived(run, 'traces'),
        run.stdout.includes("name: 'wide'"),
      ],
      OTEL_METRICS_EXPORTER: (run) => hasArrived(run, 'metrics'),
      OTEL_LOGS_EXPORTER: (run) => hasArrived(run, 'logs'),
    },
    differing: { OTEL_TRACES_EXPORTER: { upstream: [false, true], ours: [false, true] } },
  },
  {
    name: 'none beside another exporter of traces',
    base: TO_SINK,
    variables: { OTEL_TRACES_EXPORTER: 'none,otlp' },
    facts: { OTEL_TRACES_EXPORTER: (run) => hasArrived(run, 'traces') },
    differing: { OTEL_TRACES_EXPORTER: { upstream: false, ours: false } },
  },
  {
    name: 'Zipkin',
    base: { ...TO_SINK, OTEL_TRACES_EXPORTER: 'zipkin' },
    variables: { OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://{sink}/api/v2/spans' },
    facts: { OTEL_EXPORTER_ZIPKIN_ENDPOINT: (run) => paths(run, 'traces') },
  },
  {
    name: 'the address of the page',
    base: { ...TO_SINK, OTEL_METRICS_EXPORTER: 'prometheus', PROBE_PAGE: '{page}' },
    variables: {
      OTEL_EXPORTER_PROMETHEUS_PORT: '{page}',
      OTEL_EXPORTER_PROMETHEUS_HOST: 'localhost',
    },
    facts: {
      OTEL_EXPORTER_PROMETHEUS_PORT: ({ told }) => told.page,
      OTEL_EXPORTER_PROMETHEUS_HOST: ({ told }) => told.page,
    },
    differing: {
      OTEL_EXPORTER_PROMETHEUS_PORT: { upstream: 1, ours: 1 },
      OTEL_EXPORTER_PROMETHEUS_HOST: { upstream: 1, ours: 1 },
    },
  },
  {
    name: 'metrics of the SDK',
    base: TO_SINK,
    variables: {
      OTEL_NODE_EXPERIMENTAL_SDK_METRICS: 'true',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'DELTA',
    },
    facts: {
      OTEL_NODE_EXPERIMENTAL_SDK_METRICS: (run) =>
        itemsOf(run, 'metrics')
          .map(({ name }) => String(name))
          .filter((name) => /^otel\.sdk\.(?:span|log)/u.test(name))
          .filter((name, index, all) => all.indexOf(name) === index)
          .toSorted(),
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: (run) =>
        (
          named(run, 'metrics', 'probe.counter')['sum'] as
            | { aggregationTemporality?: number }
            | undefined
        )?.aggregationTemporality,
    },
  },
  {
    name: 'what upstream does not take',
    base: TO_SINK,
    variables: {
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION:
        'base2_exponential_bucket_histogram',
    },
    facts: {
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: (run) =>
        'exponentialHistogram' in named(run, 'metrics', 'probe.histogram'),
    },
    differing: {
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: { upstream: false, ours: true },
    },
  },
  {
    name: 'exemplars',
    base: TO_SINK,
    variables: { OTEL_METRICS_EXEMPLAR_FILTER: 'always_off' },
    facts: {
      OTEL_METRICS_EXEMPLAR_FILTER: (run) =>
        requestsOf(run, 'metrics').some(({ body }) => body.includes('"exemplars":[{')),
    },
    differing: { OTEL_METRICS_EXEMPLAR_FILTER: { upstream: false, ours: false } },
  },
];

export const HTTP: readonly Scenario[] = [
  {
    name: 'the HTTP instrumentation',
    base: { ...TO_SINK, PROBE_HTTP: '1' },
    variables: {
      OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET,PURGE',
      OTEL_SEMCONV_STABILITY_OPT_IN: 'http',
    },
    facts: {
      OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: (run) =>
        attributesOf(serverSpan(run))['http.request.method'],
      OTEL_SEMCONV_STABILITY_OPT_IN: (run) =>
        Object.keys(attributesOf(serverSpan(run)))
          .filter((name) => name !== 'http.request.method_original')
          .toSorted(),
    },
  },
  {
    name: 'instrumentations that are not wanted',
    base: { ...TO_SINK, PROBE_HTTP: '1' },
    variables: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' },
    facts: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: httpSpans },
    differing: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: { upstream: 2, ours: 0 } },
  },
  {
    name: 'instrumentations that alone are wanted, without auto-instrumentations-node',
    base: { ...TO_SINK, PROBE_HTTP: '1' },
    variables: { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'fastify' },
    facts: { OTEL_NODE_ENABLED_INSTRUMENTATIONS: httpSpans },
    differing: { OTEL_NODE_ENABLED_INSTRUMENTATIONS: { upstream: 2, ours: 2 } },
  },
];

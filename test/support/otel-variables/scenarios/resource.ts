import { itemsOf, resourceOf } from '../seen.ts';
import {
  attributeWith,
  type Fact,
  paths,
  type Scenario,
  SIGNALS,
  spanNames,
  TO_SINK,
} from './scenario.ts';

export const RESOURCE: readonly Scenario[] = [
  {
    name: 'the resource',
    base: TO_SINK,
    variables: {
      OTEL_SERVICE_NAME: 'probed',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=hidden,team=a,mail=a%40b,service.version=7',
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host',
    },
    facts: {
      OTEL_SERVICE_NAME: attributeWith(/^service\.name$/u),
      OTEL_RESOURCE_ATTRIBUTES: attributeWith(/^(?:team|mail|service\.version)$/u),
      OTEL_NODE_RESOURCE_DETECTORS: (run) =>
        Object.keys(resourceOf(run))
          .filter((name) => /^(?:host|os|process\.(?:command|owner|executable))/u.test(name))
          .toSorted(),
    },
    differing: {
      OTEL_NODE_RESOURCE_DETECTORS: {
        upstream: ['host.arch', 'host.id', 'host.name'],
        ours: ['host.arch', 'host.id', 'host.name'],
      },
    },
  },
  {
    name: 'switched off',
    base: TO_SINK,
    variables: { OTEL_SDK_DISABLED: 'TRUE' },
    facts: { OTEL_SDK_DISABLED: ({ requests, told }) => [requests.length, told.carrier] },
  },
  {
    name: 'diagnostics, propagation',
    base: TO_SINK,
    variables: { OTEL_LOG_LEVEL: 'debug', OTEL_PROPAGATORS: 'b3multi,tracecontext' },
    facts: {
      OTEL_LOG_LEVEL: ({ stdout }) => stdout.includes('@opentelemetry/api: Registered a global'),
      OTEL_PROPAGATORS: ({ told }) => told.carrier?.toSorted(),
    },
  },
  {
    name: 'a file that declares the SDK',
    base: { ...TO_SINK, PROBE_DECLARED: '1' },
    variables: { OTEL_CONFIG_FILE: 'otel.yaml' },
    facts: { OTEL_CONFIG_FILE: attributeWith(/^service\.name$/u) },
    differing: {
      OTEL_CONFIG_FILE: {
        upstream: { 'service.name': 'declared' },
        ours: { 'service.name': 'declared' },
      },
    },
    files: {
      'otel.yaml': `file_format: "1.0"
resource:
  attributes: [{name: service.name, value: declared}]
tracer_provider:
  processors:
    - batch: {exporter: {otlp_http: {endpoint: "\${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces"}}}
`,
    },
  },
  {
    name: 'what is ignored',
    base: TO_SINK,
    variables: {
      OTEL_EXPERIMENTAL_CONFIG_FILE: '/nowhere.yaml',
      OTEL_EXPORTER_ZIPKIN_TIMEOUT: '1',
      OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_JAEGER_AGENT_HOST: '127.0.0.1',
      OTEL_EXPORTER_JAEGER_AGENT_PORT: '1',
      OTEL_EXPORTER_JAEGER_PROTOCOL: 'http/thrift.binary',
      OTEL_EXPORTER_JAEGER_TIMEOUT: '1',
      OTEL_EXPORTER_JAEGER_USER: 'a',
      OTEL_EXPORTER_JAEGER_PASSWORD: 'b',
      OTEL_ENTITIES: 'service{service.name=entity}[]',
    },
    facts: Object.fromEntries(
      [
        'OTEL_EXPERIMENTAL_CONFIG_FILE',
        'OTEL_EXPORTER_ZIPKIN_TIMEOUT',
        'OTEL_EXPORTER_JAEGER_ENDPOINT',
        'OTEL_EXPORTER_JAEGER_AGENT_HOST',
        'OTEL_EXPORTER_JAEGER_AGENT_PORT',
        'OTEL_EXPORTER_JAEGER_PROTOCOL',
        'OTEL_EXPORTER_JAEGER_TIMEOUT',
        'OTEL_EXPORTER_JAEGER_USER',
        'OTEL_EXPORTER_JAEGER_PASSWORD',
        'OTEL_ENTITIES',
      ].map((name): [string, Fact] => [
        name,
        (run) => [
          SIGNALS.map((signal) => paths(run, signal)),
          itemsOf(run, 'traces').length,
          resourceOf(run)['service.name'],
        ],
      ]),
    ),
  },
];

export const SAMPLERS: readonly Scenario[] = [
  {
    name: 'a sampler',
    base: TO_SINK,
    variables: { OTEL_TRACES_SAMPLER: 'always_off' },
    facts: { OTEL_TRACES_SAMPLER: spanNames },
  },
  {
    name: 'the argument of a sampler',
    base: { ...TO_SINK, OTEL_TRACES_SAMPLER: 'traceidratio' },
    variables: { OTEL_TRACES_SAMPLER_ARG: '0.5' },
    facts: { OTEL_TRACES_SAMPLER_ARG: spanNames },
  },
];

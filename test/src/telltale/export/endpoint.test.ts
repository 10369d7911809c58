import { expect, test } from 'vitest';

import { loadConfig } from '../../../../src/telltale/src/config.ts';
import { withoutSecrets } from '../../../../src/telltale/src/export/delivery.ts';
import { endpointOf, protocolOf } from '../../../../src/telltale/src/export/otlp/endpoint.ts';

const configOf = (env: Readonly<Record<string, string>>) =>
  loadConfig({ env: { OTEL_LOG_LEVEL: 'none', ...env }, folder: '/nowhere' });

test.for([
  {
    name: 'traces go nowhere by themselves',
    signal: 'traces',
    env: {},
    url: undefined,
    isConfigured: undefined,
  },
  {
    name: 'metrics stay on this host',
    signal: 'metrics',
    env: {},
    url: 'http://127.0.0.1:4328/v1/metrics',
    isConfigured: false,
  },
  {
    name: 'logs stay on this host',
    signal: 'logs',
    env: {},
    url: 'http://127.0.0.1:4328/v1/logs',
    isConfigured: false,
  },
  {
    name: 'one address for all',
    signal: 'traces',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' },
    url: 'http://c:4318/v1/traces',
    isConfigured: true,
  },
  {
    name: 'with a path',
    signal: 'logs',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c/otlp/' },
    url: 'http://c/otlp/v1/logs',
    isConfigured: true,
  },
  {
    name: 'the own address is taken as it is',
    signal: 'traces',
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/x',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://d',
    },
    url: 'http://c/x',
    isConfigured: true,
  },
  {
    name: 'otlp by name',
    signal: 'traces',
    env: { OTEL_TRACES_EXPORTER: 'otlp' },
    url: 'http://localhost:4318/v1/traces',
    isConfigured: true,
  },
  {
    name: 'not a URL',
    signal: 'traces',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    url: undefined,
    isConfigured: undefined,
  },
  {
    name: 'gRPC by name',
    signal: 'traces',
    env: { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    url: 'http://localhost:4317',
    isConfigured: true,
  },
  {
    name: 'gRPC without an address is no matter of the alert service',
    signal: 'metrics',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    url: 'http://localhost:4317',
    isConfigured: false,
  },
  {
    name: 'gRPC with host and port alone',
    signal: 'logs',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    url: 'https://collector:4317',
    isConfigured: true,
  },
  {
    name: 'gRPC with host and port alone, not encrypted',
    signal: 'logs',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_INSECURE: 'false',
      OTEL_EXPORTER_OTLP_LOGS_INSECURE: 'true',
    },
    url: 'http://collector:4317',
    isConfigured: true,
  },
] as const)('endpointOf(): $name', ({ signal, env, url, isConfigured }) => {
  const endpoint = endpointOf(signal, configOf(env));
  expect([endpoint?.url, endpoint?.isConfigured]).toEqual([url, isConfigured]);
});

test.for([
  { signal: 'metrics', env: {}, wanted: 'http/json' },
  { signal: 'traces', env: {}, wanted: 'http/protobuf' },
  {
    signal: 'metrics',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
    wanted: 'http/protobuf',
  },
  {
    signal: 'logs',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' },
    wanted: 'http/json',
  },
] as const)('protocolOf() $signal with $env is $wanted', ({ signal, env, wanted }) => {
  expect(protocolOf(signal, configOf(env))).toBe(wanted);
});

test('withoutSecrets() keeps scheme, host and path', () => {
  expect(withoutSecrets('https://u:p@host:1/path?key=1#x')).toBe('https://host:1/path');
  expect(withoutSecrets('::')).toBe('an address that is not a URL');
});

import { requestsOf } from '../seen.ts';
import {
  alike,
  bySignal,
  CERTIFICATE_FILES,
  clientOf,
  forAll,
  hasArrived,
  headersOf,
  ofEach,
  paths,
  type Scenario,
  TO_SINK,
} from './scenario.ts';

export const OTLP: readonly Scenario[] = [
  {
    name: 'one address',
    variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{sink}/below/' },
    facts: forAll('ENDPOINT', paths),
  },
  {
    name: 'an address for each signal',
    base: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{sink}/all' },
    variables: ofEach('ENDPOINT', {
      traces: 'http://{sink}/my/traces',
      metrics: 'http://{sink}/my/metrics',
      logs: 'http://{sink}/my/logs',
    }),
    facts: bySignal('ENDPOINT', paths),
  },
  {
    name: 'headers, compression and protocol of all',
    base: { ...TO_SINK, OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf' },
    variables: {
      OTEL_EXPORTER_OTLP_HEADERS: 'x-a=1,x-b=two%20words',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
    facts: {
      ...forAll('HEADERS', (run, signal) => headersOf(run, signal)),
      ...forAll('COMPRESSION', (run, signal) => requestsOf(run, signal)[0]?.encoding),
      ...forAll('PROTOCOL', (run, signal) => requestsOf(run, signal)[0]?.contentType),
    },
  },
  {
    name: 'headers, compression and protocol of each',
    base: {
      ...TO_SINK,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-a=1,x-b=2',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    },
    variables: {
      ...ofEach('HEADERS', alike('x-b=3')),
      ...ofEach('COMPRESSION', alike('gzip')),
      ...ofEach('PROTOCOL', alike('http/json')),
    },
    facts: {
      ...bySignal('HEADERS', headersOf),
      ...bySignal('COMPRESSION', (run, signal) => requestsOf(run, signal)[0]?.encoding),
      ...bySignal('PROTOCOL', (run, signal) => requestsOf(run, signal)[0]?.contentType),
    },
  },
  {
    name: 'the time of an export',
    base: { ...TO_SINK },
    variables: { OTEL_EXPORTER_OTLP_TIMEOUT: '100' },
    sink: { kind: 'http', answerAfterMs: 800 },
    facts: forAll('TIMEOUT', (run, signal) => requestsOf(run, signal)[0]?.isGivenUp),
  },
  {
    name: 'the time of an export of each signal',
    base: { ...TO_SINK },
    variables: ofEach('TIMEOUT', alike('100')),
    sink: { kind: 'http', answerAfterMs: 800 },
    facts: bySignal('TIMEOUT', (run, signal) => requestsOf(run, signal)[0]?.isGivenUp),
  },
  {
    name: 'certificates of all',
    base: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://{sink}' },
    variables: {
      OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 'client.pem',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: 'client.key.pem',
    },
    sink: { kind: 'https' },
    facts: {
      ...forAll('CERTIFICATE', hasArrived),
      ...forAll('CLIENT_CERTIFICATE', clientOf),
      ...forAll('CLIENT_KEY', clientOf),
    },
    files: CERTIFICATE_FILES,
  },
  {
    name: 'certificates of each signal',
    base: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://{sink}' },
    variables: {
      ...ofEach('CERTIFICATE', alike('ca.pem')),
      ...ofEach('CLIENT_CERTIFICATE', alike('client.pem')),
      ...ofEach('CLIENT_KEY', alike('client.key.pem')),
    },
    sink: { kind: 'https' },
    facts: {
      ...bySignal('CERTIFICATE', hasArrived),
      ...bySignal('CLIENT_CERTIFICATE', clientOf),
      ...bySignal('CLIENT_KEY', clientOf),
    },
    files: CERTIFICATE_FILES,
  },
  {
    name: 'gRPC without encryption',
    base: { OTEL_EXPORTER_OTLP_ENDPOINT: '{sink}', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    variables: { OTEL_EXPORTER_OTLP_INSECURE: 'true' },
    sink: { kind: 'grpc' },
    facts: forAll('INSECURE', paths),
  },
  {
    name: 'gRPC without encryption for each signal',
    base: { OTEL_EXPORTER_OTLP_ENDPOINT: '{sink}', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    variables: ofEach('INSECURE', alike('true')),
    sink: { kind: 'grpc' },
    facts: bySignal('INSECURE', paths),
  },
];

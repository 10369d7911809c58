import { expect, test } from 'vitest';

import { formatProblem, loadConfig } from '../../../../src/telltale/src/config.ts';

test.for([
  { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, wanted: [] },
  { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' }, wanted: [] },
  {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    wanted: [
      'export.endpoint: Cannot use it: expected an address that starts with http:// or https://',
    ],
  },
  {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    wanted: [],
  },
  {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/v1/traces' },
    wanted: [
      'export.endpoint: Cannot be meant: "/v1/traces" is added to this address for each signal; leave it out, or set the address of one signal',
    ],
  },
  { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/v1/traces' }, wanted: [] },
  {
    env: { OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: '/nowhere/ca.pem' },
    wanted: ['OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: Cannot find the file "/nowhere/ca.pem"'],
  },
])('problems of $env', ({ env, wanted }) => {
  const { problems, path } = loadConfig({ env: env as Record<string, string>, folder: '/nowhere' });
  expect(problems.map((problem) => formatProblem(problem, path))).toEqual(wanted);
});

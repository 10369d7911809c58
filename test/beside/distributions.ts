import type { Tool } from './tools.ts';

const SINK = 'process.env.SINK';

/** As people wrote it by hand, with the SDK and the API of that time. */
const nodeSdk = (version: string, api: string): Tool => ({
  name: `sdk-node ${version} on API ${api}`,
  packages: { '@opentelemetry/sdk-node': version, '@opentelemetry/api': api },
  start: `
const { NodeSDK } = require('@opentelemetry/sdk-node');
const sdk = new NodeSDK({ instrumentations: [] });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());`,
});

/** Packages that bring an SDK of a vendor's choice, and SDKs as old as people run them. */
export const DISTRIBUTIONS: readonly Tool[] = [
  nodeSdk('0.41.2', '1.4.1'),
  nodeSdk('0.45.1', '1.7.0'),
  nodeSdk('0.57.2', '1.9.0'),
  nodeSdk('0.200.0', '1.9.0'),
  { name: 'API 1.0 alone', packages: { '@opentelemetry/api': '1.0.4' }, start: '' },
  {
    name: 'elastic, EDOT',
    packages: { '@elastic/opentelemetry-node': '1.18.0' },
    env: { OTEL_LOG_LEVEL: 'error' },
    start: "require('@elastic/opentelemetry-node');",
  },
  {
    name: 'elastic-apm-node',
    packages: { 'elastic-apm-node': '4.18.0', '@opentelemetry/api': '1.9.1' },
    start: `
require('elastic-apm-node').start({
  serverUrl: ${SINK}, serviceName: 'app', opentelemetryBridgeEnabled: true, apiRequestTime: '1s',
  centralConfig: false, logLevel: 'off', metricsInterval: '0s', cloudProvider: 'none',
});`,
    path: /intake/u,
  },
  {
    name: 'honeycomb (SDK 1)',
    packages: { '@honeycombio/opentelemetry-node': '0.7.2' },
    start: `
const { HoneycombSDK } = require('@honeycombio/opentelemetry-node');
const sdk = new HoneycombSDK({ apiKey: 'k', endpoint: ${SINK}, serviceName: 'app', instrumentations: [] });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());`,
  },
  {
    name: 'uptrace',
    packages: { '@uptrace/node': '2.0.2' },
    start: `
const { configureOpentelemetry } = require('@uptrace/node');
const dsn = ${SINK}.replace('http://', 'http://token@') + '/1?grpc=1';
const sdk = configureOpentelemetry({ dsn, serviceName: 'app', serviceVersion: '1.0.0' });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());`,
  },
  {
    name: 'AWS distribution',
    packages: { '@aws/aws-distro-opentelemetry-node-autoinstrumentation': '0.13.0' },
    env: { OTEL_TRACES_EXPORTER: 'otlp' },
    start: "require('@aws/aws-distro-opentelemetry-node-autoinstrumentation/register');",
  },
  {
    name: 'langwatch',
    packages: {
      langwatch: '0.16.1',
      '@opentelemetry/sdk-node': '0.212.0',
      '@opentelemetry/api': '1.9.1',
    },
    start: `
const { setupObservability } = require('langwatch/observability/node');
setupObservability({ serviceName: 'app', langwatch: { apiKey: 'k', endpoint: ${SINK}, processorType: 'simple' } });`,
  },
];

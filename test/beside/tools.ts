/** A tool that people run in the same process, as its own documentation starts it. */
export interface Tool {
  readonly name: string;
  /** What `npm install` is asked for, besides Telltale and the runtime. */
  readonly packages: Readonly<Record<string, string>>;
  /** CommonJS that starts it. `SINK` is the address that takes everything. */
  readonly start: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Paths of its own exports, for tools that speak no OTLP. */
  readonly path?: RegExp;
  /** Whether it leaves signals to us: then those arrive from ours. */
  readonly exit?: string;
}

const SINK = 'process.env.SINK';

/** The versions of November 2026, and auto-instrumentations of SDK 2. */
export const TOOLS: readonly Tool[] = [
  {
    name: 'openlit',
    packages: { openlit: '1.15.0' },
    start: `
const openlit = require('openlit');
(openlit.default ?? openlit).init({ otlpEndpoint: ${SINK}, applicationName: 'app', disableBatch: true });`,
  },
  {
    name: 'traceloop',
    packages: { '@traceloop/node-server-sdk': '0.27.0' },
    start: `
const traceloop = require('@traceloop/node-server-sdk');
traceloop.initialize({ baseUrl: ${SINK}, apiKey: 'k', disableBatch: true, silenceInitializationMessage: true, logLevel: 'error', traceloopSyncEnabled: false });`,
  },
  {
    name: 'phoenix-otel',
    packages: { '@arizeai/phoenix-otel': '2.1.0' },
    start: `
const { register } = require('@arizeai/phoenix-otel');
register({ projectName: 'app', url: ${SINK}, batch: false });`,
  },
  {
    name: 'langfuse',
    packages: {
      '@langfuse/otel': '5.11.1',
      '@opentelemetry/sdk-trace-node': '2.12.1',
      // Its own peers admit SDK 2 and 3 together, which npm cannot solve alone.
      '@opentelemetry/exporter-trace-otlp-http': '0.223.0',
    },
    start: `
const { LangfuseSpanProcessor } = require('@langfuse/otel');
const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const processor = new LangfuseSpanProcessor({ publicKey: 'p', secretKey: 's', baseUrl: ${SINK}, exportMode: 'immediate', shouldExportSpan: () => true });
new NodeTracerProvider({ spanProcessors: [processor] }).register();`,
  },
  {
    name: 'azure-monitor',
    packages: { '@azure/monitor-opentelemetry': '1.21.0' },
    env: {
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true',
      // Its own default keeps five traces a second.
      OTEL_TRACES_SAMPLER: 'always_on',
    },
    start: `
const { useAzureMonitor } = require('@azure/monitor-opentelemetry');
const http = require('node:http');
// Its client takes no address without TLS, so this one carries what it would send.
const httpClient = {
  async sendRequest(request) {
    const encoding = request.headers.get('content-encoding');
    await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', ...(encoding ? { 'content-encoding': encoding } : {}) };
      const sent = http.request(${SINK} + '/track', { method: 'POST', headers }, (response) => {
        response.resume();
        response.on('end', resolve);
      });
      sent.on('error', reject);
      sent.end(request.body);
    });
    const bodyAsText = JSON.stringify({ itemsReceived: 1, itemsAccepted: 1, errors: [] });
    return { request, headers: request.headers, status: 200, bodyAsText };
  },
};
useAzureMonitor({
  samplingRatio: 1,
  enableLiveMetrics: false,
  azureMonitorExporterOptions: {
    connectionString: 'InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://127.0.0.1/',
    disableOfflineStorage: true,
    httpClient,
  },
});`,
    path: /track/u,
  },
  {
    name: 'sentry',
    packages: { '@sentry/node': '11.12.0' },
    start: `
const Sentry = require('@sentry/node');
Sentry.init({ dsn: ${SINK}.replace('http://', 'http://key@') + '/1', tracesSampleRate: 1 });`,
    path: /envelope/u,
  },
  {
    name: '@vercel/otel',
    packages: { '@vercel/otel': '2.1.3' },
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
    start: `
const { registerOTel } = require('@vercel/otel');
registerOTel({ serviceName: 'app' });`,
  },
  {
    name: 'dd-trace, off',
    packages: { 'dd-trace': '6.21.0' },
    env: { DD_TRACE_ENABLED: 'false' },
    start: `require('dd-trace').init();`,
  },
  {
    name: 'auto-instrumentations 0.60 (SDK 2)',
    packages: { '@opentelemetry/auto-instrumentations-node': '0.60.1' },
    start: `require('@opentelemetry/auto-instrumentations-node/register');`,
  },
  {
    name: 'auto-instrumentations, newest',
    packages: { '@opentelemetry/auto-instrumentations-node': '0.82.0' },
    start: `require('@opentelemetry/auto-instrumentations-node/register');`,
  },
];

export const OWN_SPANS = 3;

/** An application with spans of its own, inferences, and an end that is its own. */
export const app = (inferences: number): string => `
const { trace } = require('@opentelemetry/api');
const ort = require('onnxruntime-node');
async function main() {
  const session = await ort.InferenceSession.create(require('node:path').join(__dirname, 'iris.onnx'));
  const tracer = trace.getTracer('application', '1.0.0');
  for (let i = 0; i < ${OWN_SPANS}; i++) tracer.startActiveSpan('work ' + i, (span) => span.end());
  for (let i = 0; i < ${inferences}; i++) {
    const features = new ort.Tensor('float32', Float32Array.from([5.1, 3.5, 1.4, 0.2]), [1, 4]);
    const { probabilities } = await session.run({ [session.inputNames[0]]: features });
    console.log(Array.from(probabilities.data, (value) => value.toFixed(6)).join(' '));
  }
  // The tool's own way to send, if it has one in the API, as its documentation asks for.
  const provider = trace.getTracerProvider();
  await (provider.getDelegate?.() ?? provider).forceFlush?.();
  process.exitCode = 3;
}
main();
// Sentry and Azure wait for timers of their own.
setTimeout(() => {}, 1500);
`;

/** What must not leave the process, in no exporter, file or page. */
export const SECRET = 'hunter2S3cretValue';

/** Names that applications give to secrets, each as one of them writes it. */
export const SECRET_NAMES: readonly string[] = (
  'password DB_PASSWORD passwd pwd passphrase secret client_secret clientSecret ' +
  'aws_secret_access_key token access_token refreshToken id_token api_key api-key ' +
  'apiKey x-api-key private_key signing_key authorization proxy-authorization cookie ' +
  'set-cookie session_id csrf_token jwt credentials connection_string'
).split(' ');

/**
 * Puts a secret into everything that an application records: bodies and attributes of logs and
 * events, spans with events and a status, metrics, a failing health check. Then asks its own
 * endpoints, prints their answers and ends.
 */
export const SECRETIVE_APP: string = `
const { logs, metrics, trace } = require('@opentelemetry/api');
const { events, health, predictions } = require('telltale');
const SECRET = process.env.HIDDEN;
const NAMES = JSON.parse(process.env.NAMES);
const address = 'postgres://app:' + SECRET + '@db.example:5432/orders';
const all = Object.fromEntries(NAMES.map((name) => [name, SECRET]));

async function main() {
  // The page is served once there is a model.
  await require('onnxruntime-node').InferenceSession.create('./iris.onnx');
  const logger = logs.getLogger('app');
  logger.emit({ severityNumber: 9, body: 'started with ' + address, attributes: all });
  logger.emit({ severityNumber: 9, body: { config: { ...all, url: address, list: [all] } } });
  logger.emit({ severityNumber: 17, body: 'failed', exception: new Error('no route to ' + address) });
  logger.emit({ severityNumber: 9, body: 'bad time', timestamp: new Date('x'), attributes: { n: 1 } });
  events.emit('ALERT', 'app.config', { message: 'token=' + SECRET, ...all, nested: { deep: all } });
  const tracer = trace.getTracer('app');
  tracer.startActiveSpan('GET /?access_token=' + SECRET, (span) => {
    span.setAttributes({ ...all, 'url.full': 'http://h/?api_key=' + SECRET, plain: 'kept' });
    span.addEvent('connected', all);
    span.recordException(new Error('cannot reach ' + address));
    span.setStatus({ code: 2, message: 'password: ' + SECRET });
    span.end();
  });
  const counter = metrics.getMeter('app').createCounter('app.requests');
  for (const name of NAMES) counter.add(1, { [name]: SECRET });
  counter.add(1, { token: SECRET + 'a' });
  counter.add(1, { token: SECRET + 'b' });
  counter.add(1, { 'db.url': address });
  predictions.record({ model: 'm', outcome: 'o', category: 'Bearer ' + SECRET });
  health.component('database').check(() => { throw new Error('probe cannot reach ' + address); });
  health.component('queue').down('no route to ' + address);
  health.component('cache').check(async () => 'PONG');
  health.component('store').check(async () => undefined);
  health.component('disk').check(async () => false);
  const port = process.env.PAGE;
  await new Promise((resolve) => setTimeout(resolve, 400));
  if (port === undefined) return;
  for (const path of ['/health', '/health/ready', '/metrics', '/monitoring/status', '/monitoring/config']) {
    const response = await fetch('http://127.0.0.1:' + port + path);
    console.log(path + ' ' + await response.text());
  }
}
main();
`;

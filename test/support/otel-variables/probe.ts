/**
 * An application that emits something of everything that a variable may change. `PROBE` says whose
 * SDK it starts. What it learns itself it prints as JSON in one line after `probe `.
 */
export const PROBE: string = `
const api = require('@opentelemetry/api');
const isUpstream = process.env.PROBE === 'upstream';
let end = () => {};
if (isUpstream) {
  const { NodeSDK, startNodeSdk } = require('@opentelemetry/sdk-node');
  if (process.env.PROBE_DECLARED) {
    end = startNodeSdk({}).shutdown;
  } else {
    const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
    const instrumentations = process.env.PROBE_HTTP ? [new HttpInstrumentation()] : [];
    const sdk = new NodeSDK({ instrumentations });
    sdk.start();
    end = () => sdk.shutdown();
  }
} else {
  end = () => require('telltale').shutdown();
}
const http = require('node:http');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const many = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const attributes = (count) => Object.fromEntries(many(count, (index) => ['a' + index, 'x'.repeat(200)]));

const EARLY = '0'.repeat(31) + '1';
const LATE = 'f'.repeat(8) + '0'.repeat(24);
const under = (traceId, traceFlags) =>
  api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, traceFlags, spanId: '00000000000000aa', isRemote: true });

function emit() {
  const tracer = api.trace.getTracer('probe');
  for (const [name, traceId, flags] of [['early kept', EARLY, 1], ['early', EARLY, 0], ['late kept', LATE, 1], ['late', LATE, 0]]) {
    tracer.startSpan(name, {}, under(traceId, flags)).end();
  }
  many(20, () => tracer.startSpan('root').end());
  const context = under(EARLY, 1);
  const links = many(8, () => ({ context: api.trace.getSpanContext(context), attributes: attributes(6) }));
  const wide = tracer.startSpan('wide', { attributes: attributes(20), links }, context);
  many(8, (index) => wide.addEvent('event ' + index, attributes(6)));
  const inside = api.trace.setSpan(context, wide);
  const withBaggage = api.propagation.setBaggage(inside, api.propagation.createBaggage({ k: { value: 'v' } }));
  const carrier = {};
  api.propagation.inject(withBaggage, carrier);
  if (!isUpstream) api.context.with(inside, () => require('telltale').requests.start('probe').end());
  wide.end();
  const logger = api.logs.getLogger('probe');
  many(10, () => logger.emit({ body: 'hello', attributes: attributes(20) }));
  return Object.keys(carrier);
}

const meter = api.metrics.getMeter('probe');
meter.createCounter('probe.counter').add(2);
meter.createHistogram('probe.histogram').record(3);
if (process.env.PROBE_HANGING) {
  meter.createObservableGauge('probe.hanging').addCallback(() => new Promise(() => {}));
}

async function request(method) {
  const server = http.createServer((_, response) => response.end('ok'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await new Promise((resolve) => {
    const sent = http.request({ port: server.address().port, host: '127.0.0.1', method, agent: false }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    sent.end();
  });
  server.close();
}

async function page(port) {
  for (let left = 100; left > 0; left -= 1) {
    const text = await fetch('http://localhost:' + port + '/metrics').then((response) => response.text(), () => undefined);
    if (text !== undefined) return text.split('\\n').filter((line) => line.startsWith('probe_counter')).length;
    await sleep(100);
  }
  return -1;
}

(async () => {
  const seen = { carrier: emit() };
  if (process.env.PROBE_HTTP) await request('PURGE');
  if (process.env.PROBE_PAGE) seen.page = await page(process.env.PROBE_PAGE);
  if (process.env.PROBE_LIVE_MS) {
    await sleep(Number(process.env.PROBE_LIVE_MS));
    emit();
  }
  console.log('\\nprobe ' + JSON.stringify(seen));
  // A backend that hangs must not hold the test.
  await Promise.race([end(), sleep(Number(process.env.PROBE_END_MS ?? 3000))]);
  process.exit(0);
})();
`;

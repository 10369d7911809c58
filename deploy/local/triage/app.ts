// A second service of the local stack: it sorts support tickets from a queue, without HTTP of its
// own. It says to Telltale what the phishing service does not: work that is no request, levels and
// categories, detectors, and answers that are no answers. Its mistakes are on purpose, so that the
// panels for them have something to show.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { trace } from '@opentelemetry/api';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { health, predictions, requests } from 'telltale';

import { checkLink } from './links.ts';

const FEATURES = 9;
const TICKET_MS = 200;
/** More runs below one span than Telltale gives spans of their own. */
const REPLAYED = 400;
const REPLAY_MS = 10_000;

const phishingUrl = process.env['PHISHING_URL'];
const session = await InferenceSession.create(process.env['MODEL'] ?? 'triage.onnx', {
  intraOpNumThreads: 1,
});
const tracer = trace.getTracer('triage');
const duplicates = health.detector('duplicates');
const searchIndex = health.component('search index');
const linkCheck = health.component('link check');
duplicates.activate();
health.detector('spam').deactivate();

async function scoreOf(values: Float32Array): Promise<number> {
  const { probabilities } = await session.run({
    features: new Tensor('float32', values, [1, FEATURES]),
  });
  const scores = probabilities?.data as Float32Array | undefined;
  return scores?.[1] ?? Number.NaN;
}

let tickets = 0;

async function sortTicket(): Promise<void> {
  tickets += 1;
  const running = requests.start('ticket');
  const values = Float32Array.from(
    { length: FEATURES },
    (_, index) => ((tickets * (index + 3)) % 3) / 2,
  );
  // One ticket in twenty has an empty field.
  if (tickets % 20 === 0) values[0] = Number.NaN;
  const score = await scoreOf(values);
  // One in three links to a page.
  if (tickets % 3 === 0 && phishingUrl !== undefined) {
    await checkLink(phishingUrl).then(
      () => linkCheck.up(),
      () => linkCheck.degraded('no answer'),
    );
  }
  // One in thirty fails behind the model.
  if (tickets % 30 === 0) return running.end('index_unavailable');
  const outcome = score > 0.5 ? 'urgent' : 'routine';
  predictions.record({
    model: 'triage',
    // One answer in twenty-five is no answer, which Telltale refuses.
    outcome: tickets % 25 === 0 ? '' : outcome,
    level: score > 0.8 ? 'high' : 'normal',
    category: tickets % 2 === 0 ? 'billing' : 'login',
    confidence: Math.max(score, 1 - score),
  });
  running.end();
}

/** Old tickets once more, as one piece of work. */
async function replay(): Promise<void> {
  await tracer.startActiveSpan('replay tickets', async (span) => {
    for (let run = 0; run < REPLAYED; run += 1) await scoreOf(new Float32Array(FEATURES));
    span.end();
  });
  searchIndex.degraded('slow');
  setTimeout(() => searchIndex.up(), 1000).unref();
}

const attempt = (work: () => Promise<void>) => () => void work().catch(console.error);
const timers = [
  setInterval(attempt(sortTicket), TICKET_MS),
  setInterval(attempt(replay), REPLAY_MS),
];
const server = createServer((_, response) => response.end('ok'));
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => {
  for (const timer of timers) clearInterval(timer);
  server.close();
});

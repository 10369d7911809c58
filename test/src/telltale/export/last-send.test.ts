import { afterEach, expect, test } from 'vitest';

import {
  type PostRequest,
  sendNow,
} from '../../../../src/telltale/src/export/at-exit/last-send.ts';
import { type OtlpSink, type SinkBehaviour, startOtlpSink } from '../../../support/otlp-sink.ts';

const sinks: OtlpSink[] = [];
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
});

async function sinkThat(behaviour: SinkBehaviour): Promise<OtlpSink> {
  const sink = await startOtlpSink(behaviour);
  sinks.push(sink);
  return sink;
}

const requestTo = (url: string): PostRequest => ({
  url: `${url}/v1/logs`,
  headers: { 'Content-Type': 'application/json' },
  body: Buffer.from('{"resourceLogs":[]}'),
  tls: {},
});

// The sink lives in this thread, which stands still meanwhile: it can only refuse or stay silent.
test('gives up after the time it has, and throws nothing', async () => {
  const sink = await sinkThat('ok');
  const startMs = performance.now();
  expect(sendNow([requestTo(sink.url)], 200)).toBe(0);
  const tookMs = performance.now() - startMs;
  expect(tookMs).toBeGreaterThanOrEqual(190);
  expect(tookMs).toBeLessThan(2_000);
});

test('does not wait for who refuses, or for an address that is none', async () => {
  const sink = await startOtlpSink();
  await sink.close();
  const startMs = performance.now();
  const wrong = { ...requestTo(sink.url), url: 'http://[nowhere' };
  expect(sendNow([requestTo(sink.url), wrong], 60_000)).toBe(0);
  expect(performance.now() - startMs).toBeLessThan(30_000);
});

test.for([
  { name: 'nothing to send', requests: [], timeoutMs: 1_000 },
  { name: 'no time', requests: [requestTo('http://127.0.0.1:1')], timeoutMs: 0 },
])('starts no thread with $name', ({ requests, timeoutMs }) => {
  expect(sendNow(requests, timeoutMs)).toBe(0);
});

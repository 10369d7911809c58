import { beforeEach, expect, test } from 'vitest';

import type { HttpMessage, HttpResult } from '../../../../collector/src/model/http-message.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../../collector/src/notify/channels/http/http-config.ts';
import type { NotifiedAlert } from '../../../../collector/src/notify/stages/notification.ts';
import { AlertForwarder } from '../../../../collector/src/runtime/deliver/alert-forwarder.ts';
import { createLog } from '../../../../collector/src/runtime/log.ts';
import { FakeClock } from '../../../support/collector/fake-clock.ts';
import { DEFAULT_BACKOFF } from '../../../support/notify/backoff.ts';

const START_MS = Date.UTC(2026, 0, 1);

interface Sent {
  readonly host: string;
  readonly atMs: number;
  readonly count: number;
}

let clock: FakeClock;
let sent: Sent[];
/** What a host answers; 200 when nothing is said. */
let answers: Record<string, (() => HttpResult) | undefined>;

beforeEach(() => {
  clock = new FakeClock(START_MS);
  sent = [];
  answers = {};
});

const status = (code: number, headers = {}): HttpResult => {
  return { kind: 'answer', status: code, headers, body: '' };
};

function send({ url, body }: HttpMessage): Promise<HttpResult> {
  const { host, pathname } = new URL(url);
  expect(pathname).toBe('/am/api/v2/alerts');
  const count = (JSON.parse(body) as unknown[]).length;
  sent.push({ host, atMs: clock.nowMs() - START_MS, count });
  return Promise.resolve(answers[host]?.() ?? status(200));
}

function forwarder(...hosts: readonly string[]): AlertForwarder {
  return new AlertForwarder({
    targets: hosts.map((host) => ({
      name: host,
      url: `http://${host}/am/`,
      http: DEFAULT_HTTP_CONFIG,
    })),
    clientName: 'T/1',
    clock,
    log: createLog('silent'),
    send,
    readSecret: () => '',
    readFile: () => '',
    random: () => 0.5,
    backoff: DEFAULT_BACKOFF,
  });
}

function alerts(count: number): NotifiedAlert[] {
  return Array.from({ length: count }, (_, index) => ({
    fingerprint: String(index),
    labels: { alertname: `A${index}` },
    annotations: {},
    startsAtMs: START_MS,
    generatorUrl: '',
  }));
}

test('every Alertmanager gets every alert, in batches of 256', async () => {
  const one = forwarder('a', 'b');
  one.take({ alerts: alerts(600), nowMs: clock.nowMs() });
  await clock.advance(0);
  const counts = (host: string): readonly number[] =>
    sent.filter((each) => each.host === host).map(({ count }) => count);
  expect([counts('a'), counts('b')]).toEqual([
    [256, 256, 88],
    [256, 256, 88],
  ]);
});

test('one that is down is tried again with backoff and holds up no other', async () => {
  answers['a'] = () => ({ kind: 'no answer', reason: 'network', message: 'refused' });
  const one = forwarder('a', 'b');
  one.take({ alerts: alerts(1), nowMs: clock.nowMs() });
  await clock.advance(8_000);
  expect(sent.filter(({ host }) => host === 'b')).toHaveLength(1);
  expect(sent.filter(({ host }) => host === 'a').map(({ atMs }) => atMs)).toEqual([
    0, 1_000, 3_000, 7_000,
  ]);
  answers = {};
  await clock.advance(60_000);
  expect(sent.filter(({ host }) => host === 'a')).toHaveLength(5);
});

test('Retry-After is kept, and new alerts do not hurry it', async () => {
  answers['a'] = () => status(429, { 'retry-after': '20' });
  const one = forwarder('a');
  one.take({ alerts: alerts(1), nowMs: clock.nowMs() });
  await clock.advance(5_000);
  one.take({ alerts: alerts(2), nowMs: clock.nowMs() });
  answers = {};
  await clock.advance(30_000);
  expect(sent).toEqual([
    { host: 'a', atMs: 0, count: 1 },
    { host: 'a', atMs: 20_000, count: 2 },
  ]);
});

test('what an Alertmanager refuses is not sent again and again', async () => {
  answers['a'] = () => status(400);
  const one = forwarder('a');
  one.take({ alerts: alerts(3), nowMs: clock.nowMs() });
  await clock.advance(30_000);
  expect(sent).toEqual([{ host: 'a', atMs: 0, count: 3 }]);
});

test('what became of alerts is counted, also of those that there was no room for', async () => {
  answers['b'] = () => status(400);
  answers['c'] = () => ({ kind: 'no answer', reason: 'network', message: 'refused' });
  const one = forwarder('a', 'b', 'c');
  one.take({ alerts: alerts(10_003), nowMs: clock.nowMs() });
  await clock.advance(0);
  // Three of them found no room in the list of what is to be told.
  expect(one.counts()).toEqual({ sent: 10_000, refused: 10_000, dropped: 3 });
});

test('stop() sends what waits and ends in time', async () => {
  answers['a'] = () => ({ kind: 'no answer', reason: 'network', message: 'refused' });
  const one = forwarder('a');
  one.take({ alerts: alerts(1), nowMs: clock.nowMs() });
  await clock.advance(100);
  answers = {};
  const stopped = one.stop(5_000);
  await clock.advance(0);
  await stopped;
  expect(sent.map(({ atMs }) => atMs)).toEqual([0, 100]);
});

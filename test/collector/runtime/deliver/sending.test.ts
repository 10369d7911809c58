import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { HttpMessage, HttpResult } from '../../../../collector/src/model/http-message.ts';
import type { Channel, Receiver } from '../../../../collector/src/notify/channels/channel.ts';
import { createWebhookChannel } from '../../../../collector/src/notify/channels/webhook/channel.ts';
import type { Notification } from '../../../../collector/src/notify/stages/notification.ts';
import { Outbox } from '../../../../collector/src/runtime/deliver/outbox.ts';
import { OutboxDelivery } from '../../../../collector/src/runtime/deliver/outbox-delivery.ts';
import { createLog } from '../../../../collector/src/runtime/log.ts';
import { type Database, openDatabase } from '../../../../collector/src/runtime/sqlite/database.ts';
import { HistoryTable } from '../../../../collector/src/runtime/sqlite/history.ts';
import { FakeClock } from '../../../support/collector/fake-clock.ts';
import { DEFAULT_BACKOFF } from '../../../support/notify/backoff.ts';

const NOW = 1_700_000_000_000;
const NEVER = new Promise<never>(() => undefined);

let folder = '';
let database: Database;
let clock: FakeClock;
let sent: { readonly atMs: number; readonly to: string; readonly group: string }[] = [];
let answers: Record<string, (HttpResult | Promise<HttpResult>)[]> = {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-sending-'));
  database = openDatabase(join(folder, 'telltale.db'), NOW).database;
  clock = new FakeClock(NOW);
  sent = [];
  answers = {};
  killed = undefined;
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function answer(status: number, headers: Record<string, string> = {}): HttpResult {
  return { kind: 'answer', status, headers, body: '' };
}

async function send(message: HttpMessage): Promise<HttpResult> {
  const to = new URL(message.url).hostname;
  const { groupKey } = JSON.parse(message.body) as { groupKey: string };
  sent.push({ atMs: clock.nowMs() - NOW, to, group: groupKey });
  return (await answers[to]?.shift()) ?? answer(200);
}

function receiver(name: string, channel: Partial<Channel> = {}): Receiver {
  const config = {
    target: { url: `http://${name}/` },
    sendsResolved: true,
    alertsMax: 0,
    timeoutMs: 1000,
  };
  const webhook = { ...createWebhookChannel(config, 'test'), ...channel };
  return { name, integrations: [{ name: 'webhook[0]', channel: webhook }] };
}

function message(to: string, groupKey: string): Notification {
  return {
    receiver: to,
    integration: 'webhook[0]',
    groupKey,
    groupLabels: {},
    reason: 'first_notification',
    externalUrl: '',
    alerts: [],
    idempotencyKey: `${to} ${groupKey}`,
  };
}

interface Run {
  readonly delivery: OutboxDelivery;
  readonly add: (to: string, groupKey: string) => Promise<void>;
}

let killed: (() => Promise<void>) | undefined;

/** A run of the service on the database that the run before it, killed by this, left. */
function start(...receivers: readonly Receiver[]): Run {
  killed?.().catch(() => undefined);
  const outbox = new Outbox(database);
  outbox.load(clock.nowMs());
  const delivery = new OutboxDelivery(database, outbox, {
    clock,
    log: createLog('silent'),
    send,
    sendMail: () => Promise.reject(new Error('no mail here')),
    readSecret: () => '',
    readFile: () => '',
    random: () => 0.5,
    backoff: DEFAULT_BACKOFF,
    ageMsMax: 86_400_000,
    rateLimits: {},
    listener: {
      stateOf: () => undefined,
      onSent: () => undefined,
      onFailed: () => undefined,
      onHealth: () => undefined,
      onStorage: (error) => {
        if (error !== undefined) throw error as Error;
      },
    },
  });
  killed = () => delivery.stop(0);
  delivery.setReceivers(receivers);
  delivery.start();
  return {
    delivery,
    add: async (to, groupKey) => {
      const row = outbox.add(message(to, groupKey), clock.nowMs());
      database.transaction('full', () => outbox.save());
      if (row !== undefined) delivery.enqueue(row);
      delivery.wake();
      await clock.advance(0);
    },
  };
}

const firstTo = (to: string, afterMs: number): number | undefined =>
  sent.find(({ to: each, atMs }) => each === to && atMs > afterMs)?.atMs;

describe('a pause that a destination asked for', () => {
  test('holds over a kill, for messages that came later too', async () => {
    answers['busy'] = [answer(429, { 'retry-after': '30' })];
    await start(receiver('busy')).add('busy', 'g1');
    await clock.advance(1000);
    const second = start(receiver('busy'));
    await second.add('busy', 'g2');
    await clock.advance(60_000);
    expect(sent.map(({ atMs, group }) => `${group} ${atMs}`).sort()).toEqual([
      'g1 0',
      'g1 30000',
      'g2 30000',
    ]);
  });

  test('holds over a kill when the message itself was taken', async () => {
    const judge = (): ReturnType<Channel['judge']> => ({ kind: 'done', pauseMs: 5000 });
    await start(receiver('chat', { judge })).add('chat', 'g1');
    await start(receiver('chat')).add('chat', 'g2');
    await clock.advance(10_000);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 5000]);
  });

  test('is never made shorter by a later answer', async () => {
    const config = receiver('busy');
    answers['busy'] = [answer(429, { 'retry-after': '30' }), answer(429, { 'retry-after': '10' })];
    const run = start(config);
    // Both are on their way when the first answer comes.
    const [first, second] = [run.add('busy', 'g1'), run.add('busy', 'g2')];
    await Promise.all([first, second]);
    await start(config).add('busy', 'g3');
    await clock.advance(29_999);
    expect(sent.filter(({ group }) => group === 'g3')).toEqual([]);
  });

  test('that a kill cut off is taken to be as long as the longest one before', async () => {
    answers['busy'] = [answer(429, { 'retry-after': '20' }), answer(200), NEVER];
    const config = [receiver('busy'), receiver('well')];
    const run = start(...config);
    await run.add('busy', 'g1');
    await clock.advance(20_000);
    answers['well'] = [NEVER];
    await run.add('busy', 'g2');
    await run.add('well', 'g3');
    await clock.advance(40_000 - (clock.nowMs() - NOW));
    sent = [];
    start(...config);
    await clock.advance(30_000);
    expect({ busy: firstTo('busy', 0), well: firstTo('well', 0) }).toEqual({
      busy: 60_000,
      well: 40_000,
    });
  });

  test('keeps its length when the clock is set, also over a kill', async () => {
    answers['busy'] = [answer(429, { 'retry-after': '30' })];
    const { delivery, add } = start(receiver('busy'));
    await add('busy', 'g1');
    await clock.advance(10_000);
    clock.jump(3_600_000);
    delivery.shiftClock(3_600_000);
    await start(receiver('busy')).add('busy', 'g2');
    await clock.advance(19_999);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent.length).toBeGreaterThan(1);
  });

  test('ends in time when the clock was set back while the service was down', async () => {
    answers['busy'] = [answer(429, { 'retry-after': '30' })];
    await start(receiver('busy')).add('busy', 'g1');
    clock = new FakeClock(NOW - 86_400_000);
    start(receiver('busy'));
    await clock.advance(3_600_000);
    expect(sent).toHaveLength(2);
  });
});

describe('lanes', () => {
  test('of destinations that a reload removed are forgotten, also those with a message on its way', async () => {
    const { delivery, add } = start();
    for (let reload = 0; reload < 50; reload += 1) {
      const name = `hook${reload}`;
      if (reload % 2 === 1) answers[name] = [answer(500)];
      delivery.setReceivers([receiver(name)]);
      await add(name, 'g');
    }
    delivery.setReceivers([receiver('last')]);
    await clock.advance(600_000);
    expect({ lanes: delivery.laneCount, counters: delivery.counters }).toEqual({
      lanes: 0,
      counters: { sent: 25, retried: 25, failed: 25, expired: 0 },
    });
  });

  test('of destinations that stay keep their pause over a reload', async () => {
    answers['busy'] = [answer(429, { 'retry-after': '30' })];
    const { delivery, add } = start(receiver('busy'), receiver('other'));
    await add('busy', 'g1');
    delivery.setReceivers([receiver('busy')]);
    await clock.advance(29_999);
    expect(sent).toHaveLength(1);
  });

  test('of sick destinations take no turns of those that work', async () => {
    const sick = ['sick0', 'sick1', 'sick2', 'sick3'];
    for (const name of sick) {
      answers[name] = Array.from({ length: 100 }, () => new Promise(() => undefined));
      answers[name].unshift(answer(500));
    }
    const { add } = start(receiver('well'), ...sick.map((name) => receiver(name)));
    for (const name of sick) await add(name, 'first');
    await clock.advance(5000);
    const fromMs = clock.nowMs();
    for (let index = 0; index < 40; index += 1) {
      for (const name of [...sick, 'well']) await add(name, `g${index}`);
    }
    await clock.advance(0);
    expect({
      sentToWell: sent.filter(({ to }) => to === 'well').length,
      tookMs: clock.nowMs() - fromMs,
    }).toEqual({ sentToWell: 40, tookMs: 0 });
  });
});

test('a template that failed is told in history once, and the message is sent', async () => {
  const channel: Partial<Channel> = {
    prepare: (notification, context) => ({
      ...createWebhookChannel(
        { target: { url: 'http://hook/' }, sendsResolved: true, alertsMax: 0, timeoutMs: 1000 },
        'test',
      ).prepare(notification, context),
      problems: ['title: no such function "x"'],
    }),
  };
  answers['hook'] = [answer(500)];
  await start(receiver('hook', channel)).add('hook', 'g1');
  await clock.advance(10_000);
  const rows = new HistoryTable(database).list({ limit: 10 }).reverse();
  expect(rows.map(({ kind, reason, error }) => [kind, reason, error])).toEqual([
    ['notification.template_failed', 'template', 'title: no such function "x"'],
    ['notification.retried', 'serverError', 'status 500: '],
    ['notification.sent', 'first_notification', undefined],
  ]);
});

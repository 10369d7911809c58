import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { HttpMessage, HttpResult } from '../../../../collector/src/model/http-message.ts';
import {
  type Integration,
  type Receiver,
  UnsendableError,
} from '../../../../collector/src/notify/channels/channel.ts';
import { createWebhookChannel } from '../../../../collector/src/notify/channels/webhook/channel.ts';
import { LabelMatchers } from '../../../../collector/src/notify/stages/matching/label-matchers.ts';
import type { NotifiedAlert } from '../../../../collector/src/notify/stages/notification.ts';
import type { Route } from '../../../../collector/src/notify/stages/routing/route.ts';
import { AlertNotifier } from '../../../../collector/src/runtime/deliver/alert-notifier.ts';
import type { NotifierOptions } from '../../../../collector/src/runtime/deliver/notifier-options.ts';
import { NotifierState } from '../../../../collector/src/runtime/deliver/notifier-state.ts';
import { Outbox } from '../../../../collector/src/runtime/deliver/outbox.ts';
import { OutboxDelivery } from '../../../../collector/src/runtime/deliver/outbox-delivery.ts';
import { createLog } from '../../../../collector/src/runtime/log.ts';
import { type Database, openDatabase } from '../../../../collector/src/runtime/sqlite/database.ts';
import { HistoryTable } from '../../../../collector/src/runtime/sqlite/history.ts';
import { deferred } from '../../../support/collector/deferred.ts';
import { FakeClock } from '../../../support/collector/fake-clock.ts';
import { DEFAULT_BACKOFF } from '../../../support/notify/backoff.ts';

const NOW = 1_700_000_000_000;
const OK: HttpResult = { kind: 'answer', status: 200, headers: {}, body: '' };

let folder = '';
let database: Database;
let clock: FakeClock;
let answers: (HttpResult | Promise<HttpResult>)[] = [];
let sent: { atMs: number; status: string; alerts: string[]; key: string }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-outbox-'));
  database = openDatabase(join(folder, 'telltale.db'), NOW).database;
  clock = new FakeClock(NOW);
  answers = [];
  sent = [];
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function receiver(sendsResolved = true): Receiver {
  const config = { target: { url: 'http://hook/' }, sendsResolved, alertsMax: 0, timeoutMs: 1000 };
  const channel = createWebhookChannel(config, 'test');
  return { name: 'hook', integrations: [{ name: 'webhook[0]', channel }] };
}

async function send(message: HttpMessage): Promise<HttpResult> {
  const payload = JSON.parse(message.body) as {
    status: string;
    alerts: { fingerprint: string; status: string }[];
  };
  const alerts = payload.alerts.map((alert) => `${alert.fingerprint} ${alert.status}`);
  const key = message.headers['idempotency-key'] ?? '';
  sent.push({ atMs: clock.nowMs() - NOW, status: payload.status, alerts, key });
  return (await answers.shift()) ?? OK;
}

const NOTIFIER_OPTIONS: Omit<NotifierOptions, 'root' | 'receivers'> = {
  inhibitRules: [],
  intervals: new Map(),
  resolveTimeoutMs: 300_000,
  externalUrl: '',
  resendAfterMute: 'never_shown',
  flap: undefined,
  policies: [],
  fallbackReceiver: undefined,
  silenceRetentionMs: 0,
  perAlertnameMax: Number.POSITIVE_INFINITY,
  rankOf: () => 1,
  describe: (each) => each,
};

function implicitRoute(receivers: readonly Receiver[]): Route {
  return {
    key: '{}',
    id: '{}',
    matchers: new LabelMatchers([]),
    continues: false,
    receivers: receivers.map(({ name }) => name),
    groupBy: new Set(['alertname']),
    groupWaitMs: 0,
    groupIntervalMs: 30_000,
    repeatIntervalMs: 3_600_000,
    muteIntervals: [],
    activeIntervals: [],
    labels: {},
    isImmediate: true,
    routes: [],
  };
}

interface Service {
  readonly delivery: OutboxDelivery;
  change(...alerts: NotifiedAlert[]): Promise<void>;
  timer(...alerts: NotifiedAlert[]): Promise<void>;
}

function start(receivers: readonly Receiver[] = [receiver()]): Service {
  const outbox = new Outbox(database);
  const root = implicitRoute(receivers);
  const notifier: AlertNotifier = new AlertNotifier(
    {
      state: new NotifierState(database, outbox, root),
      clock,
      onQueued: (row) => delivery.enqueue(row),
      onCommitted: () => delivery.wake(),
      onStorage: () => undefined,
      onHealth: () => undefined,
    },
    { ...NOTIFIER_OPTIONS, root, receivers },
  );
  const delivery: OutboxDelivery = new OutboxDelivery(database, outbox, {
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
    listener: notifier,
  });
  notifier.load();
  delivery.setReceivers(receivers);
  delivery.start();
  const settle = (): Promise<void> => {
    delivery.wake();
    return clock.advance(0);
  };
  return {
    delivery,
    change: (...alerts) => {
      notifier.onChange({ alerts, nowMs: clock.nowMs() }, alerts);
      return settle();
    },
    timer: (...alerts) => {
      notifier.onTimer({ alerts, nowMs: clock.nowMs() });
      return settle();
    },
  };
}

function alert(fingerprint: string, state: 'firing' | 'resolved' = 'firing'): NotifiedAlert {
  return {
    fingerprint,
    labels: { alertname: 'A' },
    annotations: {},
    startsAtMs: NOW,
    generatorUrl: '',
    ...(state === 'resolved' ? { endsAtMs: clock.nowMs() } : {}),
  };
}

function historyKinds(): string[] {
  return new HistoryTable(database)
    .list({ limit: 100 })
    .map(({ kind, reason }) => `${kind} ${reason ?? ''}`)
    .reverse();
}

function answer(status: number, headers: Record<string, string> = {}): HttpResult {
  return { kind: 'answer', status, headers, body: '' };
}

describe('AlertNotifier and OutboxDelivery', () => {
  test('send firing and resolved once each and write both to history', async () => {
    const service = start();
    await service.change(alert('a'));
    await service.change(alert('a'));
    await service.change(alert('a', 'resolved'));
    await service.timer(alert('a', 'resolved'));
    expect(sent.map(({ status, alerts }) => ({ status, alerts }))).toEqual([
      { status: 'firing', alerts: ['a firing'] },
      { status: 'resolved', alerts: ['a resolved'] },
    ]);
    expect(historyKinds()).toEqual([
      'notification.queued first_notification',
      'notification.sent first_notification',
      'notification.queued all_resolved',
      'notification.sent all_resolved',
    ]);
  });

  test('repeat a firing alert after the repeat interval', async () => {
    const service = start();
    await service.change(alert('a'));
    await clock.advance(3_599_999);
    await service.timer(alert('a'));
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    await service.timer(alert('a'));
    expect(sent).toHaveLength(2);
  });

  test('do not tell a receiver without send_resolved of recoveries', async () => {
    const service = start([receiver(false)]);
    await service.change(alert('a'), alert('b'));
    await service.change(alert('a', 'resolved'), alert('b'));
    await service.change(alert('a', 'resolved'), alert('b', 'resolved'));
    await service.change(alert('a'), alert('b', 'resolved'));
    expect(sent.map(({ alerts }) => alerts)).toEqual([['a firing', 'b firing'], ['a firing']]);
  });

  test('try again with growing waits and the same idempotency key until it arrives', async () => {
    answers = [answer(500), { kind: 'no answer', reason: 'network', message: 'refused' }, OK];
    await start().change(alert('a'));
    await clock.advance(60_000);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 1000, 3000]);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  });

  test('send nothing before Retry-After', async () => {
    answers = [answer(429, { 'retry-after': '30' })];
    const service = start();
    await service.change(alert('a'));
    await service.change(alert('a'), alert('b'));
    await clock.advance(29_999);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent.map(({ alerts }) => alerts)).toEqual([['a firing'], ['a firing', 'b firing']]);
  });

  test('show an alert as resolved that resolved before its first message arrived', async () => {
    answers = [answer(503)];
    const service = start();
    await service.change(alert('a'));
    await service.change(alert('a', 'resolved'));
    await clock.advance(1000);
    expect(sent.at(-1)).toMatchObject({ status: 'resolved', alerts: ['a resolved'] });
    expect(sent).toHaveLength(2);
  });

  test('send the firing message late to a receiver without send_resolved', async () => {
    answers = [answer(503)];
    const service = start([receiver(false)]);
    await service.change(alert('a'));
    await service.change(alert('a', 'resolved'));
    await clock.advance(1000);
    expect(sent.map(({ alerts }) => alerts)).toEqual([['a firing'], ['a firing']]);
  });

  test('keep the order of one group while a message is in the network', async () => {
    const gate = deferred<HttpResult>();
    answers = [gate.promise];
    const service = start();
    await service.change(alert('a'));
    await service.change(alert('a', 'resolved'));
    await service.change(alert('b'), alert('a', 'resolved'));
    expect(sent).toHaveLength(1);
    gate.resolve(OK);
    await clock.advance(0);
    expect(sent.map(({ alerts }) => alerts)).toEqual([['a firing'], ['a resolved', 'b firing']]);
  });

  test('give up on an answer that means our mistake, and on a removed receiver', async () => {
    answers = [answer(400)];
    const service = start();
    await service.change(alert('a'));
    await clock.advance(600_000);
    service.delivery.setReceivers([]);
    await service.change(alert('a'), alert('b'));
    expect(sent).toHaveLength(1);
    expect(service.delivery.counters).toMatchObject({ failed: 2, retried: 0 });
    expect(historyKinds()).toEqual([
      'notification.queued first_notification',
      'notification.failed clientError',
      'notification.queued new_alerts',
      'notification.failed other',
    ]);
  });

  test('give up after max_age', async () => {
    answers = Array.from({ length: 1000 }, () => answer(503));
    const service = start();
    await service.change(alert('a'));
    await clock.advance(86_400_000 + 400_000);
    expect(service.delivery.counters).toMatchObject({ sent: 0, expired: 1 });
    expect(service.delivery.waitingCount).toBe(0);
  });

  test('give up at once on a message that can never be sent, and try others again', async () => {
    const failures = [new UnsendableError('no recipient'), new Error('no such file')];
    for (const failure of failures) {
      const [integration] = receiver().integrations;
      const prepare = (): never => {
        throw failure;
      };
      const channel = { ...integration?.channel, prepare } as Integration['channel'];
      const broken = { name: 'hook', integrations: [{ name: 'webhook[0]', channel }] };
      const service = start([broken]);
      await service.change(alert(failure.message));
      const isFinal = failure instanceof UnsendableError;
      expect(service.delivery.counters).toMatchObject({
        failed: isFinal ? 1 : 0,
        retried: isFinal ? 0 : 1,
      });
    }
    expect(sent).toEqual([]);
  });

  test('send again what a crash interrupted', async () => {
    answers = [new Promise<never>(() => undefined)];
    await start().change(alert('a'));
    expect(sent).toHaveLength(1);
    await start().change();
    expect(sent.map(({ key }) => key)).toEqual([sent[0]?.key, sent[0]?.key]);
  });

  test('wait for the network when stopping, but not forever', async () => {
    answers = [new Promise<never>(() => undefined)];
    const service = start();
    await service.change(alert('a'));
    const stopped = service.delivery.stop(5000);
    await clock.advance(5000);
    await stopped;
    expect(service.delivery.waitingCount).toBe(1);
  });
});

test('a receiver that fails at random learns the last state of every alert', async () => {
  const event = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    fires: fc.boolean(),
    waitMs: fc.nat(5000),
    status: fc.constantFrom(200, 200, 429, 500),
  });
  const holds = async (
    events: readonly { id: string; fires: boolean; waitMs: number; status: number }[],
  ): Promise<boolean> => {
    database.run('DELETE FROM outbox');
    database.run('DELETE FROM notifier_state');
    sent = [];
    answers = events.map(({ status }) => answer(status));
    const service = start();
    const states = new Map<string, NotifiedAlert>();
    for (const { id, fires, waitMs } of events) {
      if (!fires && !states.has(id)) continue;
      states.set(id, alert(id, fires ? 'firing' : 'resolved'));
      await service.change(...states.values());
      await clock.advance(waitMs);
    }
    answers = [];
    await clock.advance(600_000);
    const shown = new Map<string, string>();
    for (const { alerts } of sent) {
      for (const text of alerts) shown.set(text.slice(0, 1), text.slice(2));
    }
    return [...states.values()].every(
      (each) =>
        shown.get(each.fingerprint) === (each.endsAtMs === undefined ? 'firing' : 'resolved'),
    );
  };
  await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 12 }), holds), { numRuns: 40 });
});

describe('openDatabase()', () => {
  test('keeps its tables over a restart', () => {
    new HistoryTable(database).add({ tsMs: 1, kind: 'system.start', labels: { a: 'b' }, value: 2 });
    database.close();
    database = openDatabase(join(folder, 'telltale.db'), NOW).database;
    expect(new HistoryTable(database).list({ limit: 1 })).toEqual([
      { id: 1, tsMs: 1, kind: 'system.start', labels: { a: 'b' }, value: 2 },
    ]);
  });

  test('moves a damaged file aside and starts with an empty one', () => {
    const path = join(folder, 'damaged.db');
    writeFileSync(path, 'this is no database, whatever its name says'.repeat(100));
    const opened = openDatabase(path, NOW);
    expect(opened.quarantined).toBe(`${path}.corrupt-${NOW}`);
    expect(new HistoryTable(opened.database).list({ limit: 1 })).toEqual([]);
    opened.database.close();
  });

  test('refuses a file of a newer version', () => {
    const path = join(folder, 'newer.db');
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version=99');
    newer.close();
    expect(() => openDatabase(path, NOW)).toThrow('a newer version wrote it');
  });

  test('undoes a transaction that throws', () => {
    const history = new HistoryTable(database);
    const fail = (): void => {
      history.add({ tsMs: 1, kind: 'system.start' });
      throw new Error('stop');
    };
    expect(() => database.transaction('full', fail)).toThrow('stop');
    expect(history.list({ limit: 9 })).toEqual([]);
  });
});

describe('HistoryTable', () => {
  test('filters, pages newest first and forgets old rows', () => {
    const history = new HistoryTable(database);
    for (let index = 1; index <= 5; index += 1) {
      history.add({
        tsMs: index,
        kind: 'alert.firing',
        alertname: index % 2 === 0 ? 'even' : 'odd',
      });
    }
    const ids = (filter: object): number[] =>
      history.list({ limit: 2, ...filter }).map(({ id }) => id);
    expect(ids({})).toEqual([5, 4]);
    expect(ids({ beforeId: 4 })).toEqual([3, 2]);
    expect(ids({ alertname: 'odd', toMs: 4 })).toEqual([3, 1]);
    expect(history.deleteBefore(4)).toBe(3);
    expect(ids({ limit: 9 })).toEqual([5, 4]);
  });
});

test('a channel that trips over an answer is tried again, and the one beside it is sent', async () => {
  const [{ name, channel }] = receiver().integrations as readonly [Integration];
  const judged: HttpResult[] = [];
  const tripping: typeof channel = {
    ...channel,
    destination: 'elsewhere',
    judge: (result, nowMs) => {
      judged.push(result as HttpResult);
      if (judged.length === 1) throw new TypeError('no such field');
      return channel.judge(result, nowMs);
    },
  };
  const service = start([
    { name: 'tripping', integrations: [{ name, channel: tripping }] },
    receiver(),
  ]);
  await service.change(alert('a'));
  await clock.advance(10_000);
  expect({ judged: judged.length, sent: sent.length, counters: service.delivery.counters }).toEqual(
    {
      judged: 2,
      sent: 3,
      counters: { sent: 2, retried: 1, failed: 0, expired: 0 },
    },
  );
});

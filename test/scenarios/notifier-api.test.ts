import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { HttpResult } from '../../collector/src/model/http-message.ts';
import type { WebhookPayload } from '../../collector/src/notify/channels/webhook/payload.ts';
import { AlertServiceFixture, START } from '../support/collector/alert-service.ts';

const ALERTMANAGER = `route:
  receiver: hook
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 1h
  routes:
    - matchers: [team="db"]
      receiver: db
receivers:
  - name: hook
    webhook_configs: [{url: 'http://hook.test/secret-path'}]
  - name: db
    webhook_configs: [{url: 'http://db.test/'}]
  - name: lead
    webhook_configs: [{url: 'http://lead.test/'}]
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [cluster]
`;

let service: AlertServiceFixture;
beforeEach(() => {
  service = new AlertServiceFixture();
  mkdirSync(service.folder, { recursive: true });
  writeFileSync(join(service.folder, 'alertmanager.yml'), ALERTMANAGER);
  service.configText = `collector:
  listen: {otlp: '', api: '127.0.0.1:0'}
  alertmanager_config: alertmanager.yml
  log: {level: error}
  notify: {flap_damping: {changes: 4, window: 10m}}
  escalation:
    policies:
      oncall:
        matchers: ['alertname="Slow"']
        steps: [{after: 5m, receivers: [lead]}, {after: 10m, receivers: [db]}]
`;
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

interface Sent {
  readonly atMs: number;
  readonly receiver: string;
  readonly reason: string;
  readonly status: string;
  readonly alerts: readonly string[];
}

let sent: Sent[] = [];
let answers: HttpResult[] = [];

async function start(): Promise<void> {
  sent = [];
  answers = [];
  await restart();
}

async function restart(): Promise<void> {
  const app = service.create({
    send: (message) => {
      const payload = JSON.parse(message.body) as WebhookPayload;
      sent.push({
        atMs: service.clock.nowMs() - START,
        receiver: payload.receiver,
        reason: payload.notification_reason,
        status: payload.status,
        alerts: payload.alerts.map(({ labels, status }) => `${labels['alertname']} ${status}`),
      });
      const ok: HttpResult = { kind: 'answer', status: 200, headers: {}, body: '' };
      return Promise.resolve(answers.shift() ?? ok);
    },
  });
  await app.start();
  await service.clock.advance(0);
}

interface Answer<Body> {
  readonly status: number;
  readonly json: Body;
}

async function call<Body = unknown>(
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<Body>> {
  const response = await fetch(`http://127.0.0.1:${service.app.ports.api}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  await service.clock.advance(0);
  return { status: response.status, json: (text === '' ? undefined : JSON.parse(text)) as Body };
}

async function post(labels: Record<string, string>, extra: object = {}): Promise<void> {
  const answer = await call('POST', '/api/v2/alerts', [{ labels, ...extra }]);
  expect(answer).toEqual({ status: 200, json: undefined });
}

/** Posts the alerts again as Prometheus does, so that they do not time out. */
async function keepPosting(labels: Record<string, string>, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await service.clock.advance(60_000);
    await post(labels);
  }
}

async function resolve(labels: Record<string, string>): Promise<void> {
  await post(labels, { endsAt: new Date(service.clock.nowMs()).toISOString() });
}

interface AlertBody {
  readonly id: string;
  readonly state: string;
  readonly ack: { readonly by: string } | null;
  readonly latch: { readonly by: string } | null;
  readonly silencedBy: readonly string[];
}

async function alerts(query = ''): Promise<readonly AlertBody[]> {
  const { json } = await call<{ alerts: AlertBody[] }>('GET', `/monitoring/alerts${query}`);
  return json.alerts;
}

async function idOf(alertname: string): Promise<string> {
  const [alert] = await alerts(`?alertname=${alertname}`);
  return alert?.id ?? '';
}

const told = (): string[] =>
  sent.map(({ receiver, reason, alerts: shown }) => `${receiver}: ${shown.join(', ')} (${reason})`);

describe('alerts that others post', () => {
  test('wait for their group, repeat, and resolve once', async () => {
    await start();
    await post({ alertname: 'Slow', team: 'db' });
    await service.clock.advance(9000);
    expect(sent).toEqual([]);
    await keepPosting({ alertname: 'Slow', team: 'db' }, 2);
    await resolve({ alertname: 'Slow', team: 'db' });
    await service.clock.advance(120_000);
    expect(sent).toEqual([
      {
        atMs: 10_000,
        receiver: 'db',
        reason: 'first_notification',
        status: 'firing',
        alerts: ['Slow firing'],
      },
      {
        atMs: 130_000,
        receiver: 'db',
        reason: 'all_resolved',
        status: 'resolved',
        alerts: ['Slow resolved'],
      },
    ]);
  });

  test('end when they are not posted again', async () => {
    await start();
    await post({ alertname: 'Lost' });
    await service.clock.advance(7 * 60_000);
    expect(told()).toEqual([
      'hook: Lost firing (first_notification)',
      'hook: Lost resolved (all_resolved)',
    ]);
    const { json } = await call<{ history: { kind: string; reason: string }[] }>(
      'GET',
      '/monitoring/alerts/history?alertname=Lost&kind=alert.resolved',
    );
    expect(json.history.map(({ reason }) => reason)).toEqual(['not_posted_again']);
  });

  test('keep their group timer over a crash, and are not told twice', async () => {
    await start();
    await post({ alertname: 'Slow' });
    await service.clock.advance(5000);
    await service.crash();
    await service.clock.advance(1000);
    await restart();
    await service.clock.advance(3999);
    expect(sent).toEqual([]);
    await service.clock.advance(1);
    expect(told()).toEqual(['hook: Slow firing (first_notification)']);
    await service.crash();
    await restart();
    await keepPosting({ alertname: 'Slow' }, 3);
    expect(sent).toHaveLength(1);
    await resolve({ alertname: 'Slow' });
    await service.crash();
    await restart();
    await service.clock.advance(60_000);
    expect(told().slice(1)).toEqual(['hook: Slow resolved (all_resolved)']);
  });

  test.each([
    [[{ labels: {} }], 'at least one label pair required'],
    [[{ labels: { a: 1 } }], 'labels must be a map of texts'],
    [[{ labels: { a: 'b' }, startsAt: 'soon' }], 'startsAt must be an RFC 3339 time'],
    [{}, 'the body must be a list of alerts'],
  ])('%j is refused', async (body, message) => {
    await start();
    const answer = await call<string>('POST', '/api/v2/alerts', body);
    expect(answer.status).toBe(400);
    expect(answer.json).toContain(message);
  });
});

describe('muting', () => {
  test('an inhibited alert is not told until its source has ended', async () => {
    await start();
    await post({ alertname: 'Down', severity: 'critical', cluster: 'a' });
    await post({ alertname: 'Slow', severity: 'warning', cluster: 'a' });
    await service.clock.advance(20_000);
    expect(told()).toEqual(['hook: Down firing (first_notification)']);
    await resolve({ alertname: 'Down', severity: 'critical', cluster: 'a' });
    await service.clock.advance(60_000);
    expect(told().slice(1).toSorted()).toEqual([
      'hook: Down resolved (all_resolved)',
      'hook: Slow firing (first_notification)',
    ]);
  });

  test('who was told before a silence hears of the end under it', async () => {
    await start();
    await post({ alertname: 'Slow' });
    await service.clock.advance(10_000);
    const silence = {
      matchers: [{ name: 'alertname', value: 'Slow' }],
      duration: '1h',
      comment: 'x',
    };
    const { status } = await call('POST', '/monitoring/silences', silence);
    expect(status).toBe(200);
    expect((await alerts())[0]?.silencedBy).toHaveLength(1);
    await resolve({ alertname: 'Slow' });
    await service.clock.advance(60_000);
    expect(told()).toEqual([
      'hook: Slow firing (first_notification)',
      'hook: Slow resolved (all_resolved)',
    ]);
  });

  test('a silence until resolved ends with its alerts, and the next episode is told', async () => {
    await start();
    await post({ alertname: 'Slow' });
    const { json } = await call<{ id: string; alerts: string[] }>('POST', '/monitoring/silences', {
      matchers: [{ name: 'alertname', value: 'Slow' }],
      until_resolved: true,
    });
    expect(json.alerts).toHaveLength(1);
    await keepPosting({ alertname: 'Slow' }, 2);
    expect(sent).toEqual([]);
    await resolve({ alertname: 'Slow' });
    await service.clock.advance(60_000);
    const { json: ended } = await call<{ status: { state: string } }>(
      'GET',
      `/api/v2/silence/${json.id}`,
    );
    expect(ended.status.state).toBe('expired');
    await post({ alertname: 'Slow' });
    await service.clock.advance(60_000);
    expect(told()).toEqual(['hook: Slow firing (first_notification)']);
  });

  test.each([
    [{ matchers: [] }, 'at least one matcher required'],
    [{ matchers: [{ name: 'a', value: '.*', isRegex: true }] }, 'must not match the empty string'],
    [{ matchers: [{ name: 'a', value: '(', isRegex: true }] }, 'invalid regular expression'],
    [{ matchers: [{ name: 'a', value: 'b' }], duration: 'soon' }, 'duration must be a duration'],
    [
      { matchers: [{ name: 'alertname', value: '.+', isRegex: true }] },
      '{alertname=~".+"} would mute everything that fires or will fire: name what is to be silent, or send "confirm": true',
    ],
    [
      {
        matchers: [
          { name: 'alertname', value: 'x{0}.*[^ ]', isRegex: true },
          { name: 'a', value: '', isEqual: false },
        ],
      },
      'would mute everything',
    ],
  ])('the silence %j is refused', async (body, message) => {
    await start();
    const answer = await call<{ error: { message: string } }>('POST', '/monitoring/silences', {
      duration: '1h',
      ...body,
    });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain(message);
  });
});

describe('people', () => {
  test('acknowledge: no repeats and no escalation, over a crash, until it is taken back', async () => {
    await start();
    await post({ alertname: 'Slow' });
    await service.clock.advance(10_000);
    const id = await idOf('Slow');
    const acked = await call<AlertBody>('POST', `/monitoring/alerts/${id}/ack`, { by: 'ann' });
    expect(acked.json.ack?.by).toBe('ann');
    await service.crash();
    await restart();
    await keepPosting({ alertname: 'Slow' }, 90);
    expect(told()).toEqual(['hook: Slow firing (first_notification)']);
    expect((await call('DELETE', `/monitoring/alerts/${id}/ack`)).status).toBe(200);
    await keepPosting({ alertname: 'Slow' }, 6);
    expect(told().slice(1)).toEqual([
      'hook: Slow firing (repeat)',
      'lead: Slow firing (escalation)',
    ]);
    expect((await call('DELETE', `/monitoring/alerts/${id}/ack`)).status).toBe(409);
  });

  test('resolve by hand: the source does not fire it again until it has resolved', async () => {
    await start();
    await post({ alertname: 'Lost' });
    await service.clock.advance(10_000);
    const id = await idOf('Lost');
    const latched = await call<AlertBody>('POST', `/monitoring/alerts/${id}/resolve`, { by: 'bo' });
    expect([latched.json.state, latched.json.latch?.by]).toEqual(['resolved', 'bo']);
    await keepPosting({ alertname: 'Lost' }, 5);
    await service.crash();
    await restart();
    await keepPosting({ alertname: 'Lost' }, 5);
    expect(told()).toEqual([
      'hook: Lost firing (first_notification)',
      'hook: Lost resolved (all_resolved)',
    ]);
    await resolve({ alertname: 'Lost' });
    await service.clock.advance(120_000);
    await post({ alertname: 'Lost' });
    await service.clock.advance(60_000);
    expect(told().slice(2)).toEqual(['hook: Lost firing (first_notification)']);
  });

  test('escalation: each step once, over crashes, and everyone hears of the end', async () => {
    await start();
    await post({ alertname: 'Slow' });
    for (let minute = 0; minute < 12; minute += 1) {
      await service.crash();
      await restart();
      await keepPosting({ alertname: 'Slow' }, 1);
    }
    await resolve({ alertname: 'Slow' });
    await service.clock.advance(60_000);
    expect(told()).toEqual([
      'hook: Slow firing (first_notification)',
      'lead: Slow firing (escalation)',
      'db: Slow firing (escalation)',
      'hook: Slow resolved (all_resolved)',
      'db: Slow resolved (all_resolved)',
      'lead: Slow resolved (all_resolved)',
    ]);
  });

  test('escalate now sends the next step', async () => {
    await start();
    await post({ alertname: 'Slow' });
    await service.clock.advance(10_000);
    const id = await idOf('Slow');
    expect((await call('POST', `/monitoring/alerts/${id}/escalate`, {})).status).toBe(200);
    expect(told().at(-1)).toBe('lead: Slow firing (escalation)');
    expect((await call('POST', '/monitoring/alerts/0000000000000000/escalate', {})).status).toBe(
      404,
    );
  });

  test('an alert that flaps is told once and again when it rests', async () => {
    await start();
    for (let turn = 0; turn < 8; turn += 1) {
      await post({ alertname: 'Flaps' });
      await service.clock.advance(70_000);
      await resolve({ alertname: 'Flaps' });
      await service.clock.advance(70_000);
    }
    const damped = sent.length;
    await service.clock.advance(20 * 60_000);
    expect(damped).toBeLessThan(8);
    expect(told().at(-1)).toBe('hook: Flaps resolved (all_resolved)');
  });
});

test('what a receiver refuses for good goes to the fallback receiver', async () => {
  service.configText = service.configText.replace(
    'notify: {',
    'notify: {fallback_receiver: lead, ',
  );
  await start();
  answers = [{ kind: 'answer', status: 400, headers: {}, body: 'no such channel' }];
  await post({ alertname: 'Lost' });
  await service.clock.advance(10_000);
  expect(told().slice(0, 2)).toEqual([
    'hook: Lost firing (first_notification)',
    'lead: Lost firing (first_notification)',
  ]);
});

test('a bad alertmanager.yml is refused with its place, and the old one runs on', async () => {
  await start();
  const file = join(service.folder, 'alertmanager.yml');
  writeFileSync(file, ALERTMANAGER.replace('receiver: db', 'receiver: absent'));
  const answer = await call<{ error: { message: string } }>('POST', '/-/reload');
  expect([answer.status, answer.json.error.message]).toEqual([
    400,
    'alertmanager.yml:9:7: route.routes[0].receiver: Unknown receiver "absent"',
  ]);
  await post({ alertname: 'Slow', team: 'db' });
  await service.clock.advance(10_000);
  expect(told()).toEqual(['db: Slow firing (first_notification)']);
});

test('no secret is shown', async () => {
  await start();
  const { json } = await call<{ config: { original: string } }>('GET', '/api/v2/status');
  expect(json.config.original).not.toContain('secret-path');
  expect(json.config.original).toContain('<secret>');
});

test('alerts can be asked for by their ids; what is not known is left out', async () => {
  await start();
  for (const alertname of ['Slow', 'Wrong', 'Gone']) await post({ alertname });
  const ids = [await idOf('Slow'), await idOf('Gone'), '0123456789abcdef'];
  const path = `/monitoring/alerts?${ids.map((id) => `id=${id}`).join('&')}`;
  const { json } = await call<{ alerts: { alertname: string }[] }>('GET', path);
  expect(json.alerts.map(({ alertname }) => alertname).toSorted()).toEqual(['Gone', 'Slow']);
});

test('the event stream tells what changed', async () => {
  await start();
  const controller = new AbortController();
  const response = await fetch(`http://127.0.0.1:${service.app.ports.api}/monitoring/events`, {
    signal: controller.signal,
  });
  const reader = response.body?.getReader();
  await post({ alertname: 'Slow' });
  let text = '';
  while (!text.includes('event: alerts')) {
    const piece = await reader?.read();
    text += Buffer.from(piece?.value ?? []).toString('utf8');
  }
  controller.abort();
  expect(text).toContain(`event: alerts\ndata: {"ids":["${await idOf('Slow')}"]}\n\n`);
});

test('keys may do what their scopes allow, and every act keeps who did it', async () => {
  writeFileSync(join(service.folder, 'read-key'), 'read-secret\n');
  writeFileSync(join(service.folder, 'write-key'), 'write-secret\n');
  writeFileSync(join(service.folder, 'ingest-key'), 'ingest-secret\n');
  service.configText += `  api_keys:
    - {name: reader, key_file: read-key, scopes: [read]}
    - {name: writer, key_file: write-key, scopes: [read, write]}
    - {name: sender, key_file: ingest-key, scopes: [ingest]}
`;
  await start();
  const api = `http://127.0.0.1:${service.app.ports.api}`;
  const withKey = async (key: string, target: string, body?: unknown): Promise<number> => {
    const [method = '', path = ''] = target.split(' ');
    const response = await fetch(api + path, {
      method,
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await service.clock.advance(0);
    return response.status;
  };
  const alert = [{ labels: { alertname: 'Slow' } }];
  const silence = { matchers: [{ name: 'a', value: 'b' }], duration: '1h', createdBy: 'ann' };
  expect([
    await withKey('sender-secret', 'GET /api/v2/alerts'),
    await withKey('read-secret', 'GET /api/v2/alerts'),
    await withKey('read-secret', 'POST /api/v2/alerts', alert),
    await withKey('ingest-secret', 'POST /api/v2/alerts', alert),
    await withKey('ingest-secret', 'GET /monitoring/alerts'),
    await withKey('read-secret', 'POST /monitoring/silences', silence),
    await withKey('write-secret', 'POST /monitoring/silences', silence),
    await withKey('write-secret', 'POST /-/reload'),
  ]).toEqual([401, 200, 403, 200, 403, 403, 200, 403]);
  const history = service.app.core.parts.history.list({ kind: 'silence.created', limit: 1 });
  expect(history.map(({ actor }) => actor)).toEqual(['writer (ann)']);
});

test('a write of another content type is refused, as a foreign page would send it', async () => {
  await start();
  const response = await fetch(`http://127.0.0.1:${service.app.ports.api}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{}',
  });
  expect(response.status).toBe(415);
});

test('what is posted before the notifier has read its state is refused, not lost', async () => {
  await start();
  await post({ alertname: 'Slow' });
  await service.crash();
  const app = service.create();
  const [answer] = await Promise.all([
    // The listener is open a moment before the state is read.
    (async () => {
      while (app.ports.api === undefined || app.ports.api === 0) {
        await new Promise((next) => setImmediate(next));
      }
      return call('POST', '/api/v2/alerts', [{ labels: { alertname: 'Early' } }]);
    })(),
    app.start(),
  ]);
  const names = (await alerts()).length;
  expect([answer.status, names]).toEqual(answer.status === 200 ? [200, 2] : [503, 1]);
});

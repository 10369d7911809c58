import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { WebhookPayload } from '../../collector/src/notify/channels/webhook/payload.ts';
import { AlertServiceFixture, START } from '../support/collector/alert-service.ts';

const ALERTMANAGER = `route: {receiver: hook, group_by: [alertname], group_wait: 10s, group_interval: 1m}
receivers: [{name: hook, webhook_configs: [{url: 'http://hook.test/'}]}]
`;

let service: AlertServiceFixture;
let told: string[] = [];

beforeEach(async () => {
  told = [];
  service = new AlertServiceFixture();
  mkdirSync(service.folder, { recursive: true });
  writeFileSync(join(service.folder, 'alertmanager.yml'), ALERTMANAGER);
  service.configText = `collector:
  listen: {otlp: '', api: '127.0.0.1:0'}
  alertmanager_config: alertmanager.yml
  log: {level: error}
  notify: {limits: {per_alertname: 3}}
`;
  const app = service.create({
    send: (message) => {
      const payload = JSON.parse(message.body) as WebhookPayload;
      const alerts = payload.alerts.map((each) => `${each.labels['alertname']} ${each.status}`);
      told.push(`${payload.receiver}: ${alerts.join(', ')} (${payload.notification_reason})`);
      return Promise.resolve({ kind: 'answer', status: 200, headers: {}, body: '' });
    },
  });
  await app.start();
  await service.clock.advance(0);
});
afterEach(async () => {
  await service.stop();
  service.remove();
});

async function call<Body = unknown>(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly json: Body }> {
  const response = await fetch(`http://127.0.0.1:${service.app.ports.api}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  await service.clock.advance(0);
  return { status: response.status, json: (text === '' ? undefined : JSON.parse(text)) as Body };
}

async function post(labels: Record<string, string>, extra: object = {}): Promise<void> {
  const answer = await call('POST', '/api/v2/alerts', [{ labels, ...extra }]);
  expect(answer).toEqual({ status: 200, json: undefined });
}

test('a flood of one name is bounded, the sender is told, and one alert names it', async () => {
  const flood = Array.from({ length: 5 }, (_, each) => ({ alertname: 'Disk', disk: String(each) }));
  const other = { alertname: 'Other' };
  const answer = await call(
    'POST',
    '/api/v2/alerts',
    [...flood, other].map((labels) => ({ labels })),
  );
  expect(answer).toEqual({
    status: 400,
    json: 'no room for 2 more alerts: too many fire already; TelltaleAlertFlood names them',
  });
  // What fires already may be posted again, and may end; then there is room for another.
  const [first = {}, , , fourth = {}] = flood;
  await post(first);
  await post(first, { endsAt: new Date(service.clock.nowMs()).toISOString() });
  await post(fourth);
  await service.clock.advance(10_000);
  const metrics = await fetch(`http://127.0.0.1:${service.app.ports.api}/metrics`);
  expect({
    told: told.toSorted(),
    metric: /^telltale_collector_alerts_refused_total\S* (\d+)/mu.exec(await metrics.text())?.[1],
  }).toEqual({
    told: [
      'hook: Disk resolved, Disk firing, Disk firing, Disk firing (first_notification)',
      'hook: Other firing (first_notification)',
      'hook: TelltaleAlertFlood firing (first_notification)',
    ],
    metric: '2',
  });
  for (let minute = 0; minute < 7; minute += 1) {
    await service.clock.advance(60_000);
    await post(other);
  }
  expect(told).toContain('hook: TelltaleAlertFlood resolved (all_resolved)');
});

test('a silence for everything is made when that is confirmed, or as Alertmanager makes it', async () => {
  const matchers = [{ name: 'alertname', value: '.+', isRegex: true, isEqual: true }];
  const confirmed = await call('POST', '/monitoring/silences', {
    matchers,
    duration: '1h',
    confirm: true,
  });
  const times = {
    startsAt: new Date(service.clock.nowMs()),
    endsAt: new Date(START + 3_600_000),
  };
  const asAmtool = await call('POST', '/api/v2/silences', { matchers, ...times });
  const { json } = await call<{ history: { error?: string }[] }>(
    'GET',
    '/monitoring/alerts/history?kind=silence.created',
  );
  expect([confirmed.status, asAmtool.status, json.history.map(({ error }) => error)]).toEqual([
    200,
    200,
    ['mutes everything', 'mutes everything'],
  ]);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { WebhookPayload } from '../../collector/src/notify/channels/webhook/payload.ts';
import { AlertServiceFixture } from '../support/collector/alert-service.ts';

interface Told {
  readonly status: string;
  readonly startsAt: string;
  readonly labels: Readonly<Record<string, string>>;
}

let service: AlertServiceFixture;
let told: Told[] = [];

beforeEach(() => {
  told = [];
  service = new AlertServiceFixture();
  service.configure();
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

const groupOf = (name: string, rule: string): string =>
  `groups:\n- name: ${name}\n  interval: 10s\n  rules: [${rule}]\n`;

const HIGH = '{alert: High, expr: queue_depth > 10, for: 10s}';

async function start(): Promise<void> {
  const app = service.create({
    send: (message) => {
      const { alerts } = JSON.parse(message.body) as WebhookPayload;
      told.push(...alerts.map(({ status, startsAt, labels }) => ({ status, startsAt, labels })));
      return Promise.resolve({ kind: 'answer', status: 200, headers: {}, body: '' });
    },
  });
  await app.start();
  await service.clock.advance(0);
}

/** Half a minute with a full queue: the alert fires. */
async function fire(): Promise<void> {
  for (let step = 0; step < 6; step += 1) {
    await service.gauge(20);
    await service.clock.advance(10_000);
  }
}

async function reload(): Promise<number> {
  const url = `http://127.0.0.1:${service.app.ports.api}/-/reload`;
  return (await fetch(url, { method: 'POST' })).status;
}

test('a group or a file that is renamed by a reload keeps its alerts, and no message is sent', async () => {
  service.writeRules(groupOf('a', HIGH));
  await start();
  await fire();
  expect(told.map(({ status }) => status)).toEqual(['firing']);
  service.writeRules(groupOf('b', HIGH));
  expect(await reload()).toBe(200);
  await fire();
  writeFileSync(join(service.folder, 'other.yml'), groupOf('b', HIGH));
  service.configText = service.configText.replace('[rules.yml]', '[other.yml]');
  expect(await reload()).toBe(200);
  await fire();
  expect(told).toHaveLength(1);
  expect(await service.alerts()).toEqual(['High firing']);
});

test('a rule that got another expression while its group was renamed is another rule', async () => {
  service.writeRules(groupOf('a', HIGH));
  await start();
  await fire();
  service.writeRules(groupOf('b', '{alert: High, expr: queue_depth > 15, for: 10s}'));
  expect(await reload()).toBe(200);
  await fire();
  expect(told.map(({ status }) => status)).toEqual(['firing', 'resolved', 'firing']);
});

test('a group that is renamed while the service is down keeps its alerts', async () => {
  service.writeRules(groupOf('a', HIGH));
  await start();
  await fire();
  const [{ startsAt } = { startsAt: '' }] = told;
  await service.stop();
  service.writeRules(groupOf('b', HIGH));
  await start();
  await fire();
  await service.gauge(0);
  await service.clock.advance(600_000);
  expect(told.map((one) => [one.status, one.startsAt])).toEqual([
    ['firing', startsAt],
    ['resolved', startsAt],
  ]);
});

test('a raised for resolves the alert that was told, with the beginning that was told', async () => {
  service.writeRules(groupOf('a', HIGH));
  await start();
  await fire();
  service.writeRules(groupOf('a', HIGH.replace('for: 10s', 'for: 1h')));
  expect(await reload()).toBe(200);
  await fire();
  await service.clock.advance(600_000);
  expect(told.map(({ status }) => status)).toEqual(['firing', 'resolved']);
  expect(told[1]?.startsAt).toBe(told[0]?.startsAt);
});

test('external labels reach messages and templates; the labels of an alert win', async () => {
  service.configure('  external_labels: {cluster: eu-1, team: all}\n');
  const labels = 'labels: {team: search, place: "{{ $externalLabels.cluster }}"}';
  service.writeRules(groupOf('a', `{alert: High, expr: queue_depth > 10, ${labels}}`));
  await start();
  await fire();
  await service.gauge(0);
  await service.clock.advance(600_000);
  const expected = {
    alertname: 'High',
    cluster: 'eu-1',
    instance: 'i1',
    job: 'shop',
    place: 'eu-1',
    team: 'search',
  };
  expect(told.map((one) => [one.status, one.labels])).toEqual([
    ['firing', expected],
    ['resolved', expected],
  ]);
});

test.each(['/api/v1/rules', '/api/v1/alerts'])('%s waits until alerts are read', async (path) => {
  service.writeRules(groupOf('a', HIGH));
  await start();
  expect((await service.get(path)).status).toBe(200);
  service.app.core.parts.notifier.stop();
  const answer = await service.get(path);
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
    503,
    '1',
    { status: 'error', errorType: 'unavailable', error: 'the service is starting or stopping' },
  ]);
});

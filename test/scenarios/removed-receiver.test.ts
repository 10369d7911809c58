import { afterEach, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';

const service = new AlertServiceFixture();
afterEach(async () => {
  await service.stop();
  service.remove();
});

const answer = (status: number) =>
  ({ kind: 'answer', status, headers: { 'retry-after': '30' }, body: '' }) as const;

/** A service whose receiver `hook` was told to answer so, with one alert that fires. */
async function startWith(statuses: readonly number[]): Promise<void> {
  service.writeRules('groups: [{name: g, rules: [{alert: Deep, expr: queue_depth > 1}]}]\n');
  service.configure();
  service.answers.push(...statuses.map(answer));
  await service.start();
  await service.gauge(5);
  await service.clock.advance(1_000);
}

/** Names of all alerts that fire, also those that are no rule's. */
async function firing(): Promise<string[]> {
  const { alerts } = (await (await service.get('/monitoring/alerts?state=firing')).json()) as {
    alerts: { alertname: string }[];
  };
  return alerts.map(({ alertname }) => alertname).toSorted();
}

function renameReceiver(): void {
  service.configText = service.configText.replace('name: hook', 'name: other');
  expect(service.app.reload('ann')).toEqual([]);
}

test('a message whose receiver a reload removed fails, and the new one is told', async () => {
  await startWith([503]);
  renameReceiver();
  await service.clock.advance(120_000);
  expect(await firing()).toEqual(['Deep']);
  expect(service.sent.map(({ alerts }) => alerts)).toEqual([['Deep firing'], ['Deep firing']]);
  const { history } = (await (await service.get('/monitoring/alerts/history')).json()) as {
    history: { kind: string; receiver?: string; error?: string }[];
  };
  expect(
    history
      .filter(({ kind }) => kind === 'notification.failed')
      .map(({ receiver, error }) => [receiver, error]),
  ).toEqual([['hook', 'the receiver was removed from the configuration']]);
});

test('the alert about a receiver that fails ends when a reload removes it', async () => {
  await startWith([400]);
  expect(await firing()).toEqual(['Deep', 'TelltaleReceiverFails']);
  renameReceiver();
  await service.clock.advance(60_000);
  expect(await firing()).toEqual(['Deep']);
});

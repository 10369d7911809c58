import { describe, expect, test } from 'vitest';

import type { Channel, ChannelContext } from '../../../../collector/src/notify/channels/channel.ts';
import { createLogChannel } from '../../../../collector/src/notify/channels/log/channel.ts';
import { createWebhookChannel } from '../../../../collector/src/notify/channels/webhook/channel.ts';
import type { Notification } from '../../../../collector/src/notify/stages/notification.ts';

const START = Date.parse('2026-01-02T03:04:05.678Z');

const notification: Notification = {
  receiver: 'all',
  groupKey: '{}:{alertname="ModelDrift", model="m1"}',
  groupLabels: { alertname: 'ModelDrift', model: 'm1' },
  reason: 'first_notification',
  externalUrl: 'http://alerts.example',
  idempotencyKey: 'key-1',
  alerts: [
    {
      fingerprint: '0b23acf6bd8566f2',
      labels: { alertname: 'ModelDrift', model: 'm1', severity: 'warning' },
      annotations: { summary: 'PSI 0.31', runbook: 'r' },
      startsAtMs: START,
      generatorUrl: 'http://alerts.example/graph',
    },
    {
      fingerprint: '1fce4972e08ccb97',
      labels: { alertname: 'ModelDrift', model: 'm1', severity: 'critical' },
      annotations: { summary: 'PSI 0.5', runbook: 'r' },
      startsAtMs: START,
      endsAtMs: START + 1000,
      generatorUrl: '',
    },
  ],
};

const context: ChannelContext = {
  nowMs: START,
  readSecret: (path) => (path === '/u' ? 'https://hook.example/u' : `secret of ${path}`),
  readFile: (path) => `file ${path}`,
};

function webhook(alertsMax = 0): Channel {
  const target = { url: 'http://hook.example/a' };
  return createWebhookChannel(
    { target, sendsResolved: true, alertsMax, timeoutMs: 10_000 },
    'Telltale/1',
  );
}

describe('createWebhookChannel()', () => {
  test('posts the version-4 message', () => {
    const delivery = webhook().prepare(notification, context);
    expect(delivery.kind).toBe('http');
    if (delivery.kind !== 'http') return;
    const { body, ...rest } = delivery.message;
    expect(rest).toEqual({
      method: 'POST',
      url: 'http://hook.example/a',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Telltale/1',
        'idempotency-key': 'key-1',
      },
      timeoutMs: 10_000,
    });
    expect(JSON.parse(body)).toEqual({
      version: '4',
      groupKey: '{}:{alertname="ModelDrift", model="m1"}',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'all',
      groupLabels: { alertname: 'ModelDrift', model: 'm1' },
      commonLabels: { alertname: 'ModelDrift', model: 'm1' },
      commonAnnotations: { runbook: 'r' },
      routeLabels: {},
      notification_reason: 'first_notification',
      externalURL: 'http://alerts.example',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'ModelDrift', model: 'm1', severity: 'warning' },
          annotations: { summary: 'PSI 0.31', runbook: 'r' },
          startsAt: '2026-01-02T03:04:05.678Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'http://alerts.example/graph',
          fingerprint: '0b23acf6bd8566f2',
        },
        {
          status: 'resolved',
          labels: { alertname: 'ModelDrift', model: 'm1', severity: 'critical' },
          annotations: { summary: 'PSI 0.5', runbook: 'r' },
          startsAt: '2026-01-02T03:04:05.678Z',
          endsAt: '2026-01-02T03:04:06.678Z',
          generatorURL: '',
          fingerprint: '1fce4972e08ccb97',
        },
      ],
    });
  });

  test('cuts the list of alerts, not the count and not what they have in common', () => {
    const delivery = webhook(1).prepare(notification, context);
    const body = delivery.kind === 'http' ? JSON.parse(delivery.message.body) : {};
    expect([body.truncatedAlerts, body.alerts.length, body.commonAnnotations]).toEqual([
      1,
      1,
      { runbook: 'r' },
    ]);
  });

  test('reads the URL and the token from their files for each message', () => {
    const channel = createWebhookChannel(
      {
        target: { urlFile: '/u' },
        sendsResolved: true,
        alertsMax: 0,
        timeoutMs: 1,
        credentialsFile: '/c',
      },
      'Telltale/1',
    );
    expect(channel.prepare(notification, context)).toMatchObject({
      message: { url: 'https://hook.example/u', headers: { authorization: 'Bearer secret of /c' } },
    });
  });
});

test('createLogChannel() writes status and labels of each alert', () => {
  expect(createLogChannel({ sendsResolved: true }).prepare(notification, context)).toMatchObject({
    kind: 'log',
    fields: {
      receiver: 'all',
      status: 'firing',
      alerts: [{ status: 'firing' }, { status: 'resolved' }],
    },
  });
});

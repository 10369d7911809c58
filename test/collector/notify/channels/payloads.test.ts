import { expect, test } from 'vitest';

import type { Notification } from '../../../../collector/src/notify/stages/notification.ts';
import {
  bodyOf,
  CONTEXT,
  channelOf,
  DRIFT_ALERTS,
  NOW_MS,
  notificationOf,
} from '../../../support/notify/channel-of.ts';

const PAGE = 'http://alerts.example:9465/#/alerts?receiver=all';
const FIRST =
  'Labels:\n - alertname = ModelDrift\n - model = m1\n - severity = warning\n' +
  'Annotations:\n - summary = PSI 0.31\nSource: http://alerts.example/graph\n';
const SECOND =
  'Labels:\n - alertname = ModelDrift\n - feature = é\n - model = m1\n - severity = critical\n' +
  'Annotations:\n - summary = PSI 0.5\nSource: \n';

const RESOLVED: Notification = notificationOf({
  reason: 'all_resolved',
  alerts: DRIFT_ALERTS.slice(1).map((alert) => ({ ...alert, endsAtMs: NOW_MS + 60_000 })),
});

const LINKED: Notification = notificationOf({
  alerts: DRIFT_ALERTS.slice(0, 1).map((alert) => ({
    ...alert,
    links: { page: 'http://t/a', runbook: 'http://t/r', trace: 'http://t/t' },
    drift: { feature: 'age', score: 0.3124, detector: 'psi', sinceMs: NOW_MS },
  })),
});

function payload(type: string, entry: object, notification = notificationOf()): unknown {
  return bodyOf(channelOf(type, entry).prepare(notification, CONTEXT));
}

/** Blank lines carry no meaning in Discord's and Telegram's texts. */
function collapse(text: string): string {
  return text.trim().replaceAll(/\n{2,}/gu, '\n');
}

test('Slack: the attachment of a firing group', () => {
  const entry = { api_url: 'https://hooks.slack.example/T', channel: '#ml' };
  expect(payload('slack', entry)).toEqual({
    channel: '#ml',
    username: 'Telltale',
    attachments: [
      {
        title: '[FIRING:2] ModelDrift m1 ',
        title_link: PAGE,
        text: '',
        fallback: `[FIRING:2] ModelDrift m1  | ${PAGE}`,
        callback_id: '',
        footer: '',
        color: 'danger',
        mrkdwn_in: ['fallback', 'pretext', 'text'],
      },
    ],
  });
});

test('Slack: a resolved group is good, fields and actions are filled in', () => {
  const entry = {
    api_url: 'https://hooks.slack.example/T',
    icon_emoji: ':fire:',
    link_names: 'true',
    short_fields: 'true',
    fields: [
      { title: 'Model', value: '{{ .CommonLabels.model }}' },
      { title: 'Long', value: 'x', short: 'false' },
    ],
    actions: [
      { type: 'button', text: 'Go', url: '{{ .ExternalURL }}', style: 'primary', name: 'unused' },
      { type: 'button', text: 'Ack', name: 'ack', value: 'v', confirm: { text: 'Sure?' } },
    ],
  };
  expect(payload('slack', entry, RESOLVED)).toMatchObject({
    icon_emoji: ':fire:',
    link_names: true,
    attachments: [
      {
        title: '[RESOLVED] ModelDrift m1 (é critical)',
        color: 'good',
        fields: [
          { title: 'Model', value: 'm1', short: true },
          { title: 'Long', value: 'x', short: false },
        ],
        actions: [
          { type: 'button', text: 'Go', url: 'http://alerts.example:9465', style: 'primary' },
          { type: 'button', text: 'Ack', name: 'ack', value: 'v', confirm: { text: 'Sure?' } },
        ],
      },
    ],
  });
});

test('PagerDuty: the event of a firing group has the severity of its worst alert', () => {
  expect(payload('pagerduty', { routing_key: 'R0' })).toEqual({
    routing_key: 'R0',
    dedup_key: 'cea6b30dbc83abaae46f4f95f4d903d8a2ac1083a1235e27afeefb25ba2154ce',
    event_action: 'trigger',
    client: 'Telltale',
    client_url: PAGE,
    payload: {
      summary: '[FIRING:2] ModelDrift m1 ',
      source: 'Telltale',
      severity: 'critical',
      custom_details: {
        firing: FIRST + SECOND,
        resolved: '',
        num_firing: '2',
        num_resolved: '0',
      },
    },
  });
});

test.for([
  ['resolve', RESOLVED],
  ['acknowledge', notificationOf({ reason: 'acknowledged' })],
] as const)('PagerDuty: %s', ([action, notification]) => {
  expect(payload('pagerduty', { routing_key: 'R0' }, notification)).toMatchObject({
    event_action: action,
    dedup_key: 'cea6b30dbc83abaae46f4f95f4d903d8a2ac1083a1235e27afeefb25ba2154ce',
  });
});

test('PagerDuty: images and links without a target are left out, severity is a template', () => {
  const entry = {
    routing_key: 'R0',
    severity: '{{ .Status }}',
    images: [{ src: '' }, { src: 'http://i', alt: 'a' }],
    links: [{ text: 'none' }, { href: 'http://l', text: 't' }],
    class: 'drift',
  };
  const event = payload('pagerduty', entry);
  expect(event).toMatchObject({
    images: [{ src: 'http://i', alt: 'a', href: '' }],
    links: [{ href: 'http://l', text: 't' }],
    payload: { severity: 'firing', class: 'drift' },
  });
});

test('PagerDuty: an event that is too large loses its details only', () => {
  const annotations = { text: 'x'.repeat(100_000) };
  const alerts = Array.from({ length: 6 }, (_, index) => {
    return { ...DRIFT_ALERTS[0], fingerprint: String(index), annotations };
  }) as unknown as Notification['alerts'];
  const event = payload('pagerduty', { routing_key: 'R0' }, notificationOf({ alerts }));
  expect(event).toMatchObject({
    event_action: 'trigger',
    payload: { custom_details: { error: expect.stringContaining('512000 bytes') } },
  });
});

test.for([
  ['firing', notificationOf(), 10038562, `Alerts Firing:\n${FIRST}${SECOND}`],
  ['resolved', RESOLVED, 3066993, `Alerts Resolved:\n${SECOND}`],
] as const)('Discord: the embed of a %s group', ([, notification, color, description]) => {
  const body = payload('discord', { webhook_url: 'https://d/x' }, notification) as {
    embeds: { description: string }[];
  };
  const [embed] = body.embeds;
  expect(body).toEqual({
    content: '',
    embeds: [{ title: expect.any(String), description: expect.any(String), color }],
    allowed_mentions: { parse: [] },
  });
  expect(collapse(embed?.description ?? '')).toBe(collapse(description));
});

test('Teams: an Adaptive Card with buttons to where the alert is explained', () => {
  expect(
    payload('msteamsv2', { webhook_url: 'https://w/x', text: '{{ len .Alerts }}' }, LINKED),
  ).toEqual({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.2',
          body: [
            {
              type: 'TextBlock',
              text: '[FIRING:1] ModelDrift m1 (warning)',
              weight: 'Bolder',
              size: 'Medium',
              wrap: true,
              style: 'heading',
              color: 'Attention',
            },
            { type: 'TextBlock', text: '1', wrap: true },
          ],
          actions: [
            { type: 'Action.OpenUrl', title: 'Alert', url: 'http://t/a' },
            { type: 'Action.OpenUrl', title: 'Runbook', url: 'http://t/r' },
            { type: 'Action.OpenUrl', title: 'Trace', url: 'http://t/t' },
          ],
          msteams: { width: 'full' },
        },
      },
    ],
  });
});

test('Telegram: HTML with escaped values', () => {
  const entry = {
    bot_token: '12:ab',
    chat_id: '-100123',
    message_thread_id: '7',
    message: '<b>{{ .Status }}</b> {{ "<&>" }}',
  };
  const delivery = channelOf('telegram', entry).prepare(notificationOf(), CONTEXT);
  expect(delivery).toMatchObject({
    message: { url: 'https://api.telegram.org/bot12:ab/sendMessage' },
  });
  expect(bodyOf(delivery)).toEqual({
    chat_id: -100123,
    text: '<b>firing</b> &lt;&amp;&gt;',
    parse_mode: 'HTML',
    message_thread_id: 7,
    disable_notification: false,
    link_preview_options: { is_disabled: true },
  });
});

test('every text lists links and drift of an alert', () => {
  const links = 'Alert: http://t/a\nRunbook: http://t/r\nTrace: http://t/t\n';
  const drift = 'Drift: feature age moved, psi 0.312 since 2026-01-02 03:04:05 UTC\n';
  const texts = [
    payload('pagerduty', { routing_key: 'R' }, LINKED),
    payload('discord', { webhook_url: 'https://d/x' }, LINKED),
    payload('telegram', { bot_token: 't', chat_id: '1', parse_mode: '' }, LINKED),
  ].map((body) => JSON.stringify(body));
  for (const text of texts) expect(text).toContain(JSON.stringify(drift + links).slice(1, -1));
  const slack = payload('slack', { api_url: 'https://s/x' }, LINKED);
  expect(slack).toMatchObject({
    attachments: [
      {
        text: drift,
        actions: [
          { type: 'button', text: 'Alert', url: 'http://t/a' },
          { type: 'button', text: 'Runbook', url: 'http://t/r' },
          { type: 'button', text: 'Trace', url: 'http://t/t' },
        ],
      },
    ],
  });
});

test('webhook: a payload of its own keeps numbers, and labels bring no templates in', () => {
  const entry = {
    url: 'https://h/{{ .Receiver }}',
    payload: {
      count: '{{ len .Alerts }}',
      '{{ .Status }}': ['a', '{{ toJson .GroupLabels }}'],
      label: '{{ (index .Alerts 0).Labels.evil }}',
    },
  };
  const [first] = DRIFT_ALERTS;
  const alerts = [{ ...first, labels: { evil: '["{{ .ExternalURL }}"]' } }];
  const notification = notificationOf({ alerts: alerts as unknown as Notification['alerts'] });
  const delivery = channelOf('webhook', entry).prepare(notification, CONTEXT);
  expect(delivery).toMatchObject({ message: { url: 'https://h/all' } });
  expect(bodyOf(delivery)).toEqual({
    count: 1,
    firing: ['a', { alertname: 'ModelDrift', model: 'm1' }],
    label: ['{{ .ExternalURL }}'],
  });
});

import { expect, test } from 'vitest';

import type { Delivery } from '../../../../collector/src/notify/channels/channel.ts';
import type { Notification } from '../../../../collector/src/notify/stages/notification.ts';
import {
  CONTEXT,
  channelOf,
  DRIFT_ALERTS,
  notificationOf,
  SETUP,
} from '../../../support/notify/channel-of.ts';

const ENTRIES: Readonly<Record<string, object>> = {
  webhook: { url: 'https://h/x' },
  slack: {
    api_url: 'https://s/x',
    title: '{{ .CommonLabels.evil }}',
    text: '{{ .CommonLabels.evil }}',
  },
  discord: { webhook_url: 'https://d/x', title: '{{ .CommonLabels.evil }}' },
  msteamsv2: { webhook_url: 'https://m/x', title: '{{ .CommonLabels.evil }}' },
  pagerduty: { routing_key: 'R', description: '{{ .CommonLabels.evil }}' },
  telegram: { bot_token: 't', chat_id: '1', parse_mode: 'MarkdownV2' },
  email: {
    to: 'a@b.example',
    from: 'd@e.example',
    smarthost: 'h:25',
    headers: { Subject: '{{ .CommonLabels.evil }}', 'X-Evil': '{{ .CommonLabels.evil }}' },
  },
};

const EVIL: readonly (readonly [name: string, text: string])[] = [
  ['HTML', '<img src=x onerror=alert(1)><script>alert(1)</script>'],
  ['a terminal sequence', '\u001B[31mred\u001B[0m\u0007\u202Eturned'],
  ['line breaks and headers', 'a\r\nBcc: victim@example.com\r\n\r\nbody'],
  ['mentions', '@everyone <!channel> <!everyone> <@U123>'],
  ['a template', '{{ .ExternalURL }}{{ range 1000000 }}x{{ end }}'],
  ['100 KB', 'x'.repeat(100_000)],
  ['markup', '*bold* _it_ `code` [link](http://evil)'],
];

function notificationWith(text: string): Notification {
  const alerts = DRIFT_ALERTS.map((alert) => ({
    ...alert,
    labels: { ...alert.labels, evil: text },
    annotations: { summary: text },
    links: { page: 'javascript:alert(1)' },
  }));
  return notificationOf({ alerts });
}

const CASES = EVIL.flatMap(([name, text]) =>
  Object.keys(ENTRIES).map((type) => [type, name, text] as const),
);

/** What people see of a delivery. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

/** What a person would see, or a program be told, that a label must not bring in. */
function dangersOf(type: string, delivery: Delivery): readonly string[] {
  if (delivery.kind === 'http') {
    // Programs get labels as they are; people get them without what changes their screen.
    const texts = type === 'webhook' ? [] : textsOf(JSON.parse(delivery.message.body));
    const all = texts.join('\n');
    return [
      ...(/(?![\n\t])\p{Cc}|\u202E/u.test(all) ? ['a control character'] : []),
      ...(type === 'slack' && /<[!@]/u.test(all) ? ['a mention'] : []),
      ...(type !== 'webhook' && delivery.message.body.length > 520_000 ? ['too long'] : []),
    ];
  }
  if (delivery.kind !== 'mail') return ['not sent'];
  const { headers, html = '' } = delivery.message;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    ...lines.filter((line) => /[\r\n]/u.test(line) || line.length > 1000),
    ...('Bcc' in headers ? ['a header'] : []),
    ...(/<script>|href="javascript:/u.test(html) ? ['active HTML'] : []),
  ];
}

test.for(CASES)('%s takes a label with %s', ([type, , text]) => {
  const delivery = channelOf(type, ENTRIES[type]).prepare(notificationWith(text), CONTEXT);
  expect(delivery.problems ?? []).toEqual([]);
  expect(dangersOf(type, delivery)).toEqual([]);
});

test.for([
  ['loops without end', '{{ range 100000000 }}{{ end }}'],
  ['calls itself', '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}'],
  ['fails', '{{ .CommonLabels.Nope.Deeper }}{{ template "missing" . }}'],
  ['writes megabytes', '{{ range 200000 }}xxxxxxxxxxxxxxxxxxxx{{ end }}'],
  ['repeats a match', '{{ reReplaceAll "x" (printf "%01000000d" 1) "xxxxxxxxxxxxxxxx" }}'],
] as const)('a template that %s gives way to the built-in text', ([, template]) => {
  const entries: Readonly<Record<string, object>> = {
    slack: { api_url: 'https://s/x', title: template, text: template },
    discord: { webhook_url: 'https://d/x', title: template, message: template },
    msteamsv2: { webhook_url: 'https://m/x', title: template, text: template },
    pagerduty: { routing_key: 'R', description: template },
    telegram: { bot_token: 't', chat_id: '1', message: template },
    email: {
      to: 'a@b.example',
      from: 'd@e.example',
      smarthost: 'h:25',
      html: template,
      text: template,
    },
  };
  for (const [type, entry] of Object.entries(entries)) {
    const delivery = channelOf(type, entry).prepare(notificationOf(), CONTEXT);
    expect(delivery.problems).toHaveLength(1);
    expect(delivery.problems?.[0]).toMatch(/^template: :1:\d+: executing/u);
    expect(JSON.stringify(delivery)).toContain('ModelDrift');
    expect(JSON.stringify(delivery).length).toBeLessThan(10_000);
  }
});

test('a file of templates replaces what is built in, and its faults name it', () => {
  const templates = [
    { name: 'a.tmpl', text: '{{ define "slack.default.title" }}Mine {{ .Status }}{{ end }}' },
    { name: 'b.tmpl', text: '\n\n{{ define "slack.default.text" }}{{ .Nope }}{{ end }}' },
  ];
  const channel = channelOf(
    'slack',
    { api_url: 'https://s/x' },
    { setup: { ...SETUP, templates } },
  );
  const delivery = channel.prepare(notificationOf(), CONTEXT);
  expect(delivery.problems).toEqual([
    'template: b.tmpl:3:36: executing "slack.default.text" at <.Nope>: ' +
      "can't evaluate field Nope in type *template.Data",
  ]);
  expect(JSON.stringify(delivery)).toContain('Mine firing');
});

test.for([
  ['<script>var x = "{{ .Status }}"</script>', 'cannot print a value inside <script>'],
  ['<style>{{ .Status }}</style>', 'cannot print a value inside <style>'],
  ['<a onclick="{{ .Status }}">', 'cannot print a value inside the event handler "onclick"'],
  ['<a {{ .Status }}>', 'cannot print a value inside an HTML tag, outside its attributes'],
] as const)('e-mail: %s is refused when it is loaded', ([html, message]) => {
  const entry = { to: 'a@b.example', from: 'd@e.example', smarthost: 'h:25', html };
  expect(() => channelOf('email', entry)).toThrow(message);
});

test('no secret stands in what goes wrong', () => {
  const secrets = { readSecret: () => 'not a url hush-hush', readFile: () => 'hush-hush' };
  const entries: Readonly<Record<string, object>> = {
    webhook: { url_file: 'u' },
    slack: { api_url_file: 'u' },
    discord: { webhook_url_file: 'u' },
    msteamsv2: { webhook_url_file: 'u' },
    telegram: { bot_token: 't', chat_id_file: 'u' },
  };
  for (const [type, entry] of Object.entries(entries)) {
    const channel = channelOf(type, entry);
    const prepare = (): unknown => channel.prepare(notificationOf(), { ...CONTEXT, ...secrets });
    expect(prepare).toThrow(/^Cannot use the (?:URL|chat id)(?:(?!hush).)*$/u);
  }
});

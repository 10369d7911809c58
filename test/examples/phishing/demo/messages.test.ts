import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { sendHttp } from '../../../../collector/src/http/client/node-client.ts';
import { sendMail } from '../../../../collector/src/http/client/send-mail.ts';
import type { DeliveryResult } from '../../../../collector/src/notify/channels/channel.ts';
import { messageProblems } from '../../../../examples/phishing/demo/messages/message-problems.ts';
import {
  type MessageSinks,
  startMessageSinks,
} from '../../../../examples/phishing/demo/messages/message-sinks.ts';
import { CONTEXT, channelOf, notificationOf } from '../../../support/notify/channel-of.ts';

const open: MessageSinks[] = [];

afterEach(async () => {
  for (const sinks of open.splice(0)) {
    await sinks.close();
    rmSync(sinks.counts().folder, { recursive: true });
  }
});

async function start(): Promise<{ readonly sinks: MessageSinks; readonly lines: string[] }> {
  const lines: string[] = [];
  const sinks = await startMessageSinks((line) => lines.push(line));
  open.push(sinks);
  return { sinks, lines };
}

/** Sends as the alert service does; the sinks must say yes in their own language. */
async function deliver(type: string, entry: object): Promise<unknown> {
  const channel = channelOf(type, entry);
  const delivery = channel.prepare(notificationOf(), CONTEXT);
  let result: DeliveryResult | undefined;
  if (delivery.kind === 'http') result = await sendHttp(delivery.message);
  if (delivery.kind === 'mail') result = await sendMail(delivery.message);
  return result && channel.judge(result, CONTEXT.nowMs);
}

test('each sink takes what its channel sends, tells of it in a line and keeps it', async () => {
  const { sinks, lines } = await start();
  const { slackUrl, teamsUrl, smarthost } = sinks;
  const mail = {
    to: 'Ünal <on-call@example.com>',
    from: 'alerts@example.com',
    require_tls: 'false',
    smarthost,
  };
  expect([
    await deliver('slack', { api_url: slackUrl }),
    await deliver('msteamsv2', { webhook_url: teamsUrl }),
    await deliver('email', mail),
  ]).toEqual([{ kind: 'done' }, { kind: 'done' }, { kind: 'done' }]);
  const { sent, channels, folder } = sinks.counts();
  expect({ sent, channels }).toEqual({ sent: 3, channels: ['slack', 'teams', 'email'] });
  expect(lines).toEqual([
    `message slack  [FIRING:2] ModelDrift m1  ${join(folder, '0001-slack.json')}`,
    `message teams  [FIRING:2] ModelDrift m1  ${join(folder, '0002-teams.json')}`,
    `message email  [FIRING:2] ModelDrift m1  ${join(folder, '0003-email.html')}`,
  ]);
  expect(readdirSync(folder)).toHaveLength(5);
  const html = readFileSync(join(folder, '0003-email.html'), 'utf8');
  expect(html).toMatch(/^<!DOCTYPE html>[\s\S]*>é<[\s\S]*<\/html>\s*$/u);
});

test('a payload in another language is refused', async () => {
  const { sinks } = await start();
  const wrong = (url: string): Promise<unknown> =>
    deliver('webhook', { url, payload: { hello: 'x' } });
  expect(await wrong(sinks.slackUrl)).toMatchObject({ kind: 'failed' });
  expect(await wrong(sinks.teamsUrl)).toMatchObject({ kind: 'failed' });
  expect(sinks.counts()).toMatchObject({ sent: 0, channels: [] });
});

test.for([
  [{ sent: 4, channels: ['slack', 'teams', 'email'] }, []],
  [
    { sent: 3, channels: ['slack'] },
    [
      '3 messages were sent, expected at least 4',
      'no message was sent by teams',
      'no message was sent by email',
    ],
  ],
] as const)('messageProblems(%o)', ([counts, problems]) => {
  expect(messageProblems({ ...counts, folder: '' })).toEqual(problems);
});

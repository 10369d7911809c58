import { sendHttp } from '../../http/client/node-client.ts';
import { sendMail } from '../../http/client/send-mail.ts';
import type { Delivery, DeliveryResult, Integration } from '../../notify/channels/channel.ts';
import type { Notification } from '../../notify/stages/notification.ts';
import type { SendOutcome } from '../../notify/stages/retry.ts';
import type { CommandIo } from '../command-io.ts';
import type { OpenReceiver } from './notify-receiver.ts';

const EXIT_FAILED = 1;

/** Characters of an answer that are shown. */
const ANSWER_MAX = 500;

/** Sends the sample by each channel of the receiver; 0 when every one took it. */
export async function sendSample(
  { receiver, context }: OpenReceiver,
  notification: Notification,
  io: CommandIo,
): Promise<number> {
  let failures = 0;
  for (const { name, channel } of receiver.integrations) {
    try {
      const delivery = channel.prepare({ ...notification, integration: name }, context);
      for (const problem of delivery.problems ?? []) {
        io.stdout(`${name}: a template failed, the built-in text is sent: ${problem}\n`);
      }
      const { outcome, answer } = await send(delivery, channel);
      io.stdout(`${name}: ${describe(outcome)}${answer === '' ? '' : `\n  answer: ${answer}`}\n`);
      if (outcome.kind !== 'done') failures += 1;
    } catch (error) {
      io.stdout(`${name}: not sent: ${(error as Error).message}\n`);
      failures += 1;
    }
  }
  if (receiver.integrations.length === 0)
    io.stdout('The receiver sends no messages: it is empty\n');
  return failures === 0 ? 0 : EXIT_FAILED;
}

async function send(
  delivery: Delivery,
  channel: Integration['channel'],
): Promise<{ readonly outcome: SendOutcome; readonly answer: string }> {
  if (delivery.kind === 'log') {
    return { outcome: { kind: 'done' }, answer: JSON.stringify(delivery.fields) };
  }
  const result =
    delivery.kind === 'http' ? await sendHttp(delivery.message) : await sendMail(delivery.message);
  return { outcome: channel.judge(result, Date.now()), answer: answerOf(result) };
}

function answerOf(result: DeliveryResult): string {
  switch (result.kind) {
    case 'answer':
      return `status ${result.status} ${result.body.slice(0, ANSWER_MAX)}`.trim();
    case 'mail':
      return `${result.code ?? ''} ${result.message.slice(0, ANSWER_MAX)}`.trim();
    case 'no answer':
      return '';
  }
}

function describe(outcome: SendOutcome): string {
  switch (outcome.kind) {
    case 'done':
      return 'delivered';
    case 'failed':
      return `refused for good (${outcome.reason}): ${outcome.message}`;
    case 'retry':
      return `failed, would be tried again (${outcome.reason}): ${outcome.message}`;
  }
}

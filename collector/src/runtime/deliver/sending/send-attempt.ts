import type { HttpMessage, HttpResult } from '../../../model/http-message.ts';
import type { MailMessage, MailResult } from '../../../model/mail-message.ts';
import {
  type Channel,
  type ChannelContext,
  type Delivery,
  UnsendableError,
} from '../../../notify/channels/channel.ts';
import type { Notification } from '../../../notify/stages/notification.ts';
import type { SendOutcome } from '../../../notify/stages/retry.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';

/** What an attempt to send needs of the world. */
export interface SendWays {
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (message: HttpMessage) => Promise<HttpResult>;
  readonly sendMail: (message: MailMessage) => Promise<MailResult | HttpResult>;
  readonly readSecret: (path: string) => string;
  readonly readFile: (path: string) => string;
}

/** One attempt at a message. */
export interface Attempt {
  readonly notification: Notification;
  readonly channel: Channel;
  /** What the channel left with the last message of the group. */
  readonly state: ChannelContext['state'] | undefined;
  /** Told of templates that failed, before the message is sent with the built-in text. */
  readonly onProblems: (problems: readonly string[]) => void;
}

/** Sends a message once. Never rejects: whatever a receiver answers, its lane goes on. */
export async function attemptToSend(attempt: Attempt, ways: SendWays): Promise<SendOutcome> {
  try {
    return await sendOnce(attempt, ways);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'retry', reason: 'other', message };
  }
}

async function sendOnce(attempt: Attempt, ways: SendWays): Promise<SendOutcome> {
  const { channel, onProblems } = attempt;
  let delivery: Delivery;
  try {
    delivery = prepare(attempt, ways);
  } catch (cause) {
    if (cause instanceof UnsendableError) {
      return { kind: 'failed', reason: 'clientError', message: cause.message };
    }
    // A secret file that cannot be read now may be there in a minute.
    throw cause;
  }
  if (delivery.problems !== undefined && delivery.problems.length > 0) {
    onProblems(delivery.problems);
  }
  if (delivery.kind === 'log') {
    ways.log.info(delivery.fields, 'Alert notification');
    return { kind: 'done' };
  }
  const { send, sendMail } = ways;
  const result =
    delivery.kind === 'http' ? await send(delivery.message) : await sendMail(delivery.message);
  return channel.judge(result, ways.clock.nowMs());
}

function prepare({ notification, channel, state }: Attempt, ways: SendWays): Delivery {
  const { clock, readSecret, readFile } = ways;
  return channel.prepare(notification, {
    nowMs: clock.nowMs(),
    readSecret,
    readFile,
    ...(state === undefined ? {} : { state }),
  });
}

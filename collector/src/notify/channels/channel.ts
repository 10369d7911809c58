import type { HttpMessage, HttpResult } from '../../model/http-message.ts';
import type { MailMessage, MailResult } from '../../model/mail-message.ts';
import type { Notification } from '../stages/notification.ts';
import type { SendOutcome } from '../stages/retry.ts';

/** What a channel wants done; it never opens a socket itself. */
export type Delivery = (
  | { readonly kind: 'http'; readonly message: HttpMessage }
  | { readonly kind: 'mail'; readonly message: MailMessage }
  | { readonly kind: 'log'; readonly fields: Readonly<Record<string, unknown>> }
) & {
  /** Templates that failed: the message says the built-in text in their place. */
  readonly problems?: readonly string[];
};

/** What came of a delivery that is not of kind `log`. */
export type DeliveryResult = HttpResult | MailResult;

/** What a receiver gave back to remember for the group, such as the `ts` of a Slack message. */
export type ReceiverState = Readonly<Record<string, string>>;

/** Values that channels may not keep, because files with secrets can change at any time. */
export interface ChannelContext {
  readonly nowMs: number;
  /** Reads a file that the configuration names; throws when it cannot be read. */
  readSecret(path: string): string;
  /** The same for a file that is wanted whole, such as a certificate. */
  readFile(path: string): string;
  /** What the last delivered message about this group to this channel left; empty at first. */
  readonly state?: ReceiverState;
}

/** A message that no later attempt can send: it goes to the fallback receiver at once. */
export class UnsendableError extends Error {
  override readonly name = 'UnsendableError';
}

/** Code for one kind of destination: a notification into a delivery, an answer into an outcome. */
export interface Channel {
  /** Alertmanager's name of the integration: `webhook`, `slack`, `email`. */
  readonly type: string;
  readonly sendsResolved: boolean;
  /** Sends with an equal text share a token bucket: the URL or the mail host. Never shown. */
  readonly destination?: string;
  /** Wants a message with reason `acknowledged`, as PagerDuty does; others are not told. */
  readonly takesAcknowledgements?: boolean;
  /**
   * @throws {UnsendableError} when it can never be sent, any other error when it cannot be now,
   * such as for a secret that cannot be read.
   */
  prepare(notification: Notification, context: ChannelContext): Delivery;
  judge(result: DeliveryResult, nowMs: number): SendOutcome;
}

/** A named destination of the configuration, with one channel for each of its entries. */
export interface Receiver {
  readonly name: string;
  readonly integrations: readonly Integration[];
}

export interface Integration {
  /** `slack[0]`: the type and the place among the receiver's entries of that type. */
  readonly name: string;
  readonly channel: Channel;
}

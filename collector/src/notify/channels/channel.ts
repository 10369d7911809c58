import type { HttpMessage, HttpResult } from '../../model/http-message.ts';
import type { Notification } from '../stages/notification.ts';
import type { SendOutcome } from '../stages/retry.ts';

/** What a channel wants done; it never opens a socket itself. */
export type Delivery =
  | { readonly kind: 'http'; readonly message: HttpMessage }
  | { readonly kind: 'log'; readonly fields: Readonly<Record<string, unknown>> };

/** Values that channels may not keep, because files with secrets can change at any time. */
export interface ChannelContext {
  readonly nowMs: number;
  /** Reads a file that the configuration names; throws when it cannot be read. */
  readSecret(path: string): string;
}

/** Code for one kind of destination: a notification into a delivery, an answer into an outcome. */
export interface Channel {
  readonly type: string;
  readonly sendsResolved: boolean;
  prepare(notification: Notification, context: ChannelContext): Delivery;
  judge(result: HttpResult, nowMs: number): SendOutcome;
}

/** A named destination of the configuration. */
export interface Receiver {
  readonly name: string;
  readonly channel: Channel;
}

import type { Notification } from '../../notify/stages/notification.ts';
import type { FailureReason } from '../../notify/stages/retry.ts';

export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** What the delivery tells of a message's fate. */
export interface DeliveryListener {
  /** What the channel left with the last message of the group. */
  stateOf(notification: Notification): Readonly<Record<string, string>> | undefined;
  onSent(notification: Notification, state: Readonly<Record<string, string>> | undefined): void;
  /** Given up for good. */
  onFailed(notification: Notification, failure: Failure): void;
  /** A receiver fails for long, or works again. */
  onHealth(receiver: string, health: { readonly isFailing: boolean; readonly error: string }): void;
  /** The database cannot be written (an error), or can again (`undefined`). */
  onStorage(error: unknown): void;
}

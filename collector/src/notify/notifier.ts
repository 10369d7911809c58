import type { NotifiedAlert } from './stages/notification.ts';

/** Alerts that fire, and those that resolved since the notifier was told of them. */
export interface AlertSnapshot {
  readonly alerts: readonly NotifiedAlert[];
  readonly nowMs: number;
}

/**
 * Takes what fires and what resolved, and sees to it that receivers learn of it.
 *
 * Both calls belong to the caller's database transaction: when that commits, the notifications are
 * in the outbox and survive a crash.
 */
export interface Notifier {
  /** The alert groups that contain a changed alert. */
  onChange(snapshot: AlertSnapshot, changed: readonly NotifiedAlert[]): void;
  /** Every group, so that long-lived alerts are repeated. */
  onTimer(snapshot: AlertSnapshot): void;
}

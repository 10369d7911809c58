import type { NotifiedAlert } from './stages/notification.ts';

/** Alerts that fire, and those that resolved since the notifier was told of them. */
export interface AlertSnapshot {
  readonly alerts: readonly NotifiedAlert[];
  readonly nowMs: number;
}

/**
 * Takes what fires and what resolved, and sees to it that receivers learn of it.
 *
 * Neither call throws. Inside the caller's database transaction, what they decide is stored with it:
 * when that commits, the notifications survive a crash. When it is undone, they live in memory until
 * the database can be written again.
 */
export interface Notifier {
  /** Alerts that changed, with all the others. */
  onChange(snapshot: AlertSnapshot, changed: readonly NotifiedAlert[]): void;
  /** Every alert, so that what was missed is made up for. */
  onTimer(snapshot: AlertSnapshot): void;
}

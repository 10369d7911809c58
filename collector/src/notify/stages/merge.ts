import type { Notification, NotifiedAlert } from './notification.ts';

/**
 * One message in place of one that still waits and a newer one of the same group and receiver.
 *
 * Alerts that only the waiting message has stay in it, so that an alert whose firing was never
 * delivered is not lost when it resolves meanwhile: the receiver then sees it as resolved.
 */
export function mergeNotifications(waiting: Notification, newer: Notification): Notification {
  const alerts = new Map<string, NotifiedAlert>();
  for (const alert of [...waiting.alerts, ...newer.alerts]) alerts.set(alert.fingerprint, alert);
  const reason = waiting.reason === 'first_notification' ? waiting.reason : newer.reason;
  return { ...newer, reason, alerts: [...alerts.values()] };
}

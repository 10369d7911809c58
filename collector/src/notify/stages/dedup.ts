import { isFiring, type NotificationReason, type NotifiedAlert } from './notification.ts';

/** What a receiver was last told of one alert group. */
export interface NotificationLogEntry {
  readonly sentMs: number;
  /** Fingerprints that fired then. */
  readonly firing: readonly string[];
  /** Fingerprints shown as resolved then. */
  readonly resolved: readonly string[];
}

export interface DedupOptions {
  readonly repeatIntervalMs: number;
  readonly sendsResolved: boolean;
  readonly nowMs: number;
}

/** Why to notify now, and whether the receiver gets a message or only its log is brought up. */
export interface DedupDecision {
  readonly reason: NotificationReason;
  readonly isSent: boolean;
}

/**
 * Decides whether a receiver has to be told of an alert group, with Alertmanager's rules in
 * Alertmanager's order. `undefined` means that it knows already.
 */
export function decideNotification(
  alerts: readonly NotifiedAlert[],
  entry: NotificationLogEntry | undefined,
  options: DedupOptions,
): DedupDecision | undefined {
  const firing = alerts.filter(isFiring).map(({ fingerprint }) => fingerprint);
  if (entry === undefined || entry.firing.length === 0) {
    return firing.length > 0 ? sent('first_notification') : undefined;
  }
  // Without send_resolved nothing is sent, but the log is cleared, or else the next alert of the
  // group would not be a first one.
  if (firing.length === 0) return { reason: 'all_resolved', isSent: options.sendsResolved };
  if (!isSubset(firing, entry.firing)) return sent('new_alerts');
  const resolved = alerts.filter((alert) => !isFiring(alert)).map((alert) => alert.fingerprint);
  if (options.sendsResolved && !isSubset(resolved, entry.resolved)) return sent('new_resolved');
  return options.nowMs - entry.sentMs >= options.repeatIntervalMs ? sent('repeat') : undefined;
}

function sent(reason: NotificationReason): DedupDecision {
  return { reason, isSent: true };
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  const known = new Set(whole);
  return part.every((each) => known.has(each));
}

import type { NotificationReason } from './notification.ts';

/** What a receiver was last told of one alert group. */
export interface NotificationLogEntry {
  readonly sentMs: number;
  /** Fingerprints that fired then and were shown. */
  readonly firing: readonly string[];
  /** Fingerprints shown as resolved then. */
  readonly resolved: readonly string[];
  /** Shown as firing before they were muted, and firing since: their end will be news. */
  readonly muted: readonly string[];
  /** All firing alerts were acknowledged, and the receiver was told so. */
  readonly isAcknowledged?: boolean;
  /** What the channel keeps of its last message, such as the `ts` of a Slack message. */
  readonly state?: Readonly<Record<string, string>>;
}

/** An alert group as one receiver may see it now, by fingerprints. */
export interface GroupView {
  /** Firing and not muted. */
  readonly firing: readonly string[];
  /** Firing and muted. */
  readonly muted: readonly string[];
  readonly resolved: readonly string[];
  /** Resolved and muted: shown only to those who were told that they fire. */
  readonly resolvedMuted: readonly string[];
  /** Of `firing`, those that a person acknowledged. */
  readonly acknowledged: ReadonlySet<string>;
  /** Muted at the flush before. */
  readonly mutedBefore: ReadonlySet<string>;
}

export interface DedupOptions {
  readonly repeatIntervalMs: number;
  readonly sendsResolved: boolean;
  readonly takesAcknowledgements: boolean;
  /** Whether an alert that was shown, muted and is visible again is shown again. */
  readonly resendAfterMute: 'never_shown' | 'always';
  readonly nowMs: number;
}

/** Why to notify now, and whether the receiver gets a message or only its log is brought up. */
export interface DedupDecision {
  readonly reason: NotificationReason;
  readonly isSent: boolean;
}

/** An entry that is older than this is forgotten, so that even a long repeat interval repeats. */
const ENTRY_AGE_MS_MAX = 120 * 3_600_000;

/** Whether a log entry still counts. */
export function isEntryCurrent(
  entry: NotificationLogEntry,
  { repeatIntervalMs, nowMs }: Pick<DedupOptions, 'repeatIntervalMs' | 'nowMs'>,
): boolean {
  return nowMs - entry.sentMs < Math.min(2 * repeatIntervalMs, ENTRY_AGE_MS_MAX);
}

/**
 * Decides whether a receiver has to be told of an alert group, with Alertmanager's rules in
 * Alertmanager's order. `undefined` means that it knows already.
 */
export function decideNotification(
  view: GroupView,
  entry: NotificationLogEntry | undefined,
  options: DedupOptions,
): DedupDecision | undefined {
  const { firing } = view;
  const told = new Set(entry === undefined ? [] : [...entry.firing, ...entry.muted]);
  if (entry === undefined || told.size === 0) {
    return firing.length > 0 ? sent('first_notification') : undefined;
  }
  // Without send_resolved nothing is sent, but the log is cleared, or else the next alert of the
  // group would not be a first one.
  if (firing.length === 0 && view.muted.length === 0) {
    return { reason: 'all_resolved', isSent: options.sendsResolved };
  }
  const known = new Set(options.resendAfterMute === 'always' ? entry.firing : told);
  const news = firing.filter((each) => !known.has(each));
  if (news.length > 0) {
    return sent(news.every((each) => view.mutedBefore.has(each)) ? 'unmuted' : 'new_alerts');
  }
  const resolved = shownResolved(view, entry);
  if (options.sendsResolved && resolved.some((each) => !entry.resolved.includes(each))) {
    return sent('new_resolved');
  }
  return decideRepeat(view, entry, options);
}

function decideRepeat(
  { firing, acknowledged }: GroupView,
  entry: NotificationLogEntry,
  { takesAcknowledgements, repeatIntervalMs, nowMs }: DedupOptions,
): DedupDecision | undefined {
  if (firing.length === 0) return undefined;
  if (firing.every((each) => acknowledged.has(each))) {
    return takesAcknowledgements && entry.isAcknowledged !== true
      ? sent('acknowledged')
      : undefined;
  }
  return nowMs - entry.sentMs >= repeatIntervalMs ? sent('repeat') : undefined;
}

/** The resolved alerts that the receiver gets to see. */
export function shownResolved(
  view: GroupView,
  entry: NotificationLogEntry | undefined,
): readonly string[] {
  if (view.resolvedMuted.length === 0 || entry === undefined) return view.resolved;
  const told = new Set([...entry.firing, ...entry.muted]);
  return [...view.resolved, ...view.resolvedMuted.filter((each) => told.has(each))];
}

/** The log entry after a decision; the channel's own state stays. */
export function nextEntry(
  view: GroupView,
  entry: NotificationLogEntry | undefined,
  { reason, nowMs }: { readonly reason: NotificationReason; readonly nowMs: number },
): NotificationLogEntry {
  const told = new Set(entry === undefined ? [] : [...entry.firing, ...entry.muted]);
  return {
    sentMs: nowMs,
    firing: view.firing,
    resolved: shownResolved(view, entry),
    muted: view.muted.filter((each) => told.has(each)),
    ...(reason === 'acknowledged' ? { isAcknowledged: true } : {}),
    ...(entry?.state === undefined ? {} : { state: entry.state }),
  };
}

/**
 * The entry where nothing is sent but a shown alert was muted meanwhile, so that it counts as not
 * visible when it comes back. `undefined` when nothing changed.
 */
export function noteMuted(
  view: GroupView,
  entry: NotificationLogEntry | undefined,
): NotificationLogEntry | undefined {
  if (entry === undefined) return undefined;
  const muted = new Set(view.muted);
  if (!entry.firing.some((each) => muted.has(each))) return undefined;
  return {
    ...entry,
    firing: entry.firing.filter((each) => !muted.has(each)),
    muted: [...entry.muted, ...entry.firing.filter((each) => muted.has(each))],
  };
}

function sent(reason: NotificationReason): DedupDecision {
  return { reason, isSent: true };
}

/** A row of `/monitoring/alerts/history`. */
export interface HistoryEvent {
  readonly id: number;
  readonly tsMs: number;
  readonly kind: string;
  readonly fingerprint?: string;
  readonly alertname?: string;
  readonly severity?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
  readonly receiver?: string;
  readonly integration?: string;
  readonly reason?: string;
  readonly error?: string;
  readonly actor?: string;
  readonly comment?: string;
  readonly groupKey?: string;
}

/** One time that an alert fired. */
export interface Episode {
  readonly id: string;
  readonly firedMs: number;
  readonly resolvedMs: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

/** Pairs what began with what ended, newest first. Both lists are of one alert name. */
export function episodesOf(
  fired: readonly HistoryEvent[],
  resolved: readonly HistoryEvent[],
): readonly Episode[] {
  return [...fired]
    .sort((left, right) => right.tsMs - left.tsMs || right.id - left.id)
    .map(({ fingerprint = '', tsMs, labels = {}, value }) => {
      const ends = resolved
        .filter((event) => event.fingerprint === fingerprint && event.tsMs >= tsMs)
        .map((event) => event.tsMs);
      const resolvedMs = ends.length === 0 ? undefined : Math.min(...ends);
      return { id: fingerprint, firedMs: tsMs, resolvedMs, labels, value };
    });
}

const KINDS: Readonly<Record<string, string>> = {
  'alert.pending': 'pending',
  'alert.firing': 'fires',
  'alert.resolved': 'resolved',
  'alert.acked': 'acknowledged',
  'alert.unacked': 'acknowledgement taken back',
  'alert.latched': 'resolved by hand',
  'notification.queued': 'message waits',
  'notification.sent': 'message sent',
  'notification.retried': 'message failed, is tried again',
  'notification.failed': 'message given up',
  'notification.expired': 'message too old, given up',
  'silence.created': 'silence made',
  'silence.updated': 'silence changed',
  'silence.expired': 'silence ended',
  'escalation.sent': 'escalated',
  'escalation.done': 'escalation is done',
  'system.start': 'service started',
  'system.stop': 'service stopped',
  'system.reload': 'configuration reloaded',
  'system.fault': 'fault of the service',
};

/** What happened, in words. */
export function eventText(kind: string): string {
  return KINDS[kind] ?? kind;
}

/** How an event looks: bad, good or neither. */
export function eventTone(kind: string): 'bad' | 'good' | 'plain' {
  if (/^(?:alert\.firing|notification\.(?:retried|failed|expired)|system\.fault)$/u.test(kind)) {
    return 'bad';
  }
  return /^(?:alert\.resolved|notification\.sent|alert\.acked)$/u.test(kind) ? 'good' : 'plain';
}

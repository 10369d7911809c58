/** What a person said with an acknowledgement or a resolve by hand. */
export interface Said {
  readonly by: string;
  readonly comment: string;
  readonly at: string;
  readonly until: string | null;
}

/** How to draw what a rule looks at: the measured side of its comparison, and the other one. */
export interface RulePlot {
  readonly query: string;
  readonly comparison: string;
  /** An expression; a number in most rules. */
  readonly threshold: string;
}

export interface AlertRule {
  readonly file: string;
  readonly group: string;
  readonly query: string;
  readonly forMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly plot: RulePlot | null;
}

export type Severity = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** An alert as `/monitoring/alerts` tells it. */
export interface Alert {
  readonly id: string;
  readonly episode: string | null;
  readonly alertname: string;
  readonly severity: Severity;
  readonly state: 'pending' | 'firing' | 'resolved';
  readonly source: 'rule' | 'posted';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: string | null;
  readonly activeAt: string | null;
  readonly firedAt: string | null;
  readonly resolvedAt: string | null;
  readonly held: boolean;
  readonly generatorUrl?: string;
  readonly receivers: readonly string[];
  readonly inhibitedBy: readonly string[];
  readonly silencedBy: readonly string[];
  readonly mutedBy: readonly string[];
  readonly ack: Said | null;
  readonly latch: Said | null;
  readonly escalation: {
    readonly policy: string;
    readonly step: number;
    readonly dueAt: string | null;
    readonly isDone: boolean;
  } | null;
  readonly flapping: boolean;
  readonly traceId: string | null;
  readonly links: Readonly<Record<string, string>>;
  readonly rule: AlertRule | null;
}

const RANKS: readonly Severity[] = ['INFO', 'WARNING', 'ERROR', 'CRITICAL'];

export function severityRank(severity: Severity): number {
  return RANKS.indexOf(severity);
}

/** The time an alert is as old as: since it fires, or since its condition holds. */
export function sinceMs(alert: Alert): number {
  return Date.parse(alert.firedAt ?? alert.activeAt ?? '') || 0;
}

/** What keeps people from hearing of it, in one word. */
export function quietReason(alert: Alert): string | undefined {
  if (alert.silencedBy.length > 0) return 'silenced';
  if (alert.inhibitedBy.length > 0) return 'inhibited';
  return alert.mutedBy.length > 0 ? 'muted' : undefined;
}

/**
 * The list after some alerts were read again: they change in their place, new ones come last, and
 * those that were asked for and not found are gone.
 */
export function withChanged(
  known: readonly Alert[],
  { ids, found }: { readonly ids: ReadonlySet<string>; readonly found: readonly Alert[] },
): readonly Alert[] {
  const fresh = new Map(found.map((alert) => [alert.id, alert]));
  const kept = known.flatMap((alert) => {
    if (!ids.has(alert.id)) return [alert];
    const now = fresh.get(alert.id);
    fresh.delete(alert.id);
    return now === undefined ? [] : [now];
  });
  return [...kept, ...fresh.values()];
}

/** Why a notification is sent; Alertmanager's names and three of ours. */
export type NotificationReason =
  | 'first_notification'
  | 'new_alerts'
  | 'new_resolved'
  | 'all_resolved'
  /** Alerts of the group that were muted are shown now. */
  | 'unmuted'
  | 'repeat'
  /** Every firing alert of the group was acknowledged. */
  | 'acknowledged'
  /** A step of an escalation policy is due. */
  | 'escalation'
  /** Asked for by a person: `notify test`. */
  | 'test';

/** Where a person who reads the message goes on. URLs are absolute. */
export interface AlertLinks {
  /** The alert's own page. */
  readonly page?: string;
  /** From the annotation `runbook_url`. */
  readonly runbook?: string;
  /** The trace of the slowest or failed request, from exemplars. */
  readonly trace?: string;
}

/** What moved, for an alert about drift. */
export interface AlertDrift {
  readonly feature: string;
  /** The score that the alert is about, and its detector where the labels name one. */
  readonly score: number;
  readonly detector?: string;
  readonly sinceMs: number;
}

/** One alert as receivers see it. It fires while `endsAtMs` is absent. */
export interface NotifiedAlert {
  /** 16 hex digits, as Alertmanager computes them. */
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  readonly endsAtMs?: number;
  readonly generatorUrl: string;
  /** What the rule's expression gave; absent for alerts that others posted. */
  readonly value?: number;
  readonly links?: AlertLinks;
  readonly traceId?: string;
  readonly drift?: AlertDrift;
}

/** One message about one alert group to one receiver. Plain data: it waits in the outbox as JSON. */
export interface Notification {
  readonly receiver: string;
  /** Which of the receiver's channels: `slack[0]`, counted by type as Alertmanager does. */
  readonly integration?: string;
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  /** `labels` of the route (Alertmanager 0.34). */
  readonly routeLabels?: Readonly<Record<string, string>>;
  readonly reason: NotificationReason;
  readonly externalUrl: string;
  readonly alerts: readonly NotifiedAlert[];
  /** Equal for every attempt to send the same message. */
  readonly idempotencyKey: string;
  /** Present when a step of an escalation policy sends the message; steps count from 1. */
  readonly escalation?: { readonly policy: string; readonly step: number };
}

export function isFiring(alert: NotifiedAlert): boolean {
  return alert.endsAtMs === undefined;
}

/** Why a notification is sent; Alertmanager's names. */
export type NotificationReason =
  | 'first_notification'
  | 'new_alerts'
  | 'new_resolved'
  | 'all_resolved'
  | 'repeat';

/** One alert as receivers see it. It fires while `endsAtMs` is absent. */
export interface NotifiedAlert {
  /** 16 hex digits, as Alertmanager computes them. */
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  readonly endsAtMs?: number;
  readonly generatorUrl: string;
}

/** One message about one alert group to one receiver. Plain data: it waits in the outbox as JSON. */
export interface Notification {
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly reason: NotificationReason;
  readonly externalUrl: string;
  readonly alerts: readonly NotifiedAlert[];
  /** Equal for every attempt to send the same message. */
  readonly idempotencyKey: string;
}

export function isFiring(alert: NotifiedAlert): boolean {
  return alert.endsAtMs === undefined;
}

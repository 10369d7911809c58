export type HistoryKind =
  | 'alert.pending'
  | 'alert.firing'
  | 'alert.resolved'
  | 'notification.queued'
  | 'notification.sent'
  | 'notification.retried'
  | 'notification.failed'
  | 'notification.expired'
  | 'notification.template_failed'
  | 'alert.acked'
  | 'alert.unacked'
  | 'alert.latched'
  | 'silence.created'
  | 'silence.updated'
  | 'silence.expired'
  | 'escalation.sent'
  | 'escalation.done'
  | 'system.start'
  | 'system.stop'
  | 'system.reload'
  | 'system.fault';

/** One thing that happened, as far as its columns apply. */
export interface HistoryEvent {
  readonly tsMs: number;
  readonly kind: HistoryKind;
  readonly fingerprint?: string;
  readonly alertname?: string;
  readonly severity?: string;
  readonly fromState?: string;
  readonly toState?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
  readonly groupKey?: string;
  readonly receiver?: string;
  readonly reason?: string;
  readonly error?: string;
  readonly actor?: string;
  /** The episode of the alert: when it began to fire, in ms. */
  readonly episode?: string;
  readonly integration?: string;
  readonly comment?: string;
}

export interface HistoryFilter {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly kind?: string;
  readonly alertname?: string;
  readonly fingerprint?: string;
  readonly receiver?: string;
  readonly groupKey?: string;
  /** Only rows with a smaller id: the last id of the page before. */
  readonly beforeId?: number;
  readonly limit: number;
}

export interface StoredHistoryEvent extends HistoryEvent {
  readonly id: number;
}

import type { AlertRecord } from '../notify/stages/alerts/alert-record.ts';
import type { MuteReasons } from '../notify/stages/muting/mute.ts';
import type { NotifiedAlert } from '../notify/stages/notification.ts';

/** An alert that fires or lately did, with everything that decides who hears of it. */
export interface AlertStatus extends MuteReasons {
  readonly record: AlertRecord;
  /** With links, its trace, and what drifted. */
  readonly described: NotifiedAlert;
  /** Whether its source says that it fires, whatever people did. */
  readonly isFiring: boolean;
  /** Resolved by hand while its source says that it fires. */
  readonly isLatched: boolean;
  readonly isAcknowledged: boolean;
  readonly isFlapping: boolean;
  readonly severity: string;
  /** Names of the receivers of its routes, once each. */
  readonly receivers: readonly string[];
  /** Keys of the alert groups that it belongs to. */
  readonly groupKeys: readonly string[];
  readonly escalation: EscalationStatus | undefined;
}

export interface EscalationStatus {
  readonly groupKey: string;
  readonly policy: string;
  /** The step that is due next, from 1. */
  readonly step: number;
  readonly round: number;
  /** Absent while it is held or done. */
  readonly dueMs?: number | undefined;
  readonly isDone: boolean;
  readonly reached: readonly string[];
}

/** Alerts that one receiver is told of together. */
export interface GroupStatus {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: string;
  readonly alerts: readonly AlertStatus[];
}

/** How the sending to one channel of a receiver goes. */
export interface IntegrationStatus {
  /** `slack[0]` */
  readonly name: string;
  readonly type: string;
  readonly sendsResolved: boolean;
  /** Messages that are not delivered yet. */
  readonly waiting: number;
  readonly failingSinceMs?: number | undefined;
  readonly pausedUntilMs?: number | undefined;
  readonly lastError?: string | undefined;
}

export interface ReceiverStatus {
  readonly name: string;
  readonly integrations: readonly IntegrationStatus[];
}

/** What came of a test message by one channel. */
export interface TriedChannel {
  readonly integration: string;
  readonly isDelivered: boolean;
  readonly error: string | null;
  /** Templates that failed; the built-in text was sent. */
  readonly problems: readonly string[];
}

/** Figures over a span of time. */
export interface AlertStatistics {
  readonly windowMs: number;
  readonly fired: number;
  readonly resolved: number;
  readonly acknowledged: number;
  readonly bySeverity: Readonly<Record<string, number>>;
  readonly byAlertname: Readonly<Record<string, number>>;
  readonly timeToAcknowledge: Spread;
  readonly timeToResolve: Spread;
  readonly receivers: Readonly<
    Record<
      string,
      {
        readonly sent: number;
        readonly retried: number;
        readonly failed: number;
        readonly expired: number;
      }
    >
  >;
  /** The alerts that changed most often, the worst first. */
  readonly flapping: readonly {
    readonly id: string;
    readonly alertname: string;
    readonly changes: number;
  }[];
}

/** Of some durations; absent figures when there are none. */
export interface Spread {
  readonly count: number;
  readonly meanMs?: number | undefined;
  readonly p95Ms?: number | undefined;
}

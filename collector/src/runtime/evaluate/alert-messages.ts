import { escapeQuery } from '../../model/template/functions/escape.ts';
import type { AlertSnapshot } from '../../notify/notifier.ts';
import type { NotifiedAlert } from '../../notify/stages/notification.ts';
import type { AlertChange } from '../../rules/alert/alert-rule.ts';
import type { RuleGroup } from '../../rules/group.ts';
import type { Clock } from '../clock.ts';
import { notifiedAlerts, notifiedChanges } from '../deliver/notified-alerts.ts';
import type { SelfAlerts } from './self-alerts.ts';

export interface AlertMessagesOptions {
  readonly clock: Clock;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  /** Alerts about the service itself. */
  readonly selfAlerts: SelfAlerts;
}

/** Alerts as receivers see them. */
export class AlertMessages {
  readonly #options: AlertMessagesOptions;

  constructor(options: AlertMessagesOptions) {
    this.#options = options;
  }

  /** What receivers may be told of now. */
  snapshot(groups: readonly RuleGroup[], changes: readonly AlertChange[] = []): AlertSnapshot {
    const nowMs = this.#options.clock.nowMs();
    const alerts = notifiedAlerts(groups, changes, (expr) => this.#graphUrl(expr));
    const all = [...alerts, ...this.#options.selfAlerts.list(nowMs)];
    return { alerts: all.map((alert) => this.labelled(alert)), nowMs };
  }

  /** The alerts that changes are about. */
  changed(changes: readonly AlertChange[]): readonly NotifiedAlert[] {
    return notifiedChanges(changes).map((alert) => this.labelled(alert));
  }

  /** Messages have the external labels too, except where the alert has its own. */
  labelled(alert: NotifiedAlert): NotifiedAlert {
    const { externalLabels } = this.#options;
    if (Object.keys(externalLabels).length === 0) return alert;
    const labels = Object.entries({ ...externalLabels, ...alert.labels });
    return {
      ...alert,
      labels: Object.fromEntries(labels.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  #graphUrl(expr: string): string {
    return `${this.#options.externalUrl}/graph?g0.expr=${escapeQuery(expr)}&g0.tab=1`;
  }
}

import { textKey } from '@telltale/core';

import { fingerprint } from '../../notify/stages/fingerprint.ts';
import type { NotifiedAlert } from '../../notify/stages/notification.ts';

/** Faults of the service itself that need an alert. */
export type SelfAlertName =
  | 'TelltaleLogDamaged'
  | 'TelltaleDatabaseDamaged'
  | 'TelltaleCannotWrite'
  | 'TelltaleSeriesLimit'
  | 'TelltaleEvaluationLate'
  | 'TelltaleSenderClockBehind'
  | 'TelltaleRuleFileBroken'
  | 'TelltaleReceiverFails'
  | 'TelltaleAlertFlood';

const SEVERITIES: Readonly<Record<SelfAlertName, 'critical' | 'warning'>> = {
  TelltaleLogDamaged: 'critical',
  TelltaleDatabaseDamaged: 'critical',
  TelltaleCannotWrite: 'critical',
  TelltaleSeriesLimit: 'warning',
  TelltaleEvaluationLate: 'warning',
  TelltaleSenderClockBehind: 'warning',
  TelltaleRuleFileBroken: 'critical',
  TelltaleReceiverFails: 'critical',
  TelltaleAlertFlood: 'warning',
};

/** A resolved one is shown this long, so that every receiver hears of it. */
const RESOLVED_RETENTION_MS = 15 * 60_000;

/** Alerts that no rule gives: they come from inside the service and go out like any other. */
export class SelfAlerts {
  readonly #alerts: Map<string, NotifiedAlert> = new Map();

  /** Firing and lately resolved ones. */
  list(nowMs: number): readonly NotifiedAlert[] {
    for (const [key, { endsAtMs }] of this.#alerts) {
      if (endsAtMs !== undefined && nowMs - endsAtMs > RESOLVED_RETENTION_MS) {
        this.#alerts.delete(key);
      }
    }
    return [...this.#alerts.values()];
  }

  /** Returns the alert when it is news. `subject` tells alerts of one name apart. */
  raise(
    name: SelfAlertName,
    { subject, summary }: { readonly subject: string; readonly summary: string },
    nowMs: number,
  ): NotifiedAlert | undefined {
    const key = textKey([name, subject]);
    const known = this.#alerts.get(key);
    if (known !== undefined && known.endsAtMs === undefined) return undefined;
    const labels = { alertname: name, severity: SEVERITIES[name], subject };
    const alert: NotifiedAlert = {
      fingerprint: fingerprint(labels),
      labels,
      annotations: { summary },
      startsAtMs: nowMs,
      generatorUrl: '',
    };
    this.#alerts.set(key, alert);
    return alert;
  }

  /** Returns the resolved alert when it was firing. */
  clear(name: SelfAlertName, subject: string, nowMs: number): NotifiedAlert | undefined {
    const key = textKey([name, subject]);
    const known = this.#alerts.get(key);
    if (known === undefined || known.endsAtMs !== undefined) return undefined;
    const resolved = { ...known, endsAtMs: nowMs };
    this.#alerts.set(key, resolved);
    return resolved;
  }
}

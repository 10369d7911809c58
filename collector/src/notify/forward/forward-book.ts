import type { NotifiedAlert } from '../stages/notification.ts';

/** An alert as Alertmanager's API v2 takes it. */
export interface ForwardedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

export interface ForwardTimes {
  /** A firing alert is told again after this long, or the Alertmanager takes it for resolved. */
  readonly resendMs: number;
  /** A resolved alert is told for this long, for an Alertmanager that was not there. */
  readonly resolvedMs: number;
  /** Of the slowest rule group. */
  readonly intervalMs: number;
}

export const DEFAULT_FORWARD_TIMES: ForwardTimes = Object.freeze({
  resendMs: 60_000,
  resolvedMs: 15 * 60_000,
  intervalMs: 60_000,
});

interface Told {
  readonly sentMs: number;
  readonly alert: NotifiedAlert;
}

/** Alerts that are remembered at most; a fleet has a few hundred. */
const TOLD_MAX = 10_000;

/**
 * Which alerts have to be told to other Alertmanagers now: new ones, resolved ones, and firing ones
 * again from time to time, as Prometheus does.
 */
export class ForwardBook {
  readonly #times: ForwardTimes;
  readonly #told = new Map<string, Told>();
  /** Alerts that there was no room for, each time that one came. */
  dropped = 0;

  constructor(times: ForwardTimes = DEFAULT_FORWARD_TIMES) {
    this.#times = times;
  }

  /** @param alerts all that fire and those that have just resolved. */
  take(alerts: readonly NotifiedAlert[], nowMs: number): readonly ForwardedAlert[] {
    for (const alert of alerts) this.#note(alert);
    const due = [...this.#told].filter(([, told]) => nowMs - told.sentMs >= this.#times.resendMs);
    return due.flatMap(([fingerprint, { alert }]) => {
      const { endsAtMs } = alert;
      if (endsAtMs !== undefined && nowMs - endsAtMs > this.#times.resolvedMs) {
        this.#told.delete(fingerprint);
        return [];
      }
      this.#told.set(fingerprint, { sentMs: nowMs, alert });
      return [this.#forwarded(alert, nowMs)];
    });
  }

  /** What changed its state is due at once; what only fires on keeps its time. */
  #note(alert: NotifiedAlert): void {
    const known = this.#told.get(alert.fingerprint);
    if (known === undefined && this.#told.size >= TOLD_MAX) {
      this.dropped += 1;
      return;
    }
    const isSame =
      known !== undefined &&
      (known.alert.endsAtMs === undefined) === (alert.endsAtMs === undefined) &&
      known.alert.startsAtMs === alert.startsAtMs;
    const sentMs = isSame ? known.sentMs : Number.NEGATIVE_INFINITY;
    this.#told.set(alert.fingerprint, { sentMs, alert });
  }

  #forwarded(alert: NotifiedAlert, nowMs: number): ForwardedAlert {
    const { resendMs, intervalMs } = this.#times;
    const endsAtMs = alert.endsAtMs ?? nowMs + 4 * Math.max(resendMs, intervalMs);
    return {
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: new Date(alert.startsAtMs).toISOString(),
      endsAt: new Date(endsAtMs).toISOString(),
      generatorURL: alert.generatorUrl,
    };
  }
}

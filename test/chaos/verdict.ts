import type { GaugePoint } from '../support/collector/alert-service.ts';
import type { ReceivedWebhook } from '../support/collector/service-process.ts';
import type { Phase } from './phases.ts';

/** A time in which the service was down. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One alert as a webhook showed it. */
export interface ShownAlert {
  readonly atMs: number;
  readonly alertname: string;
  readonly unit: string;
  readonly status: 'firing' | 'resolved';
  readonly startsAtMs: number;
}

export function shownAlerts(received: readonly ReceivedWebhook[]): ShownAlert[] {
  return received.flatMap(({ atMs, payload }) =>
    payload.alerts.map(({ labels, status, startsAt }) => ({
      atMs,
      status,
      alertname: labels['alertname'] ?? '',
      unit: labels['unit'] ?? '',
      startsAtMs: Date.parse(startsAt),
    })),
  );
}

/** Samples of the series in the service, as `unit time value`. */
export function storedSamples(
  result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [seconds: number, value: string])[];
  }[],
): Set<string> {
  return new Set(
    result.flatMap(({ metric, values }) =>
      values.map(([seconds, value]) =>
        sampleKey(metric['unit'] ?? '', seconds * 1000, Number(value)),
      ),
    ),
  );
}

/** Acknowledged points that are not in the service. */
export function lostSamples(
  acknowledged: readonly GaugePoint[],
  stored: ReadonlySet<string>,
): readonly GaugePoint[] {
  return acknowledged.filter(
    ({ attributes, timeMs, value }) =>
      !stored.has(sampleKey(attributes?.['unit'] ?? '', timeMs, value)),
  );
}

function sampleKey(unit: string, timeMs: number, value: number): string {
  return `${unit} ${Math.round(timeMs)} ${value}`;
}

/**
 * Firings and recoveries that were due and never shown. A recovery also shows that the alert had
 * fired, for when the two were folded into one message.
 */
export function lostTransitions(
  phases: readonly Phase[],
  shown: readonly ShownAlert[],
  alertname: string,
): number {
  let lost = 0;
  for (const phase of phases) {
    const own = shown.filter((alert) => alert.alertname === alertname && belongsTo(alert, phase));
    if (own.length === 0) lost += 1;
    if (!own.some(({ status }) => status === 'resolved')) lost += 1;
  }
  return lost;
}

/** Firings outside every phase, and recoveries shown while the phase went on. */
export function falseTransitions(
  phases: readonly Phase[],
  shown: readonly ShownAlert[],
  alertname: string,
): number {
  return shown.filter((alert) => {
    if (alert.alertname !== alertname) return false;
    const phase = phases.find((each) => belongsTo(alert, each));
    if (phase === undefined) return true;
    return alert.status === 'resolved' && alert.atMs < phase.endMs;
  }).length;
}

/** Messages that said again what an earlier one had said. */
export function duplicateMessages(shown: readonly ShownAlert[]): number {
  const keys = shown.map(({ alertname, unit, status, startsAtMs }) =>
    [alertname, unit, status, startsAtMs].join(' '),
  );
  return keys.length - new Set(keys).size;
}

/** How far each alert's wait was from its `for`, not counting the time the service was down. */
export function forDriftsMs(
  phases: readonly Phase[],
  shown: readonly ShownAlert[],
  rule: { readonly alertname: string; readonly forMs: number; readonly outages: readonly Outage[] },
): number[] {
  return phases.flatMap((phase) => {
    const own = shown.filter(
      (alert) => alert.alertname === rule.alertname && belongsTo(alert, phase),
    );
    const firedMs = Math.min(...own.map(({ startsAtMs }) => startsAtMs));
    if (!Number.isFinite(firedMs)) return [];
    const downMs = rule.outages.reduce(
      (sum, { fromMs, toMs }) =>
        sum + Math.max(0, Math.min(toMs, firedMs) - Math.max(fromMs, phase.startMs)),
      0,
    );
    return [Math.abs(firedMs - phase.startMs - downMs - rule.forMs)];
  });
}

/** An alert that began in the phase; the service may see the end of it late after an outage. */
function belongsTo({ unit, startsAtMs }: ShownAlert, phase: Phase): boolean {
  return unit === phase.unit && startsAtMs >= phase.startMs && startsAtMs <= phase.endMs + LATE_MS;
}

/** Longer than an outage, shorter than the low time between two phases. */
const LATE_MS = 3500;

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

/** The alert of one phase, and what was shown of it. */
export interface PhaseStory {
  readonly phase: Phase;
  readonly alertname: string;
  readonly shown: readonly ShownAlert[];
}

/** Gives each shown alert to the phase that it began in or, after an outage, behind. */
export function phaseStories(
  phases: readonly Phase[],
  shown: readonly ShownAlert[],
  alertname: string,
): PhaseStory[] {
  return phases.map((phase) => {
    const next = phases.find(({ unit, startMs }) => unit === phase.unit && startMs > phase.startMs);
    const isOwn = (alert: ShownAlert): boolean =>
      alert.alertname === alertname &&
      alert.unit === phase.unit &&
      alert.startsAtMs >= phase.startMs &&
      alert.startsAtMs < (next?.startMs ?? Number.POSITIVE_INFINITY);
    return { phase, alertname, shown: shown.filter(isOwn) };
  });
}

/**
 * Firings and recoveries that were due and never shown. A recovery also shows that the alert had
 * fired, for when the two were folded into one message.
 */
export function lostTransitions({ shown }: PhaseStory): number {
  if (shown.length === 0) return 2;
  return shown.some(({ status }) => status === 'resolved') ? 0 : 1;
}

/** Recoveries shown while the phase went on, and second firings in one phase. */
export function falseTransitions({ phase, shown }: PhaseStory): number {
  const early = shown.filter(({ status, atMs }) => status === 'resolved' && atMs < phase.endMs);
  const starts = new Set(shown.map(({ startsAtMs }) => startsAtMs));
  return early.length + Math.max(0, starts.size - 1);
}

/** Messages that said again what an earlier one had said. */
export function duplicateMessages(shown: readonly ShownAlert[]): number {
  const keys = shown.map(({ alertname, unit, status, startsAtMs }) =>
    [alertname, unit, status, startsAtMs].join(' '),
  );
  return keys.length - new Set(keys).size;
}

/** How far the alert's wait was from its `for`, not counting the time the service was down. */
export function forDriftMs(
  { phase, shown }: PhaseStory,
  rule: { readonly forMs: number; readonly outages: readonly Outage[] },
): number {
  if (shown.length === 0) return 0;
  const firedMs = Math.min(...shown.map(({ startsAtMs }) => startsAtMs));
  const downMs = rule.outages.reduce(
    (sum, { fromMs, toMs }) =>
      sum + Math.max(0, Math.min(toMs, firedMs) - Math.max(fromMs, phase.startMs)),
    0,
  );
  return Math.abs(firedMs - phase.startMs - downMs - rule.forMs);
}

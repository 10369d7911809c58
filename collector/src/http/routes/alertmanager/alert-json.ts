import type { AlertStatus } from '../../../exchange/alert-status.ts';
import type { Matcher } from '../../../model/matcher.ts';
import { type Silence, silenceState } from '../../../notify/stages/muting/silence.ts';

/** An alert in the shape of Alertmanager's API. */
export function alertJson(
  status: AlertStatus,
  { nowMs, resolveTimeoutMs }: { readonly nowMs: number; readonly resolveTimeoutMs: number },
): object {
  const { alert, endsAtMs, updatedAtMs } = status.record;
  const { inhibitedBy, silencedBy, mutedBy } = status;
  return {
    annotations: alert.annotations,
    // Clients expect an end: an alert of a rule fires until it is told otherwise.
    endsAt: isoTime(endsAtMs ?? nowMs + resolveTimeoutMs),
    fingerprint: alert.fingerprint,
    receivers: status.receivers.map((name) => ({ name })),
    startsAt: isoTime(alert.startsAtMs),
    status: { inhibitedBy, mutedBy, silencedBy, state: stateOf(status) },
    updatedAt: isoTime(updatedAtMs),
    generatorURL: alert.generatorUrl,
    labels: alert.labels,
  };
}

export function stateOf({
  inhibitedBy,
  silencedBy,
  mutedBy,
}: AlertStatus): 'active' | 'suppressed' {
  return inhibitedBy.length + silencedBy.length + mutedBy.length > 0 ? 'suppressed' : 'active';
}

export function silenceJson(silence: Silence, nowMs: number): object {
  return {
    id: silence.id,
    status: { state: silenceState(silence, nowMs) },
    updatedAt: isoTime(silence.updatedAtMs),
    comment: silence.comment,
    createdBy: silence.createdBy,
    endsAt: isoTime(silence.endsAtMs),
    matchers: silence.matchers.map(matcherJson),
    startsAt: isoTime(silence.startsAtMs),
  };
}

function matcherJson({ name, operator, value }: Matcher): object {
  return {
    isEqual: operator === '=' || operator === '=~',
    isRegex: operator === '=~' || operator === '!~',
    name,
    value,
  };
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

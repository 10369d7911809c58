import type { Labels } from '../../model/labels.ts';

/** A resolved alert is kept this long, so that external Alertmanagers hear of it again. */
export const RESOLVED_RETENTION_MS: number = 15 * 60_000;

/**
 * - `pending`: the condition holds, but not yet for the rule's `for`;
 * - `firing`: it has held for that long, or went away less than `keep_firing_for` ago;
 * - `inactive`: it fired and has been resolved.
 */
export type AlertStatus = 'pending' | 'firing' | 'inactive';

/** One alert: a label set for which the condition of a rule holds, or held. */
export interface Alert {
  readonly status: AlertStatus;
  /** Labels of the element and of the rule, with `alertname`: the alert's identity. */
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  /** What the expression gave when the condition last held. */
  readonly value: number;
  /** When the condition began to hold, in milliseconds since the epoch. */
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
  readonly resolvedAtMs?: number;
  /** When the condition went away while `keep_firing_for` keeps the alert firing. */
  readonly keepFiringSinceMs?: number;
  /** When the alert was restored; it cannot resolve before its data is back. */
  readonly heldSinceMs?: number;
}

/** What one evaluation found for the labels of an alert. */
export type AlertElement = Pick<Alert, 'labels' | 'annotations' | 'value'>;

export interface AlertPolicy {
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Whether a restored alert whose condition is gone stays as it is for now. */
  readonly isHolding: (alert: Alert) => boolean;
  /** Whether no alert may begin for now: what looks missing may only not have come yet. */
  readonly isStartHeld?: boolean;
}

export type AlertReason =
  /** The condition holds; the alert waits for `for`. */
  | 'condition_met'
  /** The condition has held for `for`. */
  | 'for_elapsed'
  /** The rule asks for a longer `for` than the alert has been active. */
  | 'for_raised'
  /** The condition no longer holds. */
  | 'condition_cleared'
  /** `keep_firing_for` is over. */
  | 'keep_firing_elapsed'
  /** The rule is no longer configured. */
  | 'rule_removed'
  /** More alerts than the group's limit: the rule forgets them all. */
  | 'limit_exceeded';

export interface AlertTransition {
  /** `undefined`: the alert is new. */
  readonly from: AlertStatus | undefined;
  /** `undefined`: the alert is forgotten without having fired. */
  readonly to: AlertStatus | undefined;
  readonly reason: AlertReason;
}

export interface AlertStep {
  /** `undefined`: the alert is forgotten. */
  readonly alert: Alert | undefined;
  readonly transition?: AlertTransition;
}

/** Advances one alert by one evaluation at `nowMs`; `element` is what the expression gave for it. */
export function stepAlert(
  alert: Alert | undefined,
  element: AlertElement | undefined,
  { nowMs, policy }: { readonly nowMs: number; readonly policy: AlertPolicy },
): AlertStep {
  const isNew = alert === undefined || alert.status === 'inactive';
  if (element !== undefined && !(isNew && policy.isStartHeld === true)) {
    return stepPresent(alert, element, { nowMs, policy });
  }
  return alert === undefined ? { alert: undefined } : stepAbsent(alert, nowMs, policy);
}

interface Moment {
  readonly nowMs: number;
  readonly policy: AlertPolicy;
}

function stepPresent(alert: Alert | undefined, element: AlertElement, moment: Moment): AlertStep {
  const { nowMs, policy } = moment;
  // An element that returns after its alert was resolved is a new alert.
  const known = alert?.status === 'inactive' ? undefined : alert;
  const from = known?.status;
  if (waitedMs(known, nowMs) < policy.forMs) {
    const activeAtMs = known?.activeAtMs ?? nowMs;
    const pending: Alert = { ...element, status: 'pending', activeAtMs };
    if (from === 'pending') return { alert: pending };
    const reason = from === 'firing' ? 'for_raised' : 'condition_met';
    return { alert: pending, transition: { from, to: 'pending', reason } };
  }
  const firing = firingAlert(known, element, nowMs);
  if (from === 'firing') return { alert: firing };
  return { alert: firing, transition: { from, to: 'firing', reason: 'for_elapsed' } };
}

/** The alert as it fires now; the very same as before when nothing of it is new. */
function firingAlert(known: Alert | undefined, element: AlertElement, nowMs: number): Alert {
  if (known !== undefined && isUndisturbed(known, element)) return known;
  const { labels, annotations, value } = element;
  const { activeAtMs = nowMs, firedAtMs = nowMs } = known ?? {};
  return { status: 'firing', labels, annotations, value, activeAtMs, firedAtMs };
}

/** A firing alert of which the evaluation says what the one before said. */
function isUndisturbed(alert: Alert, { labels, annotations, value }: AlertElement): boolean {
  return (
    alert.status === 'firing' &&
    alert.firedAtMs !== undefined &&
    alert.heldSinceMs === undefined &&
    alert.keepFiringSinceMs === undefined &&
    alert.labels === labels &&
    alert.annotations === annotations &&
    Object.is(alert.value, value)
  );
}

/**
 * How long an alert has been active. One that fired has waited as long as it had then, whatever the
 * clock says now: time that was set back demotes nothing.
 */
function waitedMs(
  alert: Pick<Alert, 'activeAtMs' | 'firedAtMs'> | undefined,
  nowMs: number,
): number {
  return alert === undefined ? 0 : Math.max(nowMs, alert.firedAtMs ?? nowMs) - alert.activeAtMs;
}

function stepAbsent(alert: Alert, nowMs: number, policy: AlertPolicy): AlertStep {
  switch (alert.status) {
    case 'pending':
      return forget(alert.status, 'condition_cleared');
    case 'inactive': {
      const isOld = nowMs - (alert.resolvedAtMs ?? nowMs) > RESOLVED_RETENTION_MS;
      return { alert: isOld ? undefined : alert };
    }
    case 'firing':
      return policy.isHolding(alert) ? { alert } : stepCleared(alert, nowMs, policy);
  }
}

function forget(from: AlertStatus, reason: AlertReason): AlertStep {
  return { alert: undefined, transition: { from, to: undefined, reason } };
}

/** A firing alert whose condition no longer holds. */
function stepCleared(alert: Alert, nowMs: number, policy: AlertPolicy): AlertStep {
  const sinceMs = alert.keepFiringSinceMs ?? nowMs;
  if (policy.keepFiringForMs > 0 && nowMs - sinceMs < policy.keepFiringForMs) {
    return keepFiring(alert, sinceMs, { nowMs, policy });
  }
  const wasKept = policy.keepFiringForMs > 0 && alert.keepFiringSinceMs !== undefined;
  const reason = wasKept ? 'keep_firing_elapsed' : 'condition_cleared';
  return resolveAlert(alert, nowMs, reason);
}

function keepFiring(alert: Alert, sinceMs: number, { nowMs, policy }: Moment): AlertStep {
  if (waitedMs(alert, nowMs) >= policy.forMs) {
    return { alert: { ...alert, keepFiringSinceMs: sinceMs } };
  }
  const { firedAtMs: _fired, keepFiringSinceMs: _since, ...rest } = alert;
  const pending: Alert = { ...rest, status: 'pending' };
  return { alert: pending, transition: { from: 'firing', to: 'pending', reason: 'for_raised' } };
}

/**
 * The alert after the clock was set by `jumpMs`: what it waits for goes on where it was, and a
 * firing one is held until its data is there again.
 */
export function shiftAlert(alert: Alert, jumpMs: number, nowMs: number): Alert {
  if (alert.status === 'inactive') return alert;
  const { keepFiringSinceMs } = alert;
  if (alert.status === 'pending') return { ...alert, activeAtMs: alert.activeAtMs + jumpMs };
  return {
    ...alert,
    heldSinceMs: nowMs,
    ...(keepFiringSinceMs === undefined ? {} : { keepFiringSinceMs: keepFiringSinceMs + jumpMs }),
  };
}

/** Ends an alert: one that fired is resolved and kept for a while, one that did not is forgotten. */
export function resolveAlert(alert: Alert, nowMs: number, reason: AlertReason): AlertStep {
  if (alert.status !== 'firing') return forget(alert.status, reason);
  const { heldSinceMs: _held, ...rest } = alert;
  const resolved: Alert = { ...rest, status: 'inactive', resolvedAtMs: nowMs };
  return { alert: resolved, transition: { from: 'firing', to: 'inactive', reason } };
}

import { fingerprint } from '../../notify/stages/fingerprint.ts';
import type { NotifiedAlert } from '../../notify/stages/notification.ts';
import { printExpr } from '../../promql/printer.ts';
import type { AlertChange } from '../../rules/alert/alert-rule.ts';
import type { Alert } from '../../rules/alert/alert-state.ts';
import type { RuleGroup } from '../../rules/group.ts';

/** The alerts that receivers may hear of: those that fire, and those that did. */
export function notifiedAlerts(
  groups: Iterable<RuleGroup>,
  changes: readonly AlertChange[],
  generatorUrl: (expr: string) => string,
): NotifiedAlert[] {
  const alerts = new Map<string, NotifiedAlert>();
  const add = (alert: NotifiedAlert): void => {
    // Two rules may give one label set; while one of them fires, the alert does.
    const known = alerts.get(alert.fingerprint);
    if (known === undefined || known.endsAtMs !== undefined) alerts.set(alert.fingerprint, alert);
  };
  for (const { rules } of groups) {
    for (const { rule, alerts: states } of rules) {
      for (const alert of states.values()) {
        if (alert.status !== 'pending')
          add(notifiedAlert(alert, generatorUrl(printExpr(rule.expr))));
      }
    }
  }
  for (const change of changes) {
    const ended = endedAlert(change);
    if (ended !== undefined && !alerts.has(ended.fingerprint)) add(ended);
  }
  return [...alerts.values()];
}

/** The changes that receivers may have to hear of, as alerts. */
export function notifiedChanges(changes: readonly AlertChange[]): NotifiedAlert[] {
  return changes
    .filter(({ from, to }) => from === 'firing' || to === 'firing')
    .map((change) => endedAlert(change) ?? notifiedAlert(change.alert, ''));
}

function notifiedAlert(alert: Alert, generatorUrl: string): NotifiedAlert {
  const labels = alert.labels.toRecord();
  return {
    fingerprint: fingerprint(labels),
    labels,
    annotations: alert.annotations,
    startsAtMs: alert.firedAtMs ?? alert.activeAtMs,
    generatorUrl,
    ...(Number.isFinite(alert.value) ? { value: alert.value } : {}),
    ...(alert.resolvedAtMs === undefined ? {} : { endsAtMs: alert.resolvedAtMs }),
  };
}

/**
 * An alert that fires no more. Its rule may have forgotten it (removed, over its limit, a longer
 * `for`), so it is taken from the change.
 */
function endedAlert(change: AlertChange): NotifiedAlert | undefined {
  const { from, to, alert, timeMs, firedAtMs } = change;
  if (from !== 'firing' || to === 'firing') return undefined;
  const ended = notifiedAlert(alert, '');
  const startsAtMs = firedAtMs ?? ended.startsAtMs;
  return { ...ended, startsAtMs, endsAtMs: alert.resolvedAtMs ?? timeMs };
}

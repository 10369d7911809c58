import { compareUtf8 } from '../../model/labels.ts';
import { commonPairs } from '../stages/common-pairs.ts';
import { isFiring, type Notification, type NotifiedAlert } from '../stages/notification.ts';

/** Alerts that the built-in text lists; the rest is counted. */
const ALERTS_MAX = 50;
/** Characters of one label or annotation. */
const VALUE_LENGTH_MAX = 500;

/**
 * The subject without any template: what Alertmanager's default says, so that a receiver whose
 * template fails still learns what fires.
 */
export function plainSubject(notification: Notification): string {
  const { alerts, groupLabels } = notification;
  const firing = alerts.filter(isFiring).length;
  const common = commonPairs(alerts.map(({ labels }) => labels));
  const others = Object.entries(common).filter(([name]) => !(name in groupLabels));
  const status = firing > 0 ? `[FIRING:${firing}]` : '[RESOLVED]';
  const rest = values(Object.fromEntries(others));
  return `${status} ${values(groupLabels)}${rest === '' ? '' : ` (${rest})`}`;
}

/** All alerts with labels, annotations and links, without any template. */
export function plainAlertList(notification: Notification): string {
  const { alerts } = notification;
  const shown = alerts.slice(0, ALERTS_MAX).map(plainAlert);
  const rest = alerts.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more alerts`] : [])].join('\n\n');
}

function plainAlert(alert: NotifiedAlert): string {
  const { links = {}, drift } = alert;
  const lines = [
    isFiring(alert) ? 'FIRING' : 'RESOLVED',
    ...pairLines('Labels', alert.labels),
    ...pairLines('Annotations', alert.annotations),
    line('Source', alert.generatorUrl),
    line('Drift', drift && `feature ${drift.feature} moved, score ${drift.score}`),
    line('Alert', links.page),
    line('Runbook', links.runbook),
    line('Trace', links.trace),
  ];
  return lines.filter((one) => one !== undefined).join('\n');
}

function pairLines(title: string, record: Readonly<Record<string, string>>): readonly string[] {
  return [`${title}:`, ...sorted(record).map(([name, value]) => ` - ${name} = ${short(value)}`)];
}

function line(name: string, value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : `${name}: ${short(value)}`;
}

function short(value: string): string {
  return value.length > VALUE_LENGTH_MAX ? `${value.slice(0, VALUE_LENGTH_MAX)}…` : value;
}

function values(record: Readonly<Record<string, string>>): string {
  return sorted(record)
    .map(([, value]) => short(value))
    .join(' ');
}

/** By name, `alertname` first. */
function sorted(record: Readonly<Record<string, string>>): (readonly [string, string])[] {
  const rank = (name: string): number => (name === 'alertname' ? 0 : 1);
  return Object.entries(record).sort(
    ([left], [right]) => rank(left) - rank(right) || compareUtf8(left, right),
  );
}

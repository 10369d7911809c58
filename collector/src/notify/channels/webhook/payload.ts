import { commonPairs } from '../../stages/common-pairs.ts';
import { isFiring, type Notification, type NotifiedAlert } from '../../stages/notification.ts';

/** Go's zero time, by which Alertmanager says that an alert has not ended. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

export interface WebhookAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** Alertmanager's webhook message, version 4. */
export interface WebhookPayload {
  readonly version: '4';
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly routeLabels: Readonly<Record<string, string>>;
  readonly notification_reason: string;
  readonly externalURL: string;
  readonly alerts: readonly WebhookAlert[];
}

/** @param alertsMax 0 for all alerts of the group. */
export function webhookPayload(notification: Notification, alertsMax: number): WebhookPayload {
  const { alerts } = notification;
  const shown = alertsMax > 0 ? alerts.slice(0, alertsMax) : alerts;
  return {
    version: '4',
    groupKey: notification.groupKey,
    truncatedAlerts: alerts.length - shown.length,
    status: alerts.some(isFiring) ? 'firing' : 'resolved',
    receiver: notification.receiver,
    groupLabels: notification.groupLabels,
    commonLabels: commonPairs(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonPairs(alerts.map(({ annotations }) => annotations)),
    routeLabels: {},
    notification_reason: notification.reason,
    externalURL: notification.externalUrl,
    alerts: shown.map(webhookAlert),
  };
}

function webhookAlert(alert: NotifiedAlert): WebhookAlert {
  return {
    status: isFiring(alert) ? 'firing' : 'resolved',
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(alert.startsAtMs).toISOString(),
    endsAt: alert.endsAtMs === undefined ? ZERO_TIME : new Date(alert.endsAtMs).toISOString(),
    generatorURL: alert.generatorUrl,
    fingerprint: alert.fingerprint,
  };
}

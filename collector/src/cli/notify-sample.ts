import { randomUUID } from 'node:crypto';

import { alertPage } from '../notify/message/page-links.ts';
import { fingerprint } from '../notify/stages/fingerprint.ts';
import type { Notification, NotifiedAlert } from '../notify/stages/notification.ts';
import type { OpenReceiver } from './notify-receiver.ts';

/** How long the sample alert has been firing. */
const AGE_MS = 5 * 60_000;

export interface SampleWishes {
  readonly alert: string;
  readonly label: Readonly<Record<string, string>>;
}

/** A message about one alert, as the dispatcher would make it. */
export function sampleNotification(
  { receiver, config, context }: OpenReceiver,
  { alert: alertname, label }: SampleWishes,
): Notification {
  const labels = { alertname, severity: 'warning', ...label };
  const id = fingerprint(labels);
  const alert: NotifiedAlert = {
    fingerprint: id,
    labels,
    annotations: {
      summary: 'This is a test of the receiver',
      description: `Sent by telltale-collector notify test to ${receiver.name}; nothing is wrong.`,
    },
    startsAtMs: context.nowMs - AGE_MS,
    generatorUrl: `${config.external_url}/graph`,
    links: { page: alertPage(config.external_url, id) },
  };
  return {
    receiver: receiver.name,
    // A group of its own, so that a test never touches the incident of a real alert.
    groupKey: `{}/test:{alertname=${JSON.stringify(alertname)}}`,
    groupLabels: { alertname },
    reason: 'test',
    externalUrl: config.external_url,
    alerts: [alert],
    idempotencyKey: randomUUID().replaceAll('-', ''),
  };
}

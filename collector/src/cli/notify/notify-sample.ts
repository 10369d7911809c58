import { randomUUID } from 'node:crypto';

import { sampleNotification as sampleOf } from '../../notify/message/sample-notification.ts';
import type { Notification } from '../../notify/stages/notification.ts';
import type { OpenReceiver } from './notify-receiver.ts';

export interface SampleWishes {
  readonly alert: string;
  readonly label: Readonly<Record<string, string>>;
}

/** A message about one alert, as the dispatcher would make it. */
export function sampleNotification(
  { receiver, config, context }: OpenReceiver,
  { alert: alertname, label }: SampleWishes,
): Notification {
  return sampleOf({
    receiver: receiver.name,
    externalUrl: config.external_url,
    nowMs: context.nowMs,
    labels: { alertname, severity: 'warning', ...label },
    sentBy: 'telltale-collector notify test',
    idempotencyKey: randomUUID().replaceAll('-', ''),
  });
}

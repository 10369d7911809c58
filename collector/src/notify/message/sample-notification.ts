import { fingerprint } from '../stages/fingerprint.ts';
import type { Notification, NotifiedAlert } from '../stages/notification.ts';
import { alertPage } from './page-links.ts';

export interface SampleInit {
  readonly receiver: string;
  readonly externalUrl: string;
  readonly nowMs: number;
  /** `alertname` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** What sent it, for the text. */
  readonly sentBy: string;
  readonly idempotencyKey: string;
}

/** How long the sample alert has been firing. */
const AGE_MS = 5 * 60_000;

/** A message about one alert that does not exist, as the dispatcher would make it. */
export function sampleNotification(init: SampleInit): Notification {
  const { receiver, externalUrl, nowMs, labels, sentBy, idempotencyKey } = init;
  const { alertname = '' } = labels;
  const id = fingerprint(labels);
  const alert: NotifiedAlert = {
    fingerprint: id,
    labels,
    annotations: {
      summary: 'This is a test of the receiver',
      description: `Sent by ${sentBy} to ${receiver}; nothing is wrong.`,
    },
    startsAtMs: nowMs - AGE_MS,
    generatorUrl: `${externalUrl}/graph`,
    links: { page: alertPage(externalUrl, id) },
  };
  return {
    receiver,
    // A group of its own, so that a test never touches the incident of a real alert.
    groupKey: `{}/test:{alertname=${JSON.stringify(alertname)}}`,
    groupLabels: { alertname },
    reason: 'test',
    externalUrl,
    alerts: [alert],
    idempotencyKey,
  };
}

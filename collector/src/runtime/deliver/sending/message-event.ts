import type { HistoryEvent } from '../../../exchange/history.ts';
import type { Notification } from '../../../notify/stages/notification.ts';

/** A message as history names it; the caller adds what happened to it, and when. */
export function messageEvent({
  groupKey,
  receiver,
  integration,
  alerts,
  reason,
}: Notification): Omit<HistoryEvent, 'tsMs' | 'kind'> {
  const [first] = alerts;
  return {
    groupKey,
    receiver,
    reason,
    ...(integration === undefined ? {} : { integration }),
    ...(first === undefined ? {} : { alertname: first.labels['alertname'] ?? '' }),
    ...(alerts.length === 1 && first !== undefined ? { fingerprint: first.fingerprint } : {}),
  };
}

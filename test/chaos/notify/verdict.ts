import type { Outage } from '../verdict.ts';
import type { AcceptedMessage } from './sick-receivers.ts';

/** Alerts that no message showed in a state. */
export function lostAlerts(
  expected: readonly string[],
  accepted: readonly AcceptedMessage[],
  status: 'firing' | 'resolved',
): readonly string[] {
  const shown = new Set(
    accepted.flatMap(({ payload }) =>
      payload.alerts.filter((alert) => alert.status === status).map(({ labels }) => labels['id']),
    ),
  );
  return expected.filter((id) => !shown.has(id));
}

/** Messages that a receiver accepted again. */
export function duplicates(accepted: readonly AcceptedMessage[]): number {
  return accepted.length - new Set(accepted.map(({ key }) => key)).size;
}

/**
 * Messages that came behind a newer one of their group: an alert fires again that was shown as
 * resolved, though each fires once, or is missing among the firing ones though it was shown before.
 */
export function orderViolations(accepted: readonly AcceptedMessage[]): number {
  const groups = new Map<string, { readonly resolved: Set<string>; firing: Set<string> }>();
  let violations = 0;
  for (const { payload } of accepted) {
    const group = groups.get(payload.groupKey) ?? { resolved: new Set(), firing: new Set() };
    groups.set(payload.groupKey, group);
    const ids = (status: string): string[] =>
      payload.alerts
        .filter((alert) => alert.status === status)
        .map(({ labels }) => labels['id'] ?? '');
    const firing = new Set(ids('firing'));
    const isBack = [...firing].some((id) => group.resolved.has(id));
    for (const id of ids('resolved')) group.resolved.add(id);
    const isForgotten = [...group.firing].some((id) => !firing.has(id) && !group.resolved.has(id));
    if (isBack || isForgotten) violations += 1;
    group.firing = firing;
  }
  return violations;
}

export interface HistoryRow {
  readonly id: number;
  readonly tsMs: number;
  readonly kind: string;
  readonly groupKey: string;
}

/** From queued to sent for every message, without those that an outage held up. */
export function deliveryTimesMs(
  rows: readonly HistoryRow[],
  outages: readonly Outage[],
): readonly number[] {
  const waiting = new Map<string, number>();
  const times: number[] = [];
  for (const { kind, groupKey, tsMs } of rows.toSorted((left, right) => left.id - right.id)) {
    if (kind === 'notification.queued' && !waiting.has(groupKey)) waiting.set(groupKey, tsMs);
    if (kind !== 'notification.sent') continue;
    const queuedMs = waiting.get(groupKey);
    waiting.delete(groupKey);
    if (queuedMs === undefined) continue;
    const isHeldUp = outages.some(({ fromMs, toMs }) => queuedMs <= toMs && tsMs >= fromMs);
    if (!isHeldUp) times.push(tsMs - queuedMs);
  }
  return times;
}

/** @param share between 0 and 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

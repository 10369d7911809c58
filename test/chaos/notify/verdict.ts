import type { Outage } from '../verdict.ts';
import type { AcceptedMessage } from './receiver-messages.ts';

/** Alerts that no message showed in a state. */
export function lostAlerts(
  expected: readonly string[],
  accepted: readonly AcceptedMessage[],
  status: 'firing' | 'resolved',
): readonly string[] {
  const shown = new Set(accepted.flatMap((message) => message[status]));
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
  for (const { groupKey, firing: ids, resolved } of accepted) {
    const group = groups.get(groupKey) ?? { resolved: new Set(), firing: new Set() };
    groups.set(groupKey, group);
    const firing = new Set(ids);
    const isBack = ids.some((id) => group.resolved.has(id));
    for (const id of resolved) group.resolved.add(id);
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

/** What the time of a message went for, in milliseconds. */
export interface DeliveryTime {
  /** From the decision to the end: the sum of the other two. */
  readonly totalMs: number;
  /** Until it was with the receiver. */
  readonly queueMs: number;
  /** Until the answer was read and noted. */
  readonly answerMs: number;
}

/** The times of every message to a receiver, without those that an outage held up. */
export function deliveryTimes(
  rows: readonly HistoryRow[],
  accepted: readonly AcceptedMessage[],
  outages: readonly Outage[],
): readonly DeliveryTime[] {
  const arrivals = new Map<string, number[]>();
  for (const { groupKey, atMs } of accepted) {
    arrivals.set(groupKey, [...(arrivals.get(groupKey) ?? []), atMs]);
  }
  const waiting = new Map<string, number>();
  const times: DeliveryTime[] = [];
  for (const { kind, groupKey, tsMs } of rows.toSorted((left, right) => left.id - right.id)) {
    if (kind === 'notification.queued' && !waiting.has(groupKey)) waiting.set(groupKey, tsMs);
    if (kind !== 'notification.sent') continue;
    const queuedMs = waiting.get(groupKey);
    waiting.delete(groupKey);
    const arrivedMs = arrivals.get(groupKey)?.findLast((atMs) => atMs <= tsMs);
    if (queuedMs === undefined || arrivedMs === undefined) continue;
    if (outages.some(({ fromMs, toMs }) => queuedMs <= toMs && tsMs >= fromMs)) continue;
    times.push({
      totalMs: tsMs - queuedMs,
      queueMs: arrivedMs - queuedMs,
      answerMs: tsMs - arrivedMs,
    });
  }
  return times;
}

/** @param share between 0 and 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

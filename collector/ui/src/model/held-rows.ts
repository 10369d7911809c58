import type { Alert } from './alert.ts';
import type { Row } from './alert-rows.ts';

/** Rows in the order in which they were shown, with what is now known of each alert. */
export interface HeldRows {
  readonly rows: readonly Row[];
  /** Alerts that are not shown yet, and shown ones that are over. */
  readonly arrived: number;
  readonly gone: number;
}

/**
 * Keeps rows where they are while a person is about to click one of them: alerts change in place,
 * new ones wait, and those that are gone stay as resolved.
 */
export function holdRows(shown: readonly Row[], wanted: readonly Row[]): HeldRows {
  const now = new Map<string, Alert>();
  for (const row of wanted) if (row.kind === 'alert') now.set(row.alert.id, row.alert);
  const before = new Set<string>();
  let gone = 0;
  const rows = shown.map((row): Row => {
    if (row.kind === 'group') return row;
    before.add(row.alert.id);
    const alert = now.get(row.alert.id);
    if (alert === undefined) gone += 1;
    return { ...row, alert: alert ?? asGone(row.alert) };
  });
  const arrived = [...now.keys()].filter((id) => !before.has(id)).length;
  return { rows, arrived, gone };
}

const asGone = (alert: Alert): Alert => ({ ...alert, state: 'resolved' });

/** Whether both have the same rows in the same order. */
export function isSameOrder(left: readonly Row[], right: readonly Row[]): boolean {
  return left.length === right.length && left.every(({ key }, index) => key === right[index]?.key);
}

import { Labels } from '../../model/labels.ts';
import { type AlertRow, saveAlerts } from '../../rules/carry-over/restore.ts';
import type { RuleGroup } from '../../rules/group.ts';
import type { Database } from './database.ts';

/**
 * The state of every alert, as rules need it after a restart.
 *
 * A row is written when something of it changed that a restart must know; values and annotations
 * are computed again by the first evaluation.
 */
export class AlertTable {
  readonly #database: Database;
  /** What is stored, by group. */
  readonly #stored: Map<string, StoredRows> = new Map();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Every row, with the time of its group's last evaluation. */
  load(): AlertRow[] {
    const rows = this.#database.all(
      `SELECT alerts.group_key, alerts.labels, document, last_eval_ms FROM alerts
       LEFT JOIN rule_groups ON rule_groups.group_key = alerts.group_key`,
    );
    return rows.map((row) => {
      const alert = parseRow(String(row['document']));
      this.#remember(alert, String(row['labels']));
      const lastEvaluationMs = Number(row['last_eval_ms'] ?? alert.lastEvaluationMs);
      return { ...alert, lastEvaluationMs };
    });
  }

  /** Saves the alerts and the evaluation time of a group. Belongs to the caller's transaction. */
  save(group: RuleGroup): void {
    const stored = this.#stored.get(group.key) ?? this.#startAfresh(group.key);
    const changed: number[] = [];
    const now = new Map<string, Map<string, Essence>>();
    let index = 0;
    for (const { key: ruleKey, alerts } of group.rules) {
      if (alerts.size === 0) continue;
      const before = stored.get(ruleKey);
      if (before !== undefined && isAllStored(before, alerts)) {
        now.set(ruleKey, before);
        index += alerts.size;
        continue;
      }
      const rows = new Map<string, Essence>();
      for (const [labelsKey, alert] of alerts) {
        const row = before?.get(labelsKey);
        const isStored = row !== undefined && isSameEssence(row, alert);
        rows.set(labelsKey, isStored ? row : essenceOf(alert));
        if (!isStored) changed.push(index);
        index += 1;
      }
      now.set(ruleKey, rows);
    }
    if (changed.length > 0) this.#putRows(saveAlerts(group), changed);
    this.#deleteGone(group.key, stored, now);
    this.#stored.set(group.key, now);
    this.saveTime(group);
  }

  /** Saves the evaluation time alone, from which a restart tells how long the service was down. */
  saveTime(group: RuleGroup): void {
    this.#database.run(
      'INSERT OR REPLACE INTO rule_groups VALUES (?, ?)',
      group.key,
      group.lastEvaluationMs ?? 0,
    );
  }

  /** Makes the next `save` write every row, after a transaction that was undone. */
  forgetStored(): void {
    this.#stored.clear();
  }

  /** Forgets groups that are configured no more. @param isAside groups to keep all the same. */
  keepGroups(groups: readonly RuleGroup[], isAside: (groupKey: string) => boolean): void {
    const kept = new Set(groups.map(({ key }) => key));
    for (const row of this.#database.all('SELECT DISTINCT group_key FROM alerts')) {
      const key = String(row['group_key']);
      if (kept.has(key) || isAside(key)) continue;
      this.#database.run('DELETE FROM alerts WHERE group_key = ?', key);
      this.#database.run('DELETE FROM rule_groups WHERE group_key = ?', key);
      this.#stored.delete(key);
    }
  }

  /** Nothing is known of the group's rows, so none may stay. */
  #startAfresh(groupKey: string): StoredRows {
    this.#database.run('DELETE FROM alerts WHERE group_key = ?', groupKey);
    return new Map();
  }

  #putRows(rows: readonly AlertRow[], indexes: readonly number[]): void {
    for (const index of indexes) {
      const row = rows[index];
      if (row === undefined) continue;
      this.#database.run(
        'INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?, ?, ?)',
        row.group,
        row.ruleKey,
        Labels.of(row.labels).key,
        row.rule,
        row.status,
        formatRow(row),
      );
    }
  }

  #deleteGone(group: string, stored: StoredRows, now: StoredRows): void {
    for (const [ruleKey, rows] of stored) {
      const kept = now.get(ruleKey);
      for (const labelsKey of rows.keys()) {
        if (kept?.has(labelsKey) !== true) this.#delete(group, ruleKey, labelsKey);
      }
    }
  }

  #delete(group: string, ruleKey: string, labelsKey: string): void {
    const sql = 'DELETE FROM alerts WHERE group_key = ? AND rule = ? AND labels = ?';
    this.#database.run(sql, group, ruleKey, labelsKey);
  }

  /** A row whose key an older version made is written again under the key of today. */
  #remember(alert: AlertRow, storedKey: string): void {
    const { group, ruleKey } = alert;
    const labelsKey = Labels.of(alert.labels).key;
    if (storedKey !== labelsKey) {
      this.#delete(group, ruleKey, storedKey);
      this.#putRows([alert], [0]);
    }
    const rules: StoredRows = this.#stored.get(group) ?? new Map();
    const rows = rules.get(ruleKey) ?? new Map<string, Essence>();
    this.#stored.set(group, rules.set(ruleKey, rows.set(labelsKey, essenceOf(alert))));
  }
}

/** What a restart must know of an alert. */
type Essence = Pick<
  AlertRow,
  'status' | 'activeAtMs' | 'firedAtMs' | 'resolvedAtMs' | 'keepFiringSinceMs'
>;

/** Rows of a group by the key of their rule and `Labels.key`, as the table has them. */
type StoredRows = Map<string, Map<string, Essence>>;

/** Whether nothing of a rule's rows changed, as at most evaluations. */
function isAllStored(
  rows: ReadonlyMap<string, Essence>,
  alerts: ReadonlyMap<string, Essence>,
): boolean {
  if (rows.size !== alerts.size) return false;
  for (const [labelsKey, alert] of alerts) {
    const row = rows.get(labelsKey);
    if (row === undefined || !isSameEssence(row, alert)) return false;
  }
  return true;
}

/** Without the rest of the alert, which would be kept alive by it. */
function essenceOf(alert: Essence): Essence {
  const { status, activeAtMs, firedAtMs, resolvedAtMs, keepFiringSinceMs } = alert;
  return {
    status,
    activeAtMs,
    ...(firedAtMs === undefined ? {} : { firedAtMs }),
    ...(resolvedAtMs === undefined ? {} : { resolvedAtMs }),
    ...(keepFiringSinceMs === undefined ? {} : { keepFiringSinceMs }),
  };
}

function isSameEssence(left: Essence, right: Essence): boolean {
  return (
    left.status === right.status &&
    left.activeAtMs === right.activeAtMs &&
    left.firedAtMs === right.firedAtMs &&
    left.resolvedAtMs === right.resolvedAtMs &&
    left.keepFiringSinceMs === right.keepFiringSinceMs
  );
}

/** JSON has no NaN and no infinity, and an alert may well have such a value. */
function formatRow(alert: AlertRow): string {
  return JSON.stringify({ ...alert, value: String(alert.value) });
}

function parseRow(document: string): AlertRow {
  const row = JSON.parse(document) as Omit<AlertRow, 'value'> & { readonly value: string };
  return { ...row, value: Number(row.value) };
}

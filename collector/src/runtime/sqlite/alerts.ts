import { textKey } from '@telltale/core';

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
  /** What is stored, by group and by rule and labels. */
  readonly #stored: Map<string, Map<string, StoredRow>> = new Map();

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
    const now = new Map<string, StoredRow>();
    const changed: number[] = [];
    let index = 0;
    for (const { key: ruleKey, alerts } of group.rules) {
      for (const alert of alerts.values()) {
        const key = textKey([ruleKey, alert.labels.key]);
        const essence = essenceOf(alert);
        now.set(key, { ruleKey, labelsKey: alert.labels.key, essence });
        if (stored.get(key)?.essence !== essence) changed.push(index);
        index += 1;
      }
    }
    if (changed.length > 0) this.#putRows(saveAlerts(group), changed);
    for (const [key, row] of stored) if (!now.has(key)) this.#delete(group.key, row);
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
  #startAfresh(groupKey: string): Map<string, StoredRow> {
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

  #delete(group: string, { ruleKey, labelsKey }: StoredRow): void {
    const sql = 'DELETE FROM alerts WHERE group_key = ? AND rule = ? AND labels = ?';
    this.#database.run(sql, group, ruleKey, labelsKey);
  }

  /** A row whose key an older version made is written again under the key of today. */
  #remember(alert: AlertRow, storedKey: string): void {
    const { group, ruleKey } = alert;
    const labelsKey = Labels.of(alert.labels).key;
    if (storedKey !== labelsKey) {
      this.#delete(group, { ruleKey, labelsKey: storedKey, essence: '' });
      this.#putRows([alert], [0]);
    }
    const rows = this.#stored.get(group) ?? new Map<string, StoredRow>();
    rows.set(textKey([ruleKey, labelsKey]), { ruleKey, labelsKey, essence: essenceOf(alert) });
    this.#stored.set(group, rows);
  }
}

interface StoredRow {
  readonly ruleKey: string;
  /** `Labels.key`, as the table has it. */
  readonly labelsKey: string;
  readonly essence: string;
}

/** What a restart must know. */
function essenceOf(
  alert: Pick<
    AlertRow,
    'status' | 'activeAtMs' | 'firedAtMs' | 'resolvedAtMs' | 'keepFiringSinceMs'
  >,
): string {
  const { status, activeAtMs, firedAtMs, resolvedAtMs, keepFiringSinceMs } = alert;
  return `${status} ${activeAtMs} ${firedAtMs} ${resolvedAtMs} ${keepFiringSinceMs}`;
}

/** JSON has no NaN and no infinity, and an alert may well have such a value. */
function formatRow(alert: AlertRow): string {
  return JSON.stringify({ ...alert, value: String(alert.value) });
}

function parseRow(document: string): AlertRow {
  const row = JSON.parse(document) as Omit<AlertRow, 'value'> & { readonly value: string };
  return { ...row, value: Number(row.value) };
}

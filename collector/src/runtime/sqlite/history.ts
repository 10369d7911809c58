import type { SQLInputValue } from 'node:sqlite';

import type {
  HistoryEvent,
  HistoryFilter,
  HistoryKind,
  StoredHistoryEvent,
} from '../../exchange/history.ts';
import type { Database, Row } from './database.ts';

/** Rows deleted in one go, so that no evaluation waits for the retention job. */
const DELETE_CHUNK = 1000;

const TEXT_COLUMNS = [
  'fingerprint',
  'alertname',
  'severity',
  'fromState',
  'toState',
  'groupKey',
  'receiver',
  'reason',
  'error',
  'actor',
  'episode',
  'integration',
  'comment',
] as const satisfies readonly (keyof HistoryEvent)[];

const INSERT = `INSERT INTO history (ts_ms, kind, labels, value, fingerprint, alertname, severity,
  from_state, to_state, group_key, receiver, reason, error, actor, episode, integration,
  comment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** What happened to alerts and notifications, newest first. */
export class HistoryTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(event: HistoryEvent): void {
    // SQLite has no NaN: it would store NULL, and so do we.
    const value = event.value === undefined || Number.isNaN(event.value) ? null : event.value;
    const labels = event.labels === undefined ? null : JSON.stringify(event.labels);
    const texts = TEXT_COLUMNS.map((column) => event[column] ?? null);
    this.#database.run(INSERT, event.tsMs, event.kind, labels, value, ...texts);
  }

  list(filter: HistoryFilter): StoredHistoryEvent[] {
    const conditions: string[] = ['1'];
    const parameters: SQLInputValue[] = [];
    const require = (condition: string, parameter: SQLInputValue | undefined): void => {
      if (parameter === undefined) return;
      conditions.push(condition);
      parameters.push(parameter);
    };
    require('ts_ms >= ?', filter.fromMs);
    require('ts_ms <= ?', filter.toMs);
    require('kind = ?', filter.kind);
    require('alertname = ?', filter.alertname);
    require('fingerprint = ?', filter.fingerprint);
    require('receiver = ?', filter.receiver);
    require('group_key = ?', filter.groupKey);
    require('id < ?', filter.beforeId);
    const sql = `SELECT * FROM history WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`;
    return this.#database.all(sql, ...parameters, filter.limit).map(eventOfRow);
  }

  /** Deletes at most one chunk of rows older than `timeMs`; returns how many. */
  deleteBefore(timeMs: number): number {
    return this.#database.run(
      'DELETE FROM history WHERE id IN (SELECT id FROM history WHERE ts_ms < ? LIMIT ?)',
      timeMs,
      DELETE_CHUNK,
    );
  }
}

function eventOfRow(row: Row): StoredHistoryEvent {
  const labels = row['labels'];
  const value = row['value'];
  const texts: Partial<Record<(typeof TEXT_COLUMNS)[number], string>> = {};
  for (const column of TEXT_COLUMNS) {
    const text = row[snakeCase(column)];
    if (typeof text === 'string') texts[column] = text;
  }
  return {
    id: Number(row['id']),
    tsMs: Number(row['ts_ms']),
    kind: String(row['kind']) as HistoryKind,
    ...texts,
    ...(typeof labels === 'string' ? { labels: JSON.parse(labels) as Record<string, string> } : {}),
    ...(typeof value === 'number' ? { value } : {}),
  };
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}

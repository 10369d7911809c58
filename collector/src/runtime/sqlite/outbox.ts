import type { Notification } from '../../notify/stages/notification.ts';
import type { Database, Row } from './database.ts';

export interface OutboxRow {
  readonly id: number;
  readonly notification: Notification;
  /** Attempts so far. */
  readonly attempts: number;
  readonly createdMs: number;
}

const SELECT = 'SELECT id, notification, attempts, created_ms FROM outbox';

/** Whether an older message to the same receiver about the same group is not settled yet. */
const IS_BLOCKED = `EXISTS (SELECT 1 FROM outbox AS older WHERE older.group_key = outbox.group_key
  AND older.receiver = outbox.receiver AND older.id < outbox.id
  AND older.state IN ('pending', 'sending'))`;

/**
 * Messages on their way. A row is pending, then sending while the network has it, then done,
 * failed or expired. What a crash leaves in `sending` is sent again.
 */
export class OutboxTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Puts rows that a crash interrupted back; returns how many. */
  recover(nowMs: number): number {
    const sql = "UPDATE outbox SET state = 'pending', next_ms = ? WHERE state = 'sending'";
    return this.#database.run(sql, nowMs);
  }

  add(notification: Notification, nowMs: number): void {
    this.#database.run(
      `INSERT INTO outbox (group_key, receiver, reason, notification, state, next_ms, created_ms)
       VALUES (?, ?, ?, ?, 'pending', ?, ?)`,
      notification.groupKey,
      notification.receiver,
      notification.reason,
      JSON.stringify(notification),
      nowMs,
      nowMs,
    );
  }

  /** The message that waits for this group and receiver, which a newer one may be folded into. */
  waiting(groupKey: string, receiver: string): OutboxRow | undefined {
    const row = this.#database.get(
      `${SELECT} WHERE group_key = ? AND receiver = ? AND state = 'pending' ORDER BY id DESC LIMIT 1`,
      groupKey,
      receiver,
    );
    return row === undefined ? undefined : outboxRow(row);
  }

  replace(id: number, notification: Notification): void {
    this.#database.run(
      'UPDATE outbox SET notification = ?, reason = ? WHERE id = ?',
      JSON.stringify(notification),
      notification.reason,
      id,
    );
  }

  /** Rows to send now: at most one for each group and receiver, the oldest first. */
  due(nowMs: number, limit: number): OutboxRow[] {
    const sql = `${SELECT} WHERE state = 'pending' AND next_ms <= ? AND NOT ${IS_BLOCKED}
      ORDER BY id LIMIT ?`;
    return this.#database.all(sql, nowMs, limit).map(outboxRow);
  }

  /** When the next row becomes due; `undefined` when nothing waits. */
  nextDueMs(): number | undefined {
    const row = this.#database.get(
      `SELECT min(next_ms) AS next FROM outbox WHERE state = 'pending' AND NOT ${IS_BLOCKED}`,
    );
    return typeof row?.['next'] === 'number' ? row['next'] : undefined;
  }

  markSending(id: number): void {
    this.#database.run(
      "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ?",
      id,
    );
  }

  markRetry(id: number, nextMs: number, error: string): void {
    const sql = "UPDATE outbox SET state = 'pending', next_ms = ?, error = ? WHERE id = ?";
    this.#database.run(sql, nextMs, error, id);
  }

  settle(id: number, state: 'done' | 'failed' | 'expired', error?: string): void {
    this.#database.run(
      'UPDATE outbox SET state = ?, error = ? WHERE id = ?',
      state,
      error ?? null,
      id,
    );
  }

  countWaiting(): number {
    const sql = "SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'sending')";
    return Number(this.#database.get(sql)?.['n'] ?? 0);
  }

  /** Deletes settled rows older than `timeMs`; history keeps what they said. */
  deleteSettledBefore(timeMs: number): number {
    return this.#database.run(
      `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox
       WHERE state NOT IN ('pending', 'sending') AND created_ms < ? LIMIT 1000)`,
      timeMs,
    );
  }
}

function outboxRow(row: Row): OutboxRow {
  return {
    id: Number(row['id']),
    notification: JSON.parse(String(row['notification'])) as Notification,
    attempts: Number(row['attempts']),
    createdMs: Number(row['created_ms']),
  };
}

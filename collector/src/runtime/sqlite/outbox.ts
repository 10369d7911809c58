import type { Notification } from '../../notify/stages/notification.ts';
import type { Database, Row } from './database.ts';

/** A message on its way: pending, then sending while the network has it. */
export interface OutboxRow {
  readonly id: number;
  readonly notification: Notification;
  readonly state: 'pending' | 'sending';
  /** Attempts so far. */
  readonly attempts: number;
  readonly createdMs: number;
  /** Not to be sent before this time. */
  readonly nextMs: number;
}

export type SettledState = 'done' | 'failed' | 'expired';

/** Messages as a restart finds them. What a crash leaves in `sending` is sent again. */
export class OutboxTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Every message that is not settled, the oldest first. */
  load(): OutboxRow[] {
    return this.#database
      .all(
        `SELECT id, notification, state, attempts, next_ms, created_ms FROM outbox
         WHERE state IN ('pending', 'sending') ORDER BY id`,
      )
      .map(outboxRow);
  }

  lastId(): number {
    const row = this.#database.get("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'");
    return Number(row?.['seq'] ?? 0);
  }

  /** Stores a message as it is now. Belongs to the caller's transaction. */
  put(row: OutboxRow): void {
    const { notification } = row;
    this.#database.run(
      `INSERT INTO outbox (id, group_key, receiver, reason, notification, state, attempts, next_ms,
         created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET reason = excluded.reason,
         notification = excluded.notification, state = excluded.state,
         attempts = excluded.attempts, next_ms = excluded.next_ms`,
      row.id,
      notification.groupKey,
      notification.receiver,
      notification.reason,
      JSON.stringify(notification),
      row.state,
      row.attempts,
      row.nextMs,
      row.createdMs,
    );
  }

  markSending(id: number): void {
    this.#database.run(
      "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ?",
      id,
    );
  }

  settle(id: number, state: SettledState, error?: string): void {
    this.#database.run(
      'UPDATE outbox SET state = ?, error = ? WHERE id = ?',
      state,
      error ?? null,
      id,
    );
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
    state: row['state'] === 'sending' ? 'sending' : 'pending',
    attempts: Number(row['attempts']),
    nextMs: Number(row['next_ms']),
    createdMs: Number(row['created_ms']),
  };
}

import type { NotificationLogEntry } from '../../notify/stages/dedup.ts';
import type { Database } from './database.ts';

/** What each receiver was told of each alert group, as far as the outbox has taken it over. */
export class NotificationLogTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(groupKey: string, receiver: string): NotificationLogEntry | undefined {
    const row = this.#database.get(
      'SELECT sent_ms, firing, resolved FROM notification_log WHERE group_key = ? AND receiver = ?',
      groupKey,
      receiver,
    );
    if (row === undefined) return undefined;
    return {
      sentMs: Number(row['sent_ms']),
      firing: JSON.parse(String(row['firing'])) as string[],
      resolved: JSON.parse(String(row['resolved'])) as string[],
    };
  }

  put(groupKey: string, receiver: string, entry: NotificationLogEntry): void {
    this.#database.run(
      'INSERT OR REPLACE INTO notification_log VALUES (?, ?, ?, ?, ?)',
      groupKey,
      receiver,
      entry.sentMs,
      JSON.stringify(entry.firing),
      JSON.stringify(entry.resolved),
    );
  }

  /** Groups that some receiver was shown as firing. */
  firingGroups(): { readonly groupKey: string; readonly receiver: string }[] {
    const rows = this.#database.all(
      "SELECT group_key, receiver FROM notification_log WHERE firing <> '[]'",
    );
    return rows.map((row) => ({
      groupKey: String(row['group_key']),
      receiver: String(row['receiver']),
    }));
  }

  /** Forgets entries without firing alerts that are older than `timeMs`. */
  deleteBefore(timeMs: number): number {
    return this.#database.run(
      "DELETE FROM notification_log WHERE firing = '[]' AND sent_ms < ?",
      timeMs,
    );
  }
}

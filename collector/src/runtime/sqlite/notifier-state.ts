import type { Database } from './database.ts';

/** What the notifier keeps, by kind. */
export type NotifierStateKind =
  | 'alert'
  | 'group'
  | 'log entry'
  | 'former log entry'
  | 'silence'
  | 'escalation'
  | 'paused destination'
  | 'sender rhythm';

/** JSON documents of one kind, by key: the notifier's state, which lives in memory, as a restart finds it. */
export class NotifierStateTable<Document> {
  readonly #database: Database;
  readonly #kind: NotifierStateKind;

  constructor(database: Database, kind: NotifierStateKind) {
    this.#database = database;
    this.#kind = kind;
  }

  all(): Document[] {
    return this.#database
      .all('SELECT document FROM notifier_state WHERE kind = ?', this.#kind)
      .map((row) => JSON.parse(String(row['document'])) as Document);
  }

  /** Stores a document, or deletes it when it is `undefined`. Belongs to the caller's transaction. */
  put(key: string, document: Document | undefined): void {
    if (document === undefined) {
      this.#database.run('DELETE FROM notifier_state WHERE kind = ? AND key = ?', this.#kind, key);
      return;
    }
    this.#database.run(
      'INSERT OR REPLACE INTO notifier_state VALUES (?, ?, ?)',
      this.#kind,
      key,
      JSON.stringify(document),
    );
  }

  clear(): void {
    this.#database.run('DELETE FROM notifier_state WHERE kind = ?', this.#kind);
  }
}

import { chmodSync, closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

import { newerData } from '../data-folder-error.ts';
import { MIGRATIONS } from './migrations.ts';

/** `full` survives a power cut, `normal` a killed process; neither ever corrupts the file. */
export type Durability = 'full' | 'normal';

export interface OpenedDatabase {
  readonly database: Database;
  /** Where a damaged file was put, when there was one. */
  readonly quarantined: string | undefined;
}

/** A row, columns by name. No table of ours has a BLOB. */
export type Row = Readonly<Record<string, string | number | null>>;

/** The alert service's SQLite file: short transactions, prepared statements kept. */
export class Database {
  readonly #connection: DatabaseSync;
  readonly #statements: Map<string, StatementSync> = new Map();
  readonly #onUndone: (() => void)[] = [];
  #durability: Durability = 'full';
  #depth = 0;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  /**
   * Runs `work` in one transaction, which is undone when it throws. A transaction inside a
   * transaction is part of the outer one.
   */
  transaction<Result>(durability: Durability, work: () => Result): Result {
    if (this.#depth > 0) return work();
    if (this.#durability !== durability) {
      this.#connection.exec(`PRAGMA synchronous=${durability.toUpperCase()}`);
      this.#durability = durability;
    }
    this.#connection.exec('BEGIN IMMEDIATE');
    this.#depth = 1;
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      this.#onUndone.length = 0;
      return result;
    } catch (cause) {
      // A full disk may have ended the transaction already.
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      for (const undo of this.#onUndone.splice(0)) undo();
      throw cause;
    } finally {
      this.#depth = 0;
    }
  }

  /**
   * Calls `callback` when the transaction that runs now is undone, so that a part that keeps its
   * state in memory knows that it is not stored.
   */
  whenUndone(callback: () => void): void {
    if (this.#depth > 0) this.#onUndone.push(callback);
  }

  /** Returns the number of changed rows. */
  run(sql: string, ...parameters: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...parameters).changes);
  }

  all(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...parameters) as unknown as Row[];
  }

  get(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...parameters) as unknown as Row | undefined;
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/**
 * Opens the database file and brings its tables up to date. A damaged file is moved aside and an
 * empty one takes its place, because evaluating without history beats not evaluating.
 *
 * @throws {DataFolderError} when a newer version of the service wrote the file, which stays as it is.
 */
export function openDatabase(path: string, nowMs: number): OpenedDatabase {
  let quarantined: string | undefined;
  keepPrivate(path);
  let connection = tryOpen(path);
  if (connection === undefined) {
    quarantined = quarantine(path, nowMs);
    keepPrivate(path);
    connection = new DatabaseSync(path);
  }
  refuseNewer(connection, path);
  prepareConnection(connection);
  migrate(connection);
  return { database: new Database(connection), quarantined };
}

/**
 * Only the owner may read what was notified and to whom, whatever the folder allows. SQLite gives
 * its other files the mode of this one, except those that are there already.
 */
function keepPrivate(path: string): void {
  closeSync(openSync(path, 'a', PRIVATE_MODE));
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(path + suffix)) chmodSync(path + suffix, PRIVATE_MODE);
  }
}

const PRIVATE_MODE = 0o600;

function tryOpen(path: string): DatabaseSync | undefined {
  const connection = new DatabaseSync(path);
  try {
    const answer = connection.prepare('PRAGMA quick_check').get();
    if (answer?.['quick_check'] === 'ok') return connection;
  } catch (cause) {
    connection.close();
    if (/malformed|not a database|corrupt/u.test(String(cause))) return undefined;
    throw cause;
  }
  connection.close();
  return undefined;
}

function quarantine(path: string, nowMs: number): string {
  const target = `${path}.corrupt-${nowMs}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
}

function prepareConnection(connection: DatabaseSync): void {
  connection.exec(
    'PRAGMA journal_mode=WAL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL',
  );
}

function refuseNewer(connection: DatabaseSync, path: string): void {
  const found = versionOf(connection);
  if (found <= MIGRATIONS.length) return;
  connection.close();
  throw newerData(path, { what: 'schema', found, known: MIGRATIONS.length });
}

function migrate(connection: DatabaseSync): void {
  const version = versionOf(connection);
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    connection.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version=${index + 1}; COMMIT`);
  }
}

const versionOf = (connection: DatabaseSync): number =>
  Number(connection.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);

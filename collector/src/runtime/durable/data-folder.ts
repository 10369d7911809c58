import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { DataFolderError } from '../data-folder-error.ts';
import { makeFolder } from './make-folder.ts';

/** Holds the data folder until it is released or the process ends, however it ends. */
export interface DataFolderLock {
  release(): void;
}

/** The data folder belongs to another service that runs. */
export class DataFolderInUseError extends DataFolderError {
  override readonly name = 'DataFolderInUseError';
}

/**
 * Takes the data folder for this process, making it when there is none.
 *
 * The lock is an open write transaction on a small database, because the operating system takes
 * back SQLite's file lock when the process dies; a file with a process id would outlive kill -9.
 *
 * @throws {DataFolderInUseError} when another service holds it.
 * @throws {DataFolderError} when it cannot be made or written.
 */
export function lockDataFolder(folder: string): DataFolderLock {
  const file = join(folder, 'telltale.lock');
  try {
    makeFolder(folder, 0o700);
    closeSync(openSync(file, 'a', 0o600));
  } catch (cause) {
    throw new DataFolderError(
      `Cannot make or write the data folder "${folder}": ${(cause as Error).message}; ` +
        'set collector.data_dir to a folder that this user may write',
      { cause },
    );
  }
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!/database is locked|busy/u.test(String(cause))) throw cause;
    throw new DataFolderInUseError(
      `Cannot use the data folder "${folder}": another alert service is running on it; ` +
        'stop it or set another collector.data_dir',
      { cause },
    );
  }
  return { release: () => database.close() };
}

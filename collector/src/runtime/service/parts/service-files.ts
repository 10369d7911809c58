import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import { type DataFolderLock, lockDataFolder } from '../../durable/data-folder.ts';
import { type Database, openDatabase } from '../../sqlite/database.ts';
import type { ServiceOptions } from '../service-options.ts';

/** The data folder and the databases, open. */
export interface ServiceFiles {
  readonly walFolder: string;
  readonly database: Database;
  /** The database of baselines; the same unless the configuration names another file. */
  readonly baselineDatabase: Database;
  /** Where a damaged database was moved to. */
  readonly damagedDatabase: string | undefined;
  /** Whether the files are still the ones in the data folder. */
  isInPlace(): boolean;
  /** Closes all of it and gives the folder back. */
  close(): void;
}

/**
 * Takes the data folder and opens what is in it.
 *
 * @throws {DataFolderInUseError} when another service runs on the folder.
 * @throws {DataFolderError} when a newer version of the service wrote what is in it.
 */
export function openServiceFiles(options: ServiceOptions): ServiceFiles {
  const { config, folder, clock } = options;
  const dataFolder = resolveIn(folder, config.data_dir);
  const lock = lockDataFolder(dataFolder);
  const path = join(dataFolder, 'telltale.db');
  const opened = orRelease(lock, () => openDatabase(path, clock.nowMs()));
  const inode = inodeOf(path);
  const { database } = opened;
  const baselineDatabase = orRelease(lock, () => openBaselines(options) ?? database);
  return {
    walFolder: join(dataFolder, 'wal'),
    database,
    baselineDatabase,
    damagedDatabase: opened.quarantined,
    isInPlace: () => inodeOf(path) === inode,
    close: () => close([database, baselineDatabase], lock),
  };
}

/** Another service may have the folder when this one cannot use it. */
function orRelease<Result>(lock: DataFolderLock, open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openBaselines({ config, folder, clock, log }: ServiceOptions): Database | undefined {
  const { path } = config.drift.baselines;
  if (path === undefined) return undefined;
  const { database, quarantined } = openDatabase(resolveIn(folder, path), clock.nowMs());
  if (quarantined !== undefined) log.error({ file: quarantined }, 'Started without baselines');
  return database;
}

function close(databases: readonly Database[], lock: DataFolderLock): void {
  for (const database of new Set(databases)) database.close();
  lock.release();
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

const resolveIn = (folder: string, path: string): string =>
  isAbsolute(path) ? path : join(folder, path);

import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

import { isAlive } from '@telltale/instrument';

/** `20261130-2234-01-app.4711.log`: sorts by time, and keeps the name and its extension. */
const STAMP = String.raw`\d{8}-\d{4}-\d{2,}-`;
const ROTATED = new RegExp(`^${STAMP}`, 'u');
const ROTATIONS_A_MINUTE_MAX = 10_000;

/** Gives a full file its place among the rotated ones, and deletes those beyond the limit. */
export async function rotate(path: string, keep: number, nowMs: number): Promise<void> {
  const folder = dirname(path);
  const stamp = new Date(nowMs).toISOString().slice(0, 16).replaceAll(/[-:]/gu, '');
  const prefix = stamp.replace('T', '-');
  for (let number = 1; number < ROTATIONS_A_MINUTE_MAX; number += 1) {
    const name = `${prefix}-${String(number).padStart(2, '0')}-${basename(path)}`;
    if (existsSync(join(folder, name))) continue;
    await rename(path, join(folder, name));
    break;
  }
  const own = new RegExp(`^${STAMP}${escaped(basename(path))}$`, 'u');
  const rotated = await filesOf(folder, own);
  await removeOldest(rotated, keep);
}

/**
 * Deletes files that processes of before left beside a log file whose name has the process id in it,
 * all but the newest `keep` that were rotated and the newest `keep` that were not: a service that is
 * restarted every night would fill the disk.
 *
 * @param file the name without a process id, as it was configured
 */
export async function pruneDead(file: string, keep: number): Promise<void> {
  const extension = extname(file);
  const base = escaped(basename(file, extension));
  const any = new RegExp(
    `^(?:${STAMP})?${base}\\.(?<pid>\\d+)(?:\\.\\d+)?${escaped(extension)}$`,
    'u',
  );
  const all = await filesOf(dirname(file), any);
  const dead = all.filter(({ name }) => !isAlive(Number(any.exec(name)?.groups?.['pid'])));
  const isRotated = ({ name }: Found): boolean => ROTATED.test(name);
  await removeOldest(dead.filter(isRotated), keep);
  await removeOldest(
    dead.filter((file) => !isRotated(file)),
    keep,
  );
}

interface Found {
  readonly path: string;
  readonly name: string;
  readonly changedMs: number;
}

async function filesOf(folder: string, pattern: RegExp): Promise<readonly Found[]> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      // Another process may delete it meanwhile.
      const stats = await stat(path).catch(() => undefined);
      return stats === undefined ? [] : [{ path, name, changedMs: stats.mtimeMs }];
    }),
  );
  return found.flat();
}

async function removeOldest(files: readonly Found[], keep: number): Promise<void> {
  const newestFirst = files.toSorted(
    (a, b) => b.changedMs - a.changedMs || (a.name < b.name ? 1 : -1),
  );
  await Promise.all(newestFirst.slice(keep).map(({ path }) => rm(path, { force: true })));
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&');

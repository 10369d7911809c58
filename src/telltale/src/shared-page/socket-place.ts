import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isAlive } from '@telltale/instrument';

/** What processes must have in common to share one page. */
export interface PageGroup {
  readonly port: number;
  /** Whether the page asks for a key: a page without must not show what another keeps behind one. */
  readonly hasKeys: boolean;
  readonly serviceName: string;
  readonly folder: string;
}

/** Where the sockets of the processes that share a page are; each process that serves one has its own. */
export interface SocketPlace {
  /** For the process that serves the page. */
  readonly own: string;
  /** Of others of the group, the newest first; most of them are of processes that are gone. */
  others(): readonly string[];
  /** Removes the sockets of processes that are gone. */
  prune(): void;
}

/** The longest path of a socket that every platform takes. */
const PATH_LENGTH_MAX = 103;
const SOCKETS_MAX = 1_000;
const OTHERS_ONLY = 0o077;
const HASH_LENGTH = 8;
const SOCKET = /^(?<group>[0-9a-f]+-[0-9a-f]+)-(?<pid>\d+)\.sock$/u;

/**
 * A folder below the temporary one that is this user's alone, or `undefined` where there is none:
 * on Windows, on a file system that cannot be written, or when the folder of that name is not ours.
 */
export function socketPlace(group: PageGroup): SocketPlace | undefined {
  const folder = privateFolder();
  if (folder === undefined) return undefined;
  const where = hash([readLink('/proc/self/ns/net'), readLink('/proc/self/ns/pid')]);
  const who = hash([group.port, group.hasKeys, group.serviceName, group.folder]);
  const name = `${where}-${who}`;
  const own = join(folder, `${name}-${process.pid}.sock`);
  if (own.length > PATH_LENGTH_MAX) return undefined;
  return {
    own,
    others: () =>
      socketsIn(folder)
        .filter((one) => one.group === name && one.pid !== process.pid)
        .map(({ file }) => ({ path: join(folder, file), timeMs: timeOf(join(folder, file)) }))
        .toSorted((a, b) => b.timeMs - a.timeMs)
        .map(({ path }) => path),
    prune: () => {
      // Process numbers of another namespace say nothing here.
      const ofHere = socketsIn(folder).filter((one) => one.group.startsWith(`${where}-`));
      for (const { file, pid } of ofHere) if (!isAlive(pid)) remove(join(folder, file));
    },
  };
}

function privateFolder(): string | undefined {
  const userId = process.getuid?.();
  if (userId === undefined) return undefined;
  const path = join(tmpdir(), `telltale-${userId}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    const isPrivate =
      found.isDirectory() && found.uid === userId && (found.mode & OTHERS_ONLY) === 0;
    return isPrivate ? path : undefined;
  } catch {
    return undefined;
  }
}

interface Socket {
  readonly file: string;
  readonly group: string;
  readonly pid: number;
}

function socketsIn(folder: string): readonly Socket[] {
  try {
    return readdirSync(folder)
      .slice(0, SOCKETS_MAX)
      .flatMap((file) => {
        const { group, pid } = SOCKET.exec(file)?.groups ?? {};
        return group === undefined ? [] : [{ file, group, pid: Number(pid) }];
      });
  } catch {
    return [];
  }
}

/** Removes a file, if it is there and may be removed. */
export function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already.
  }
}

function timeOf(path: string): number {
  try {
    return lstatSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Not Linux: there are no namespaces.
    return '';
  }
}

const hash = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, HASH_LENGTH);

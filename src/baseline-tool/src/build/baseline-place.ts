import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { StreamKey } from '@telltale/statistics';

const NAME_LENGTH_MAX = 120;

/** The name of the file of a stream: its parts, with everything a file system minds replaced. */
function baselineFileName({ model, version, name, segment }: StreamKey): string {
  const parts = [model, version, name, segment ?? ''].filter((part) => part !== '');
  const safe = parts
    .join('-')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^\.+/u, '_');
  return `${safe.slice(0, NAME_LENGTH_MAX)}.json`;
}

/**
 * Where baselines go: into a folder, or one of them into a file.
 *
 * @param out a name that ends in `.json` is a file, any other a folder
 * @returns `undefined` when one file is meant for several baselines
 */
export function baselinePaths(
  out: string,
  keys: readonly StreamKey[],
): readonly string[] | undefined {
  if (out.endsWith('.json') && !isFolder(out)) return keys.length === 1 ? [out] : undefined;
  const taken = new Set<string>();
  return keys.map((key) => {
    const name = baselineFileName(key);
    let free = name;
    for (let more = 2; taken.has(free); more += 1) free = name.replace(/\.json$/u, `-${more}.json`);
    taken.add(free);
    return join(out, free);
  });
}

/** Writes a file whole or not at all. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.tmp`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

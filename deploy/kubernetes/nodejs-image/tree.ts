import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The operator's volume takes 200 MB; a pod waits until all of it is copied. */
export const TREE_BYTES_MAX = 80_000_000;

export interface TreeEntry {
  readonly path: string;
  readonly bytes: number;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

/** Everything in a folder, links not followed. */
export function filesBelow(folder: string): readonly TreeEntry[] {
  return readdirSync(folder).flatMap((name): TreeEntry[] => {
    const path = join(folder, name);
    const status = lstatSync(path);
    const isFolder = status.isDirectory();
    const entry = {
      path,
      bytes: isFolder ? 0 : status.size,
      isFolder,
      isLink: status.isSymbolicLink(),
    };
    return [entry, ...(isFolder ? filesBelow(path) : [])];
  });
}

/**
 * Why a tree cannot be copied into a pod of any image, by any user: too large, native code (the
 * pod's processor and C library are unknown), links, files that others may not read.
 */
export function problemsOf(tree: string): readonly string[] {
  const entries = filesBelow(tree);
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const faults = entries.flatMap(({ path, isLink, isFolder }) => {
    const name = relative(tree, path);
    if (isLink) return [`${name} is a link`];
    if (!isFolder && path.endsWith('.node')) return [`${name} is native code`];
    const needed = isFolder ? 0o055 : 0o044;
    return (lstatSync(path).mode & needed) === needed ? [] : [`others may not read ${name}`];
  });
  return bytes <= TREE_BYTES_MAX ? faults : [`it has ${bytes} bytes`, ...faults];
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Files of `/sys` and `/proc`, below a root for tests. What cannot be read is absent. */
export interface Tree {
  text(path: string): string | undefined;
  list(path: string): readonly string[];
  /** Last part of what a link points to. */
  linkName(path: string): string | undefined;
  link(path: string): string | undefined;
}

/** Values vanish, and reads fail with EBUSY or EIO while a card sleeps: all of it is "absent". */
const absent = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

export function openTree(root: string): Tree {
  const at = (path: string): string => join(root, path);
  return {
    text: (path) => absent(() => readFileSync(at(path), 'utf8')),
    list: (path) => absent(() => readdirSync(at(path))) ?? [],
    linkName: (path) => absent(() => basename(readlinkSync(at(path)))),
    link: (path) => absent(() => readlinkSync(at(path))),
  };
}

/** A whole number; anything else is none. */
export function numberIn(tree: Tree, path: string): number | undefined {
  const text = tree.text(path)?.trim();
  return text !== undefined && /^-?\d{1,20}$/u.test(text) ? Number(text) : undefined;
}

/** One line of text. */
export function lineIn(tree: Tree, path: string): string | undefined {
  const line = tree.text(path)?.split('\n')[0]?.trim();
  return line === undefined || line === '' ? undefined : line;
}

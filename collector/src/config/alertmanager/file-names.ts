import { isAbsolute, join } from 'node:path';

import type { TextTree } from './text-tree.ts';

/** Keys below which texts are the user's own. */
const OWN_TEXTS: ReadonlySet<string> = new Set(['payload', 'details', 'headers', 'labels']);

/**
 * The tree with every name of a file (`api_url_file`, `files` of a header) below `prefix`, because
 * Alertmanager takes such names as relative to its own file and not to `telltale.yaml`.
 *
 * @param prefix the folder of the file, as seen from that of `telltale.yaml`; empty for the same.
 */
export function withFilePrefix(tree: TextTree, prefix: string): TextTree {
  return prefix === '' ? tree : prefixed(tree, prefix);
}

function prefixed(tree: TextTree, prefix: string): TextTree {
  if (typeof tree === 'string') return tree;
  if (Array.isArray(tree)) return tree.map((one: TextTree) => prefixed(one, prefix));
  const entries = Object.entries(tree as Readonly<Record<string, TextTree>>).map(([key, value]) => {
    if (OWN_TEXTS.has(key)) return [key, value] as const;
    const isFile = key.endsWith('_file') || key === 'files';
    return [key, isFile ? placed(value, prefix) : prefixed(value, prefix)] as const;
  });
  return Object.fromEntries(entries);
}

function placed(value: TextTree, prefix: string): TextTree {
  if (Array.isArray(value)) return value.map((one: TextTree) => placed(one, prefix));
  return typeof value === 'string' && !isAbsolute(value) ? join(prefix, value) : value;
}

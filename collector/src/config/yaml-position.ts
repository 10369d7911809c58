import { type Document, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';

export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a path of a YAML document stands: at the key for an entry of a map, at the item for an
 * entry of a list, at the nearest parent for what is not there.
 */
export function positionOf(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): TextPosition {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const key of path) {
    const step = entryOf(node, key);
    if (step === undefined) break;
    offset = step.offset;
    node = step.value;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function entryOf(
  node: unknown,
  key: string | number,
): { readonly offset: number; readonly value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
    return pair === undefined ? undefined : { offset: startOf(pair.key), value: pair.value };
  }
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(key)];
  return item === undefined ? undefined : { offset: startOf(item), value: item };
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';

/** A YAML document in which every scalar is the text as written. */
export type TextTree = string | readonly TextTree[] | { readonly [key: string]: TextTree };

/** How often one anchor may be used: a file whose aliases nest would unfold without end. */
const NODES_MAX = 100_000;

/**
 * The texts of a document. An empty or null value of a map is left out, as if its key were not
 * there; aliases and merge keys are resolved.
 *
 * @throws {RangeError} when aliases unfold into more than a configuration can hold.
 */
export function textTree(document: Document): TextTree | undefined {
  let nodes = 0;
  const read = (node: unknown): TextTree | undefined => {
    nodes += 1;
    if (nodes > NODES_MAX) throw new RangeError(`more than ${NODES_MAX} values`);
    if (isAlias(node)) return read(node.resolve(document));
    if (isMap(node)) return readMap(node.items, read);
    if (isSeq(node)) return node.items.map((item) => read(item) ?? '');
    return isScalar(node) ? scalarText(node) : undefined;
  };
  return read(document.contents);
}

function readMap(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  read: (node: unknown) => TextTree | undefined,
): TextTree {
  const own: Record<string, TextTree> = {};
  const merged: Record<string, TextTree> = {};
  for (const { key, value } of items) {
    const name = isScalar(key) ? scalarText(key) : undefined;
    const text = read(value);
    if (name === undefined || text === undefined) continue;
    if (name !== '<<') {
      own[name] = text;
      continue;
    }
    for (const source of Array.isArray(text) ? text : [text]) Object.assign(merged, source);
  }
  return { ...merged, ...own };
}

const NULL = /^(?:~|null|Null|NULL)?$/u;

function scalarText(
  node: Node & { source?: string; value: unknown; type?: string },
): string | undefined {
  if (node.type !== 'PLAIN' && node.type !== undefined) return String(node.value);
  const source = node.source ?? '';
  return NULL.test(source) ? undefined : source;
}

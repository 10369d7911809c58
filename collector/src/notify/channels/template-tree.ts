import { parseDocument } from 'yaml';

import type { MessageText } from '../message/message-text.ts';

/** A text, list or map whose texts and keys are templates. */
export type TemplateTree =
  | string
  | readonly TemplateTree[]
  | { readonly [key: string]: TemplateTree };

/** Longer texts are texts; nobody writes a number or a list of this size into a template. */
const INLINE_LENGTH_MAX = 64 * 1024;

/**
 * The tree with its templates filled in. As in Alertmanager, a text that reads as a YAML number,
 * flag, list or map becomes one, so that `{{ len .Alerts }}` is a number. Unlike there, what a
 * label brought in that way is never taken for a template itself.
 */
export function renderTree(tree: TemplateTree, message: MessageText): unknown {
  if (typeof tree === 'string') return inlineValue(message.text(tree));
  if (Array.isArray(tree)) return tree.map((one: TemplateTree) => renderTree(one, message));
  const entries = Object.entries(tree).map(([key, value]) => {
    return [message.text(key), renderTree(value, message)];
  });
  return Object.fromEntries(entries);
}

function inlineValue(text: string): unknown {
  if (text.length > INLINE_LENGTH_MAX) return text;
  try {
    const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
    if (document.errors.length > 0) return text;
    // No alias is expanded: a few of them could ask for all memory.
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    return typeof value === 'string' ? text : value;
  } catch {
    return text;
  }
}

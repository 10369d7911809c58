import type { MessageText } from '../message/message-text.ts';

/** A text, list or map whose texts and keys are templates. */
export type TemplateTree =
  | string
  | readonly TemplateTree[]
  | { readonly [key: string]: TemplateTree };

/**
 * The tree with its templates filled in. As in Alertmanager, a text that reads as a number, a flag
 * or JSON becomes what it reads as, so that `{{ len .Alerts }}` is a number. Unlike there, a list
 * in YAML's own notation stays a text, for an alert list looks like one, and what a label brought
 * in is never taken for a template itself.
 */
export function renderTree(tree: TemplateTree, message: MessageText): unknown {
  return mapTree(tree, message, inlineValue);
}

/** The same with every text as it is. */
export function renderTexts(tree: TemplateTree, message: MessageText): unknown {
  return mapTree(tree, message, (text) => text);
}

function mapTree(
  tree: TemplateTree,
  message: MessageText,
  convert: (text: string) => unknown,
): unknown {
  if (typeof tree === 'string') return convert(message.text(tree));
  if (Array.isArray(tree)) return tree.map((one: TemplateTree) => mapTree(one, message, convert));
  const entries = Object.entries(tree).map(([key, value]) => {
    return [message.text(key), mapTree(value, message, convert)];
  });
  return Object.fromEntries(entries);
}

const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/u;

function inlineValue(text: string): unknown {
  const trimmed = text.trim();
  if (!SCALAR.test(trimmed) && !/^[[{]/u.test(trimmed)) return text;
  try {
    return JSON.parse(trimmed);
  } catch {
    return text;
  }
}

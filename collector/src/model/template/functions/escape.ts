import { isPrintable } from '../../go-string.ts';
import { printDefault } from '../format/printf.ts';
import { encodeUtf8 } from '../utf8.ts';
import type { GoFunction, Value } from '../value.ts';

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

/** HTML text or attribute value. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/gu, (character) => HTML[character] ?? character);
}

const SCRIPT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

/** The inside of a JavaScript string literal. */
function escapeJavaScript(text: string): string {
  return text.replaceAll(/[\\'"<>&=]|[^ -~]/gu, (character) => {
    const named = SCRIPT[character];
    if (named !== undefined) return named;
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16).toUpperCase().padStart(4, '0');
    return code === 0x7f || (code >= 0x80 && isPrintable(character)) ? character : `\\u${hex}`;
  });
}

/** A query parameter as Go's `url.QueryEscape` writes it: a space becomes `+`. */
export function escapeQuery(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.~-]/gu, (character) => {
    if (character === ' ') return '+';
    return encodeUtf8(character)
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join('');
  });
}

function escaping(escape: (text: string) => string): GoFunction {
  return {
    parameters: [],
    rest: 'any',
    call: (args, budget) => {
      const text = textOf(args);
      budget.spend(text.length / 100);
      return escape(text);
    },
  };
}

function textOf(args: readonly Value[]): string {
  return printDefault(args.map((value) => value ?? '<no value>'));
}

export const ESCAPE_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  html: escaping(escapeHtml),
  js: escaping(escapeJavaScript),
  urlquery: escaping(escapeQuery),
};

import { TemplateError } from '../error.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
};

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

interface Escape {
  readonly bytes: readonly number[];
  readonly length: number;
}

/**
 * The text of a Go string literal in double quotes or backticks.
 *
 * @throws {TemplateError} `invalid syntax`, as `strconv.Unquote` says.
 */
export function unquoteGo(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body.replaceAll('\r', '');
  if (!body.includes('\\')) return body;
  return unescape(body, '"');
}

/** The code point of a Go character constant such as `'a'` or `'\n'`. */
export function unquoteCharacter(literal: string): number {
  const text = unescape(literal.slice(1, -1), "'");
  const code = text.codePointAt(0);
  if (code === undefined || text !== String.fromCodePoint(code)) {
    throw new TemplateError(`malformed character constant: ${literal}`);
  }
  return code;
}

function unescape(body: string, quote: string): string {
  const bytes: number[] = [];
  for (let index = 0; index < body.length; ) {
    if (body[index] === '\\') {
      const escape = readEscape(body.slice(index + 1, index + 10), quote);
      bytes.push(...escape.bytes);
      index += 1 + escape.length;
    } else {
      const character = String.fromCodePoint(body.codePointAt(index) ?? 0);
      bytes.push(...encodeUtf8(character));
      index += character.length;
    }
  }
  return decodeUtf8(bytes);
}

function readEscape(text: string, quote: string): Escape {
  const kind = text[0] ?? '';
  if (kind === quote) return { bytes: [quote.charCodeAt(0)], length: 1 };
  const simple = SIMPLE_ESCAPES[kind];
  if (simple !== undefined) return { bytes: [simple], length: 1 };
  const octal = /^[0-3][0-7]{2}/u.exec(text)?.[0];
  if (octal !== undefined) return { bytes: [Number.parseInt(octal, 8)], length: 3 };
  return readHexEscape(kind, text);
}

function readHexEscape(kind: string, text: string): Escape {
  const digits = HEX_DIGITS[kind] ?? 0;
  const hex = text.slice(1, 1 + digits);
  const code = hex.length === digits && /^[0-9a-fA-F]+$/u.test(hex) ? Number.parseInt(hex, 16) : -1;
  const isSurrogate = code >= 0xd800 && code < 0xe000;
  if (code < 0 || code > 0x10ffff || isSurrogate) throw new TemplateError('invalid syntax');
  const bytes = kind === 'x' ? [code] : encodeUtf8(String.fromCodePoint(code));
  return { bytes, length: 1 + digits };
}

import { readFolded } from './line-folding.ts';
import { YamlSyntaxError } from './syntax-error.ts';
import { END_OF_TEXT, isBlankOrEnd, isBreak, type TextCursor } from './text-cursor.ts';
import type { Place } from './tree.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Text in single or double quotes. Its lines may stand at any column. */
export function scanQuotedScalar(cursor: TextCursor): string {
  const start = cursor.place;
  const quote = cursor.read();
  let text = '';
  for (;;) {
    if (cursor.isAtDocumentMark()) {
      throw new YamlSyntaxError(start, 'found unexpected document indicator in a quoted scalar');
    }
    if (cursor.code() === END_OF_TEXT) {
      throw new YamlSyntaxError(start, 'found unexpected end of stream in a quoted scalar');
    }
    const word = readWord(cursor, quote, start);
    text += word.text;
    if (word.isEnd) return text;
    text += readFolded(cursor, { isAfterBreak: word.isEscapedBreak }).text;
  }
}

interface Word {
  readonly text: string;
  /** The closing quote was taken. */
  readonly isEnd: boolean;
  readonly isEscapedBreak: boolean;
}

/** Reads up to white space, a backslash at the end of the line, or the closing quote. */
function readWord(cursor: TextCursor, quote: string, start: Place): Word {
  let text = '';
  while (!isBlankOrEnd(cursor.code())) {
    const character = cursor.read();
    if (character === quote) {
      if (quote === '"' || !cursor.startsWith("'")) {
        return { text, isEnd: true, isEscapedBreak: false };
      }
      cursor.skip();
      text += "'";
    } else if (character !== '\\' || quote === "'") text += character;
    else if (isBreak(cursor.code())) {
      cursor.readBreak();
      return { text, isEnd: false, isEscapedBreak: true };
    } else text += readEscape(cursor, start);
  }
  return { text, isEnd: false, isEscapedBreak: false };
}

function readEscape(cursor: TextCursor, start: Place): string {
  const character = cursor.read();
  const simple = ESCAPES[character];
  if (simple !== undefined) return simple;
  const length = HEX_DIGITS[character];
  if (length === undefined) {
    throw new YamlSyntaxError(start, 'found unknown escape character in a quoted scalar');
  }
  const digits = cursor.text.slice(cursor.position, cursor.position + length);
  if (digits.length < length || !/^[0-9a-fA-F]+$/u.test(digits)) {
    throw new YamlSyntaxError(start, 'did not find expected hexadecimal number in an escape');
  }
  cursor.skip(length);
  const point = Number.parseInt(digits, 16);
  if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) {
    throw new YamlSyntaxError(start, 'found invalid Unicode character escape code');
  }
  return String.fromCodePoint(point);
}

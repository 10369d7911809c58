import { isPrintable } from '../../model/go-string.ts';

const SIMPLE_ESCAPES = 'abfnrtv\\';

interface EscapeForm {
  readonly digits: number;
  readonly base: number;
  readonly max: number;
}

const ESCAPE_FORMS: ReadonlyMap<string, EscapeForm> = new Map([
  ['x', { digits: 2, base: 16, max: 0xff }],
  ['u', { digits: 4, base: 16, max: 0x10ffff }],
  ['U', { digits: 8, base: 16, max: 0x10ffff }],
]);

const OCTAL: EscapeForm = { digits: 3, base: 8, max: 0xff };

/** A complaint about a string, thrown by the scanner and placed at the string by the lexer. */
export class StringFault extends Error {
  override readonly name = 'StringFault';
}

/**
 * The index after the closing quote of the string that starts at `start`.
 *
 * @throws {StringFault} with the reason when the string does not end or holds a bad escape.
 */
export function scanString(text: string, start: number): number {
  const quote = text.charAt(start);
  return quote === '`' ? scanRawString(text, start) : scanEscapedString(text, start, quote);
}

function scanRawString(text: string, start: number): number {
  const close = text.indexOf('`', start + 1);
  const end = close < 0 ? text.length : close;
  for (let at = start + 1; at < end; at += 1) at += checkCharacter(text, at) - 1;
  if (close < 0) throw new StringFault('unterminated raw string');
  return close + 1;
}

function scanEscapedString(text: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === quote) return at + 1;
    if (character === '\n') break;
    at = character === '\\' ? scanEscape(text, at + 1, quote) : at + checkCharacter(text, at);
  }
  throw new StringFault('unterminated quoted string');
}

/** UTF-16 units of the character at `at`, which must be valid UTF-8 in the source. */
function checkCharacter(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800) return 1;
  const code = text.codePointAt(at) ?? 0;
  if (code > 0xffff) return 2;
  if (code < 0xe000 || code === 0xfffd) throw new StringFault('invalid UTF-8 rune');
  return 1;
}

/** The index after an escape whose backslash stands before `at`. */
function scanEscape(text: string, at: number, quote: string): number {
  if (at >= text.length) throw new StringFault('escape sequence not terminated');
  const character = text.charAt(at);
  if (character === quote || SIMPLE_ESCAPES.includes(character)) return at + 1;
  if (character >= '0' && character <= '7') return scanDigits(text, at, OCTAL);
  const form = ESCAPE_FORMS.get(character);
  if (form === undefined) throw new StringFault(`unknown escape sequence ${name(text, at)}`);
  return scanDigits(text, at + 1, form);
}

function scanDigits(text: string, start: number, form: EscapeForm): number {
  let value = 0;
  for (let at = start; at < start + form.digits; at += 1) {
    if (at >= text.length) throw new StringFault('escape sequence not terminated');
    const digit = digitValue(text.charCodeAt(at));
    if (digit >= form.base) {
      throw new StringFault(`illegal character ${name(text, at)} in escape sequence`);
    }
    value = value * form.base + digit;
  }
  if (value > form.max || (value >= 0xd800 && value < 0xe000)) {
    throw new StringFault('escape sequence is an invalid Unicode code point');
  }
  return start + form.digits;
}

function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 16;
}

/** A character as Go's `%#U` prints it: `U+0071 'q'`. */
function name(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0;
  const character = String.fromCodePoint(code);
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  return isPrintable(character) ? `U+${hex} '${character}'` : `U+${hex}`;
}

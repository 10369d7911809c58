import { INVALID_BYTE_BASE } from '../../model/go-string.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const ESCAPES = /(?:\\(?:x[0-9a-fA-F]{2}|[0-7]{3}))+|\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^])/gu;

/**
 * The text of a string token, quotes included, that the lexer has accepted.
 *
 * `\xNN` and `\NNN` give bytes. Bytes that form UTF-8 become characters; any other byte is kept as a
 * lone surrogate, U+DC00 plus the byte, so that no information is lost (`quoteGo` prints it back).
 */
export function unquoteString(token: string): string {
  const body = token.slice(1, -1);
  if (token.startsWith('`') || !body.includes('\\')) return body;
  return body.replaceAll(ESCAPES, unescape);
}

function unescape(escape: string): string {
  const kind = escape.charAt(1);
  if (kind === 'u' || kind === 'U')
    return String.fromCodePoint(Number.parseInt(escape.slice(2), 16));
  if (kind === 'x' || (kind >= '0' && kind <= '7')) return decodeBytes(escapedBytes(escape));
  return SIMPLE[kind] ?? escape.slice(1);
}

function escapedBytes(run: string): readonly number[] {
  return run
    .split('\\')
    .slice(1)
    .map((part) =>
      part.startsWith('x') ? Number.parseInt(part.slice(1), 16) : Number.parseInt(part, 8),
    );
}

function decodeBytes(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? invalidByte(bytes[at] ?? 0) : decodeSequence(bytes, at, length);
    at += Math.max(length, 1);
  }
  return text;
}

function invalidByte(byte: number): string {
  return String.fromCharCode(INVALID_BYTE_BASE + byte);
}

/** Bytes of the UTF-8 sequence at `at`; 0 when there is none. */
function sequenceLength(bytes: readonly number[], at: number): number {
  const length = announcedLength(bytes[at] ?? 0);
  for (let offset = 1; offset < length; offset += 1) {
    const byte = bytes[at + offset] ?? 0;
    if (byte < 0x80 || byte > 0xbf) return 0;
  }
  return isCanonical(codeOf(bytes, at, length), length) ? length : 0;
}

function announcedLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

const FIRST_CODE = [0, 0, 0x80, 0x800, 0x10000];

function isCanonical(code: number, length: number): boolean {
  if (code < (FIRST_CODE[length] ?? 0) || code > 0x10ffff) return false;
  return code < 0xd800 || code >= 0xe000;
}

function codeOf(bytes: readonly number[], at: number, length: number): number {
  const lead = bytes[at] ?? 0;
  let code = length === 1 ? lead : lead & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset += 1) {
    code = (code << 6) | ((bytes[at + offset] ?? 0) & 0x3f);
  }
  return code;
}

function decodeSequence(bytes: readonly number[], at: number, length: number): string {
  return String.fromCodePoint(codeOf(bytes, at, length));
}

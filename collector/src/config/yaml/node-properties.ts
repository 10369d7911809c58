import { YamlSyntaxError } from './syntax-error.ts';
import { isBlank, isBlankOrEnd, isBreakOrEnd, type TextCursor } from './text-cursor.ts';
import type { YamlToken } from './token.ts';
import type { Place } from './tree.ts';

const WORD = /[0-9A-Za-z_-]*/uy;
const URI = /(?:[0-9A-Za-z_;/?:@&=+$,.!~*'()[\]-]|%[0-9A-Fa-f]{2})*/uy;
const BEHIND_ANCHOR = '?:,]}%@`';

function take(cursor: TextCursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.position;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.skip(found.length);
  return found;
}

/** `&name` or `*name`. */
export function scanAnchor(cursor: TextCursor): YamlToken {
  const { place } = cursor;
  const kind = cursor.read() === '&' ? 'anchor' : 'alias';
  const name = take(cursor, WORD);
  const code = cursor.code();
  if (name === '' || (!isBlankOrEnd(code) && !BEHIND_ANCHOR.includes(String.fromCharCode(code)))) {
    throw new YamlSyntaxError(place, 'did not find expected alphabetic or numeric character');
  }
  return { kind, place, name };
}

/** `!tag`, `!!tag`, `!handle!tag` or `!<uri>`. */
export function scanTag(cursor: TextCursor): YamlToken {
  const { place } = cursor;
  let handle = '';
  let suffix: string;
  if (cursor.startsWith('!<')) {
    cursor.skip(2);
    suffix = takeUri(cursor, place);
    if (!cursor.startsWith('>')) throw new YamlSyntaxError(place, "did not find the expected '>'");
    cursor.skip();
  } else {
    handle = scanHandle(cursor);
    if (handle.length > 1 && handle.endsWith('!')) suffix = takeUri(cursor, place);
    else {
      suffix = handle.slice(1) + take(cursor, URI);
      handle = '!';
    }
  }
  if (!isBlankOrEnd(cursor.code())) {
    throw new YamlSyntaxError(place, 'did not find expected whitespace or line break');
  }
  return { kind: 'tag', place, handle, suffix };
}

/** `%YAML 1.1`, the only version that Prometheus takes, or `%TAG !h! prefix`. */
export function scanDirective(cursor: TextCursor): YamlToken {
  const { place } = cursor;
  cursor.skip();
  const name = take(cursor, WORD);
  let token: YamlToken;
  if (name === 'YAML') {
    skipBlanks(cursor);
    const version = take(cursor, /[0-9]+\.[0-9]+/uy);
    if (version === '') throw new YamlSyntaxError(place, 'did not find expected version');
    token = { kind: version === '1.1' ? 'versionDirective' : 'foreignVersion', place };
  } else if (name === 'TAG') {
    skipBlanks(cursor);
    token = { kind: 'tagDirective', place, handle: scanHandle(cursor) };
    skipBlanks(cursor);
    takeUri(cursor, place);
  } else throw new YamlSyntaxError(place, 'found unknown directive name');
  skipBlanks(cursor);
  if (cursor.startsWith('#')) cursor.skipToBreak();
  if (!isBreakOrEnd(cursor.code())) {
    throw new YamlSyntaxError(place, 'did not find expected comment or line break');
  }
  return token;
}

function skipBlanks(cursor: TextCursor): void {
  while (isBlank(cursor.code())) cursor.skip();
}

function scanHandle(cursor: TextCursor): string {
  if (!cursor.startsWith('!')) throw new YamlSyntaxError(cursor.place, "did not find expected '!'");
  cursor.skip();
  const name = take(cursor, WORD);
  const end = cursor.startsWith('!') ? cursor.read() : '';
  return `!${name}${end}`;
}

function takeUri(cursor: TextCursor, place: Place): string {
  const uri = take(cursor, URI);
  if (uri === '') throw new YamlSyntaxError(place, 'did not find expected tag URI');
  return uri;
}

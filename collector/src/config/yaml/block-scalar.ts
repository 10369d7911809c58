import { YamlSyntaxError } from './syntax-error.ts';
import { END_OF_TEXT, isBlank, isBreak, isBreakOrEnd, type TextCursor } from './text-cursor.ts';
import type { Place } from './tree.ts';

interface Header {
  readonly isLiteral: boolean;
  readonly chomping: '' | '+' | '-';
  /** Indentation beyond that of the parent; 0: as the first line has it. */
  readonly increment: number;
}

/** A `|` or `>` scalar. @param parentIndent the column of the collection that it stands in, or -1. */
export function scanBlockScalar(cursor: TextCursor, parentIndent: number): string {
  const start = cursor.place;
  const { isLiteral, chomping, increment } = scanHeader(cursor, start);
  const fixed = increment === 0 ? 0 : Math.max(0, parentIndent) + increment;
  let { breaks, indent } = scanBreaks(cursor, { indent: fixed, parentIndent, start });
  let text = '';
  let lineBreak = '';
  let wasIndented = false;
  while (cursor.column === indent && cursor.code() !== END_OF_TEXT) {
    const isIndented = isBlank(cursor.code());
    const isFolded = !isLiteral && !wasIndented && !isIndented && lineBreak === '\n';
    if (!isFolded) text += lineBreak;
    else if (breaks === '') text += ' ';
    text += breaks;
    wasIndented = isIndented;
    const from = cursor.position;
    cursor.skipToBreak();
    text += cursor.text.slice(from, cursor.position);
    lineBreak = isBreak(cursor.code()) ? cursor.readBreak() : '';
    ({ breaks, indent } = scanBreaks(cursor, { indent, parentIndent, start }));
  }
  if (chomping !== '-') text += lineBreak;
  return chomping === '+' ? text + breaks : text;
}

function scanHeader(cursor: TextCursor, start: Place): Header {
  const isLiteral = cursor.read() === '|';
  const indicators = /^(?:[+-][0-9]?|[0-9][+-]?)?/u.exec(
    cursor.text.slice(cursor.position, cursor.position + 2),
  );
  const taken = indicators?.[0] ?? '';
  const increment = Number(taken.replaceAll(/[+-]/gu, '') || '-1');
  if (increment === 0) {
    throw new YamlSyntaxError(start, 'found an indentation indicator equal to 0');
  }
  cursor.skip(taken.length);
  while (isBlank(cursor.code())) cursor.skip();
  if (cursor.startsWith('#')) cursor.skipToBreak();
  if (!isBreakOrEnd(cursor.code())) {
    throw new YamlSyntaxError(start, 'did not find expected comment or line break');
  }
  if (isBreak(cursor.code())) cursor.readBreak();
  const chomping = taken.replace(/[0-9]/u, '') as Header['chomping'];
  return { isLiteral, chomping, increment: Math.max(0, increment) };
}

interface Indentation {
  /** 0: not known yet. */
  readonly indent: number;
  readonly parentIndent: number;
  readonly start: Place;
}

/** Takes indentation and empty lines; learns the indentation where it is not known. */
function scanBreaks(
  cursor: TextCursor,
  { indent, parentIndent, start }: Indentation,
): { breaks: string; indent: number } {
  let breaks = '';
  let widest = 0;
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.startsWith(' ')) cursor.skip();
    widest = Math.max(widest, cursor.column);
    if ((indent === 0 || cursor.column < indent) && cursor.startsWith('\t')) {
      const message = 'found a tab character where an indentation space is expected';
      throw new YamlSyntaxError(start, message);
    }
    if (!isBreak(cursor.code())) break;
    breaks += cursor.readBreak();
  }
  return { breaks, indent: indent === 0 ? Math.max(widest, parentIndent + 1, 1) : indent };
}

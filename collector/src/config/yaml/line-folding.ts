import { isBlank, isBreak, type TextCursor } from './text-cursor.ts';

/**
 * Takes the white space between two words of a scalar that goes on over lines.
 *
 * @returns what stands for it in the value: the blanks themselves inside a line, a space for one line
 * break, the further breaks for several.
 */
export function readFolded(
  cursor: TextCursor,
  options: {
    /** A line break was already taken, behind a backslash. */
    readonly isAfterBreak?: boolean;
    /** Called at each blank that stands in front of a line's first word. */
    readonly onIndent?: () => void;
  } = {},
): { readonly text: string; readonly hasBreak: boolean } {
  let blanks = '';
  let first = '';
  let further = '';
  let hasBreak = options.isAfterBreak === true;
  while (isBlank(cursor.code()) || isBreak(cursor.code())) {
    if (isBreak(cursor.code())) {
      if (hasBreak) further += cursor.readBreak();
      else first = cursor.readBreak();
      hasBreak = true;
    } else if (hasBreak) {
      options.onIndent?.();
      cursor.skip();
    } else blanks += cursor.read();
  }
  if (!hasBreak) return { text: blanks, hasBreak };
  return { text: first === '\n' && further === '' ? ' ' : keptBreaks(first, further), hasBreak };
}

/** A line feed joins two lines; other breaks stay. */
function keptBreaks(first: string, further: string): string {
  return first === '\n' ? further : first + further;
}

import { readFolded } from './line-folding.ts';
import { YamlSyntaxError } from './syntax-error.ts';
import { isBlank, isBlankOrEnd, isBreak, type TextCursor } from './text-cursor.ts';

const FLOW_INDICATORS: ReadonlySet<number> = new Set(Array.from(',?[]{}', codeOf));
const COLON = codeOf(':');
const HASH = codeOf('#');
const TAB = codeOf('\t');

function codeOf(character: string): number {
  return character.charCodeAt(0);
}

/** Text without quotes. @param indent the least column of the lines that go on with it. */
export function scanPlainScalar(
  cursor: TextCursor,
  { indent, isInFlow }: { readonly indent: number; readonly isInFlow: boolean },
): { readonly text: string; readonly endsLine: boolean } {
  const start = cursor.place;
  let text = '';
  let between = '';
  let endsLine = false;
  const onIndent = (): void => {
    if (cursor.column < indent && cursor.code() === TAB) {
      throw new YamlSyntaxError(start, 'found a tab character that violates indentation');
    }
  };
  while (!cursor.isAtDocumentMark() && cursor.code() !== HASH) {
    const from = cursor.position;
    while (!isBlankOrEnd(cursor.code()) && !endsPlain(cursor, isInFlow)) cursor.skip();
    if (cursor.position > from) {
      text += between + cursor.text.slice(from, cursor.position);
      between = '';
      endsLine = false;
    }
    if (!isBlank(cursor.code()) && !isBreak(cursor.code())) break;
    const folded = readFolded(cursor, { onIndent });
    between = folded.text;
    endsLine = folded.hasBreak;
    if (!isInFlow && cursor.column < indent && endsLine) break;
  }
  return { text, endsLine };
}

function endsPlain(cursor: TextCursor, isInFlow: boolean): boolean {
  const code = cursor.code();
  if (code === COLON && isBlankOrEnd(cursor.code(1))) return true;
  return isInFlow && FLOW_INDICATORS.has(code);
}

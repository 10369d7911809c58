import type { Place } from './tree.ts';

/** The code at the end of the text; the text itself holds no NUL. */
export const END_OF_TEXT = 0;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const NEXT_LINE = 0x85;
const LINE_SEPARATOR = 0x2028;
const PARAGRAPH_SEPARATOR = 0x2029;

export const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** Line breaks of YAML 1.1, a bare carriage return included. */
export function isBreak(code: number): boolean {
  return (
    code === LINE_FEED ||
    code === CARRIAGE_RETURN ||
    code === NEXT_LINE ||
    code === LINE_SEPARATOR ||
    code === PARAGRAPH_SEPARATOR
  );
}

export const isBreakOrEnd = (code: number): boolean => code === END_OF_TEXT || isBreak(code);
export const isBlankOrEnd = (code: number): boolean => isBlank(code) || isBreakOrEnd(code);

/** Where the scanner is in a text. Lines and columns count from 0. */
export class TextCursor {
  readonly text: string;
  position = 0;
  line = 0;
  column = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The place of the next character, from 1. */
  get place(): Place {
    return { line: this.line + 1, column: this.column + 1 };
  }

  /** The code unit `ahead` of the next one. */
  code(ahead = 0): number {
    const at = this.position + ahead;
    return at < this.text.length ? this.text.charCodeAt(at) : END_OF_TEXT;
  }

  /** Whether the next characters are these. */
  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.position);
  }

  /** Takes one character of the line. */
  read(): string {
    const character = this.text.charAt(this.position);
    this.skip();
    return character;
  }

  skip(count = 1): void {
    this.position += count;
    this.column += count;
  }

  /** Takes a line break. @returns what stands for it in a value. */
  readBreak(): string {
    const code = this.code();
    this.position += this.startsWith('\r\n') ? 2 : 1;
    this.line += 1;
    this.column = 0;
    const isKept = code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR;
    return isKept ? String.fromCharCode(code) : '\n';
  }

  /** Takes the rest of the line, without its break. */
  skipToBreak(): void {
    while (!isBreakOrEnd(this.code())) this.skip();
  }

  /** Whether `---` or `...` stands here, alone at the start of a line. */
  isAtDocumentMark(): boolean {
    if (this.column !== 0) return false;
    return (this.startsWith('---') || this.startsWith('...')) && isBlankOrEnd(this.code(3));
  }
}

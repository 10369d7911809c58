import type { Position } from './ast.ts';

/** What went wrong, as a closed set. */
export type PromqlErrorCode =
  /** The text is not PromQL. */
  | 'PROMQL_SYNTAX'
  /** The text is PromQL, but its parts do not fit together. */
  | 'PROMQL_TYPE'
  /** An experimental part whose feature is switched off. */
  | 'PROMQL_FEATURE_OFF'
  /** Nested too deeply. */
  | 'PROMQL_LIMIT'
  /** The expression is sound; its evaluation failed. */
  | 'PROMQL_EVALUATION';

export interface PromqlErrorOptions {
  readonly code: PromqlErrorCode;
  /** The clean text, without the position. */
  readonly reason: string;
  /** The whole expression. */
  readonly text: string;
  /** UTF-8 byte offsets into the expression, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('@telltale/collector.PromqlError');

/**
 * A fault of a PromQL expression. `message` is worded as Prometheus words it, with line and column
 * (both from 1, columns in bytes): `1:6: parse error: expected type range vector in ...`.
 */
export class PromqlError extends Error {
  override readonly name = 'PromqlError';
  readonly code: PromqlErrorCode;
  readonly reason: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;

  constructor(options: PromqlErrorOptions) {
    const { line, column } = locate(options.text, options.start);
    const place = options.text === '' ? 'unknown position' : `${line}:${column}`;
    const isParseError = options.code !== 'PROMQL_EVALUATION';
    const message = isParseError ? `${place}: parse error: ${options.reason}` : options.reason;
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    Object.defineProperty(this, BRAND, { value: true });
    this.code = options.code;
    this.reason = options.reason;
    this.text = options.text;
    this.start = options.start;
    this.end = options.end;
    this.line = line;
    this.column = column;
  }

  /** Recognises the class across copies of this module. */
  static is(value: unknown): value is PromqlError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /**
   * The message, the faulty line and a caret below the place.
   *
   * ```text
   * 1:6: parse error: expected type range vector in call to function "rate", got instant vector
   *   rate(foo)
   *        ^^^
   * ```
   */
  format(): string {
    const lineText = this.text.split('\n')[this.line - 1] ?? '';
    const before = textBeforeByte(lineText, this.column - 1);
    const marked = textBeforeByte(lineText.slice(before.length), this.end - this.start);
    const shown = lineText.replaceAll('\t', ' ').trimEnd();
    const carets = '^'.repeat(Math.max(1, Array.from(marked).length));
    return `${this.message}\n  ${shown}\n  ${' '.repeat(Array.from(before).length)}${carets}`;
  }
}

const NOWHERE: Position = { start: 0, end: 0 };

/** An error of an expression that is sound but cannot be evaluated on this data. */
export function evaluationError(reason: string, position: Position = NOWHERE): PromqlError {
  return new PromqlError({
    code: 'PROMQL_EVALUATION',
    reason,
    text: '',
    start: position.start,
    end: position.end,
  });
}

/** Line and column (both from 1, the column in bytes) of a byte offset. */
function locate(text: string, byteOffset: number): { line: number; column: number } {
  const before = textBeforeByte(text, byteOffset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    column: 1 + utf8Length(before.slice(lineStart)),
  };
}

function textBeforeByte(text: string, byteOffset: number): string {
  let bytes = 0;
  let index = 0;
  while (index < text.length && bytes < byteOffset) {
    const code = text.codePointAt(index) ?? 0;
    bytes += utf8Size(code);
    index += code > 0xffff ? 2 : 1;
  }
  return text.slice(0, index);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += utf8Size(character.codePointAt(0) ?? 0);
  return bytes;
}

function utf8Size(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

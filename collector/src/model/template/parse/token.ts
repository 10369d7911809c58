/** What the lexer tells apart. `error` carries its message as text and is always the last token. */
export type TokenKind =
  | 'assign'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'declare'
  | 'dot'
  | 'end of file'
  | 'error'
  | 'field'
  | 'identifier'
  | 'keyword'
  | 'leftDelimiter'
  | 'leftParen'
  | 'nil'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelimiter'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset into the template in UTF-16 code units. */
  readonly position: number;
  readonly line: number;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

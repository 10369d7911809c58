import { quoteGo } from '../../model/go-string.ts';

/** Punctuation and keywords are their own kind; a keyword's kind is in lower case. */
export type TokenKind = string;

export const IDENTIFIER = 'identifier';
/** An identifier with a colon, which only metrics may have. */
export const METRIC_IDENTIFIER = 'metric identifier';
export const NUMBER = 'number';
export const DURATION = 'duration';
export const STRING = 'string';
export const END = 'end of input';

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** UTF-8 byte offsets, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

export const AGGREGATORS: ReadonlySet<string> = new Set(
  'sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio'.split(
    ' ',
  ),
);

const WORD_OPERATORS = ['and', 'or', 'unless', 'atan2'];

const MODIFIERS: ReadonlySet<string> = new Set(
  'offset smoothed anchored by without on ignoring group_left group_right fill fill_left fill_right bool'.split(
    ' ',
  ),
);

/** Words that stand for something at query time; also names of functions. */
export const PREPROCESSORS: ReadonlySet<string> = new Set([
  'start',
  'end',
  'step',
  'range',
  'max_of',
  'min_of',
]);

/** Operands of duration expressions; within brackets no other word is known. */
export const DURATION_WORDS: ReadonlySet<string> = new Set(['step', 'range', 'max_of', 'min_of']);

/** Token kind of every keyword, which is recognised in upper and lower case. */
export const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map([
  ...[...AGGREGATORS, ...WORD_OPERATORS, ...MODIFIERS, ...PREPROCESSORS].map(
    (word): [string, TokenKind] => [word, word],
  ),
  ['inf', NUMBER],
  ['nan', NUMBER],
]);

const OPERATORS: ReadonlySet<string> = new Set([
  ...WORD_OPERATORS,
  ...'+ - * / % ^ == != <= < >= > </ >/ =~ !~ @'.split(' '),
]);

const NEVER_METRIC_NAMES: ReadonlySet<string> = new Set([
  'atan2',
  'bool',
  'on',
  'ignoring',
  'group_left',
  'group_right',
]);

const isKeyword = (kind: TokenKind): boolean => KEYWORDS.has(kind);

/** Whether the token may stand for a metric name: most keywords may. */
export function isMetricName({ kind }: Token): boolean {
  if (kind === IDENTIFIER || kind === METRIC_IDENTIFIER) return true;
  return isKeyword(kind) && !NEVER_METRIC_NAMES.has(kind);
}

/** Whether the token may stand for a label in a grouping clause. */
export function isGroupingLabel({ kind }: Token): boolean {
  if (kind === IDENTIFIER || kind === METRIC_IDENTIFIER) return true;
  return isKeyword(kind) && kind !== 'without';
}

/** Whether an expression may start with the token. */
export function startsExpression(token: Token): boolean {
  const { kind } = token;
  if (kind === NUMBER || kind === DURATION || kind === STRING || isMetricName(token)) return true;
  return kind === '(' || kind === '{' || kind === '+' || kind === '-';
}

const DESCRIBED_BY_KIND: ReadonlySet<string> = new Set([
  IDENTIFIER,
  METRIC_IDENTIFIER,
  NUMBER,
  DURATION,
  STRING,
]);

/** The token in an error message, such as `identifier "bar"` or `<op:+>`. */
export function describeToken(token: Token): string {
  const { kind, text } = token;
  if (kind === END) return END;
  if (MODIFIERS.has(kind)) return `<${text}>`;
  if (OPERATORS.has(kind)) return `<op:${text}>`;
  if (AGGREGATORS.has(kind)) return `<aggr:${text}>`;
  if (kind === IDENTIFIER || kind === METRIC_IDENTIFIER) return `${kind} ${quoteGo(text)}`;
  const shown = quoteShortened(token);
  return DESCRIBED_BY_KIND.has(kind) ? `${kind} ${shown}` : shown;
}

function quoteShortened({ text, start, end }: Token): string {
  if (end - start <= 10) return quoteGo(text);
  return `${quoteGo(Array.from(text.slice(0, 20)).slice(0, 10).join(''))}...`;
}

import { compileMatcher, type Matcher } from '../../../model/matcher.ts';
import { unquoteGo } from '../../../model/template/parse/unquote.ts';

/** Characters that an unquoted name or value of the newer grammar cannot hold. */
const RESERVED = /[\s{}!=~,\\"'`]/u;

const OPERATORS = ['=~', '!=', '!~', '='] as const satisfies readonly Matcher['operator'][];

interface Token {
  readonly kind: 'brace' | 'comma' | 'operator' | 'word';
  /** Operators, braces and commas as written; words without their quotes. */
  readonly text: string;
  readonly column: number;
}

/**
 * The matchers of a text such as `{a="b", c=~"d|e"}` in Alertmanager's newer grammar: names and
 * values may be any UTF-8, and quoted ones follow Go's rules.
 *
 * @throws {SyntaxError} with the column, from 0.
 */
export function parseUtf8Matchers(source: string): readonly Matcher[] {
  const tokens = tokenize(source);
  const isBraced = tokens[0]?.text === '{' && tokens[0].kind === 'brace';
  const end = isBraced ? tokens.pop() : undefined;
  if (isBraced && (end?.kind !== 'brace' || end.text !== '}')) {
    throw new SyntaxError(`0:${source.length}: expected a closing brace`);
  }
  const inside = isBraced ? tokens.slice(1) : tokens;
  const matchers: Matcher[] = [];
  for (let at = 0; at < inside.length; at += 4) {
    matchers.push(matcherAt(inside, at, source.length));
    const comma = inside[at + 3];
    if (comma !== undefined && comma.kind !== 'comma') throw unexpected(comma, 'a comma');
  }
  return matchers;
}

function matcherAt(tokens: readonly Token[], at: number, end: number): Matcher {
  const take = (offset: number, kind: Token['kind'], wanted: string): Token => {
    const token = tokens[at + offset];
    if (token?.kind === kind) return token;
    throw unexpected(token ?? { kind, text: 'end of input', column: end }, wanted);
  };
  const name = take(0, 'word', 'a label name').text;
  const operator = take(1, 'operator', 'an operator such as =').text as Matcher['operator'];
  const value = take(2, 'word', 'a label value').text;
  return checked({ name, operator, value });
}

function unexpected({ text, column }: Token, wanted: string): SyntaxError {
  return new SyntaxError(`0:${column}: unexpected ${text}: expected ${wanted}`);
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const character = source.charAt(at);
    if (/\s/u.test(character)) {
      at += 1;
      continue;
    }
    const { token, length } = tokenAt(source, at);
    tokens.push(token);
    at += length;
  }
  return tokens;
}

function tokenAt(source: string, at: number): { readonly token: Token; readonly length: number } {
  const character = source.charAt(at);
  const make = (kind: Token['kind'], text: string, length = text.length) => {
    return { token: { kind, text, column: at }, length };
  };
  if (character === '{' || character === '}') return make('brace', character);
  if (character === ',') return make('comma', character);
  const operator = OPERATORS.find((each) => source.startsWith(each, at));
  if (operator !== undefined) return make('operator', operator);
  if (character === '"') {
    const quoted = /^"(?:[^"\\]|\\[^])*"/u.exec(source.slice(at))?.[0];
    if (quoted === undefined) throw new SyntaxError(`0:${at}: unterminated quote`);
    return make('word', unquoted(quoted, at), quoted.length);
  }
  if (RESERVED.test(character)) throw new SyntaxError(`0:${at}: invalid input ${character}`);
  let end = at;
  while (end < source.length && !RESERVED.test(source.charAt(end))) end += 1;
  return make('word', source.slice(at, end));
}

function unquoted(text: string, column: number): string {
  try {
    return unquoteGo(text);
  } catch {
    throw new SyntaxError(`0:${column}: ${text}: invalid input`);
  }
}

const CLASSIC = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*$/su;

/**
 * The same in the older grammar: braces are optional on either side, values need no quotes, may be
 * empty, and may hold backslashes that escape nothing.
 *
 * @throws {SyntaxError}
 */
export function parseClassicMatchers(source: string): readonly Matcher[] {
  const inside = source.replace(/^\{/u, '').replace(/\}$/u, '');
  return splitAtCommas(inside).map(parseClassicMatcher);
}

/** Commas inside quotes do not separate; what follows the last comma may be empty. */
function splitAtCommas(text: string): string[] {
  const parts = [...text.matchAll(/((?:"(?:[^"\\]|\\[^])*"?|\\[^]|[^,"])*)(,|$)/gu)];
  const found: string[] = [];
  for (const [whole, part = '', comma] of parts) {
    if (comma === ',' || part.trim() !== '') found.push(part);
    if (whole === '' || comma === '') break;
  }
  return found;
}

function parseClassicMatcher(text: string): Matcher {
  const parts = CLASSIC.exec(text);
  if (parts === null) throw new SyntaxError(`bad matcher format: ${text}`);
  const [, name = '', operator = '=', raw = ''] = parts;
  const value = classicValue(raw);
  return checked({ name, operator: operator as Matcher['operator'], value });
}

function classicValue(raw: string): string {
  const isQuoted = raw.startsWith('"');
  const isClosed = /^"(?:[^"\\]|\\[^])*"$/su.test(raw);
  const body = isQuoted ? raw.slice(1, isClosed ? -1 : undefined) : raw;
  const hasLooseQuote = /^(?:[^"\\]|\\[^])*"/su.test(body);
  if (hasLooseQuote || (isQuoted && !isClosed)) {
    throw new SyntaxError(`matcher value contains unescaped double quote: ${raw}`);
  }
  return body.replaceAll(/\\(["\\n])/gu, (_, escaped: string) =>
    escaped === 'n' ? '\n' : escaped,
  );
}

/** @throws {SyntaxError} when the value of a regular-expression matcher does not parse. */
function checked(matcher: Matcher): Matcher {
  compileMatcher(matcher);
  return matcher;
}

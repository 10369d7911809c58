import { RE2JS, RE2JSException } from 're2js';

/** One condition on a label: `name = "value"`, `!=`, `=~` or `!~`. */
export interface Matcher {
  readonly name: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** Tells whether a label value (`''` when the label is absent) satisfies a matcher. */
export type ValuePredicate = (value: string) => boolean;

const META = /[\\.+*?()|[\]{}^$]/u;

/**
 * Compiles a matcher into a predicate over label values.
 *
 * @throws {RegexError} when the value of a regular-expression matcher does not parse.
 */
export function compileMatcher(matcher: Pick<Matcher, 'operator' | 'value'>): ValuePredicate {
  const { operator, value } = matcher;
  switch (operator) {
    case '=':
      return (candidate) => candidate === value;
    case '!=':
      return (candidate) => candidate !== value;
    case '=~':
      return compileAnchoredRegex(value);
    case '!~': {
      const matches = compileAnchoredRegex(value);
      return (candidate) => !matches(candidate);
    }
  }
}

/** A regular expression that does not parse; the message is the one RE2 gives. */
export class RegexError extends SyntaxError {
  override readonly name = 'RegexError';
}

/**
 * Compiles a regular expression that must match a whole value; a dot also matches a newline.
 *
 * Everything that users write often (a literal, an alternation of literals, `prefix.*`) becomes a
 * string comparison; the rest runs on RE2, in time linear in the value whatever the expression.
 *
 * @throws {RegexError} when the expression does not parse.
 */
export function compileAnchoredRegex(source: string): ValuePredicate {
  return compileWithoutRegex(source) ?? compileRe2(source);
}

function compileWithoutRegex(source: string): ValuePredicate | undefined {
  if (!META.test(source)) return (candidate) => candidate === source;
  if (source === '.*') return () => true;
  if (source === '.+') return (candidate) => candidate !== '';
  return compileAlternation(source) ?? compileSurrounded(source);
}

function compileAlternation(source: string): ValuePredicate | undefined {
  const words = source.split('|');
  if (words.length < 2 || words.some((word) => META.test(word))) return undefined;
  const accepted = new Set(words);
  return (candidate) => accepted.has(candidate);
}

/** `.*text`, `text.*` and `.*text.*`, each star possibly a plus. */
function compileSurrounded(source: string): ValuePredicate | undefined {
  const hasBefore = /^\.[*+]/u.test(source);
  const hasAfter = /\.[*+]$/u.test(source);
  const text = source.slice(hasBefore ? 2 : 0, hasAfter ? -2 : undefined);
  if (text === '' || META.test(text)) return undefined;
  // A plus leaves at least one character free on its side.
  const start = source.startsWith('.+') ? 1 : 0;
  const lengthMin = text.length + start + (hasAfter && source.endsWith('+') ? 1 : 0);
  const end = lengthMin - start;
  if (!hasBefore) return (value) => value.length >= lengthMin && value.startsWith(text);
  if (!hasAfter) return (value) => value.length >= lengthMin && value.endsWith(text);
  return (value) => {
    const found = value.indexOf(text, start);
    return found >= 0 && found + end <= value.length;
  };
}

function compileRe2(source: string): ValuePredicate {
  const regex = compileAnchoredRe2(source);
  return (candidate) => regex.matcher(candidate).find();
}

/**
 * The same expression as an RE2 object, for callers that need its groups.
 *
 * @throws {RegexError} when the expression does not parse.
 */
export function compileAnchoredRe2(source: string): RE2JS {
  try {
    return RE2JS.compile(`^(?s:${source})$`);
  } catch (cause) {
    if (cause instanceof RE2JSException) throw new RegexError(cause.message, { cause });
    throw cause;
  }
}

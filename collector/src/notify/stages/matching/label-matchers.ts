import { quoteGo } from '../../../model/go-string.ts';
import { compareUtf8 } from '../../../model/labels.ts';
import { compileMatcher, type Matcher, type ValuePredicate } from '../../../model/matcher.ts';
import { parseClassicMatchers, parseUtf8Matchers } from './matcher-text.ts';

export type LabelRecord = Readonly<Record<string, string>>;

/** Conditions on the labels of an alert, all of which must hold. A missing label is empty. */
export class LabelMatchers {
  /** By name, then value, then operator, the order in which Alertmanager prints them. */
  readonly list: readonly Matcher[];
  readonly #predicates: readonly (readonly [name: string, holds: ValuePredicate])[];

  /** @throws {SyntaxError} when a regular expression does not parse. */
  constructor(matchers: readonly Matcher[]) {
    this.list = matchers.toSorted(compareMatchers);
    this.#predicates = this.list.map((matcher) => [matcher.name, compileMatcher(matcher)]);
  }

  matches(labels: LabelRecord): boolean {
    return this.#predicates.every(([name, holds]) => holds(labels[name] ?? ''));
  }

  /** `{a="b",c=~"d"}` */
  toString(): string {
    return `{${this.list.map(formatMatcher).join(',')}}`;
  }
}

const OPERATOR_ORDER: readonly Matcher['operator'][] = ['=', '!=', '=~', '!~'];

function compareMatchers(left: Matcher, right: Matcher): number {
  return (
    compareUtf8(left.name, right.name) ||
    compareUtf8(left.value, right.value) ||
    OPERATOR_ORDER.indexOf(left.operator) - OPERATOR_ORDER.indexOf(right.operator)
  );
}

const RESERVED_IN_NAME = /[\s{}!=~,\\"'`]/u;

export function formatMatcher({ name, operator, value }: Matcher): string {
  if (RESERVED_IN_NAME.test(name)) return `${quoteGo(name)}${operator}${quoteGo(value)}`;
  const escaped = value.replaceAll(/[\\"\n]/gu, (each) => (each === '\n' ? '\\n' : `\\${each}`));
  return `${name}${operator}"${escaped}"`;
}

/**
 * Parses matchers as Alertmanager does: by the newer grammar, and by the older one where the newer
 * one fails or disagrees.
 *
 * @throws {SyntaxError} with the older grammar's words when neither can read the text.
 */
export function parseMatchers(source: string): readonly Matcher[] {
  const classic = attempt(() => parseClassicMatchers(source));
  const utf8 = attempt(() => parseUtf8Matchers(source));
  if (classic.matchers === undefined) {
    if (utf8.matchers === undefined) throw classic.error;
    return utf8.matchers;
  }
  return classic.matchers;
}

/** What a newer Alertmanager, which has no older grammar, would make of matchers that we read. */
export function newerReading(source: string): 'same' | 'different' | 'none' {
  const utf8 = attempt(() => parseUtf8Matchers(source));
  if (utf8.matchers === undefined) return 'none';
  const text = (matchers: readonly Matcher[]): string => matchers.map(formatMatcher).join(',');
  return text(utf8.matchers) === text(parseMatchers(source)) ? 'same' : 'different';
}

/** One matcher, as a filter of the API or an argument of the command line gives it. */
export function parseMatcher(source: string): Matcher {
  if (source.startsWith('{') || source.endsWith('}')) {
    throw new SyntaxError(`unexpected open or close brace: ${source}`);
  }
  const [matcher, ...more] = parseMatchers(source);
  if (matcher === undefined) throw new SyntaxError('no matchers');
  if (more.length > 0) throw new SyntaxError(`expected 1 matcher, found ${more.length + 1}`);
  return matcher;
}

function attempt(parse: () => readonly Matcher[]): {
  readonly matchers?: readonly Matcher[];
  readonly error: Error;
} {
  try {
    return { matchers: parse(), error: new SyntaxError('no error') };
  } catch (error) {
    return { error: error as Error };
  }
}

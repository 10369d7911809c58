import { RE2JS, RE2JSException } from 're2js';

import { METRIC_NAME_LABEL } from '../../model/labels.ts';
import type { LabelMatcher, MatchOperator, VectorSelector } from '../ast.ts';
import { IDENTIFIER, STRING, type Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';
import { unquoteString } from './unquote.ts';

const CONTEXT = 'label matching';
const EXPECT_LABEL = { context: CONTEXT, expected: 'identifier or "}"' };
const EXPECT_COMMA = { context: CONTEXT, expected: '"," or "}"' };
const EXPECT_OPERATOR = { context: CONTEXT, expected: 'label matching operator' };
const EXPECT_STRING = { context: CONTEXT, expected: 'string' };

/** Characters that make a regular expression more than a literal. */
const META = /[\\.+*?()|[\]{}^$]/u;

const MATCH_OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~']);

/** vector_selector = metric_name [ label_matchers ] | label_matchers */
export function parseVectorSelector(stream: TokenStream, metric?: Token): VectorSelector {
  const name = metric?.text ?? '';
  const matchers: LabelMatcher[] = [];
  const { start } = metric ?? stream.peek();
  let end = metric?.end ?? start;
  if (metric === undefined || stream.isNext('{')) end = parseLabelMatchers(stream, matchers);
  if (name !== '') matchers.push({ name: METRIC_NAME_LABEL, operator: '=', value: name });
  return { kind: 'vectorSelector', name, matchers, offset: 0, position: { start, end } };
}

/** label_matchers = "{" [ matcher { "," matcher } [ "," ] ] "}" ; returns the end of the brace. */
function parseLabelMatchers(stream: TokenStream, matchers: LabelMatcher[]): number {
  stream.expect('{');
  let close = stream.accept('}');
  while (close === undefined) {
    matchers.push(parseMatcher(stream));
    close = stream.accept('}');
    if (close !== undefined) break;
    stream.expect(',', EXPECT_COMMA);
    close = stream.accept('}');
  }
  return close.end;
}

/** matcher = ( identifier | string ) operator string | string ; a lone string is a metric name. */
function parseMatcher(stream: TokenStream): LabelMatcher {
  const label = stream.accept(IDENTIFIER) ?? stream.accept(STRING);
  if (label === undefined) return stream.unexpected(EXPECT_LABEL);
  const isQuoted = label.kind === STRING;
  const name = isQuoted ? unquoteString(label.text) : label.text;
  const operator = stream.peek();
  if (!MATCH_OPERATORS.has(operator.kind)) {
    if (isQuoted) return { name: METRIC_NAME_LABEL, operator: '=', value: name };
    return stream.unexpected(EXPECT_OPERATOR);
  }
  stream.next();
  const string = stream.expect(STRING, EXPECT_STRING);
  const value = unquoteString(string.text);
  const matcher = { name, operator: operator.kind as MatchOperator, value };
  checkRegex(stream, matcher, { start: label.start, end: string.end });
  return matcher;
}

/** Compiles the expression as written, so that `a)(b` is refused and messages quote what is there. */
function checkRegex(
  stream: TokenStream,
  { operator, value }: LabelMatcher,
  position: { start: number; end: number },
): void {
  if (operator === '=' || operator === '!=' || !META.test(value)) return;
  const invalid = value.search(/\p{Surrogate}/u);
  if (invalid >= 0) {
    const rest = value.slice(invalid).replaceAll(/\p{Surrogate}/gu, '\ufffd');
    stream.fail(position, `error parsing regexp: invalid UTF-8: \`${rest}\``);
  }
  try {
    RE2JS.compile(value);
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    stream.fail(position, cause.message);
  }
}

import { Labels, METRIC_NAME_LABEL } from '../../model/labels.ts';
import { IDENTIFIER, isMetricName, STRING } from './token.ts';
import type { TokenStream } from './token-stream.ts';
import { unquoteString } from './unquote.ts';

const CONTEXT = 'label set';
const EXPECT_LABEL = { context: CONTEXT, expected: 'identifier or "}"' };
const EXPECT_COMMA = { context: CONTEXT, expected: '"," or "}"' };
const EXPECT_EQUALS = { context: CONTEXT, expected: '"="' };
const EXPECT_STRING = { context: CONTEXT, expected: 'string' };

type Pair = [name: string, value: string];

/** metric = name [ label_set ] | label_set */
export function parseMetricLabels(stream: TokenStream): Labels {
  const name = isMetricName(stream.peek()) ? stream.next().text : '';
  const pairs: Pair[] = stream.isNext('{') ? parseLabelSet(stream) : [];
  if (name !== '') pairs.push([METRIC_NAME_LABEL, name]);
  return Labels.fromPairs(pairs);
}

/** label_set = "{" [ label { "," label } [ "," ] ] "}" */
function parseLabelSet(stream: TokenStream): Pair[] {
  stream.expect('{');
  const pairs: Pair[] = [];
  while (stream.accept('}') === undefined) {
    pairs.push(parseLabel(stream));
    if (stream.accept('}') !== undefined) break;
    stream.expect(',', EXPECT_COMMA);
  }
  return pairs;
}

/** label = ( identifier | string ) "=" string | string ; a lone string is the metric name. */
function parseLabel(stream: TokenStream): Pair {
  const label = stream.accept(IDENTIFIER) ?? stream.accept(STRING);
  if (label === undefined) return stream.unexpected(EXPECT_LABEL);
  const isQuoted = label.kind === STRING;
  const name = isQuoted ? unquoteString(label.text) : label.text;
  if (stream.accept('=') === undefined) {
    return isQuoted ? [METRIC_NAME_LABEL, name] : stream.unexpected(EXPECT_EQUALS);
  }
  return [name, unquoteString(stream.expect(STRING, EXPECT_STRING).text)];
}

import { isUtf8LabelName, quoteGo } from '../../model/go-string.ts';
import { isGroupingLabel, STRING } from './token.ts';
import type { TokenStream } from './token-stream.ts';
import { unquoteString } from './unquote.ts';

const CONTEXT = 'grouping opts';
const EXPECT_OPEN = { context: CONTEXT, expected: '"("' };
const EXPECT_LABEL = { context: CONTEXT, expected: 'label' };
const EXPECT_COMMA = { context: CONTEXT, expected: '"," or ")"' };

/** grouping_labels = "(" [ label { "," label } [ "," ] ] ")" */
export function parseGroupingLabels(stream: TokenStream): readonly string[] {
  stream.expect('(', EXPECT_OPEN);
  const labels: string[] = [];
  while (stream.accept(')') === undefined) {
    labels.push(parseGroupingLabel(stream));
    if (stream.accept(')') !== undefined) break;
    stream.expect(',', EXPECT_COMMA);
  }
  return labels;
}

function parseGroupingLabel(stream: TokenStream): string {
  const token = stream.peek();
  if (token.kind !== STRING && !isGroupingLabel(token)) return stream.unexpected(EXPECT_LABEL);
  stream.next();
  const label = token.kind === STRING ? unquoteString(token.text) : token.text;
  if (!isUtf8LabelName(label)) {
    stream.fail(token, `invalid label name for grouping: ${quoteGo(label)}`);
  }
  return label;
}

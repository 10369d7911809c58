import type { VectorMatching } from '../ast.ts';
import { parseGroupingLabels } from './grouping.ts';
import { numberLiteral } from './literal.ts';
import { DURATION, NUMBER, startsExpression, type Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';

export interface BinaryModifiers {
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

/** modifiers = [ "bool" ] [ ( "on" | "ignoring" ) labels [ group ] ] [ fill ] */
export function parseBinaryModifiers(stream: TokenStream): BinaryModifiers {
  const returnBool = stream.accept('bool') !== undefined;
  const matching = parseMatching(stream);
  const fill = parseFill(stream);
  return { returnBool, matching: fill === undefined ? matching : { ...matching, fill } };
}

function parseMatching(stream: TokenStream): VectorMatching {
  const on = stream.accept('on');
  if (on === undefined && stream.accept('ignoring') === undefined) {
    return { cardinality: 'one-to-one', labels: [], isOn: false, include: [] };
  }
  const labels = parseGroupingLabels(stream);
  const isOn = on !== undefined;
  const left = stream.accept('group_left');
  if (left === undefined && stream.accept('group_right') === undefined) {
    return { cardinality: 'one-to-one', labels, isOn, include: [] };
  }
  const include = hasNoIncludedLabels(stream.peek()) ? [] : parseGroupingLabels(stream);
  return { cardinality: left ? 'many-to-one' : 'one-to-many', labels, isOn, include };
}

/** Only a parenthesis starts the labels: an operand in parentheses needs `()` in front of it. */
function hasNoIncludedLabels(next: Token): boolean {
  return next.kind !== '(' && startsExpression(next);
}

/** fill = "fill" value | "fill_left" value [ "fill_right" value ] | the two the other way round */
function parseFill(stream: TokenStream): VectorMatching['fill'] {
  if (stream.accept('fill') !== undefined) {
    const value = parseFillValue(stream);
    return { left: value, right: value };
  }
  if (stream.accept('fill_left') !== undefined) {
    const left = parseFillValue(stream);
    if (stream.accept('fill_right') === undefined) return { left };
    return { left, right: parseFillValue(stream) };
  }
  if (stream.accept('fill_right') !== undefined) {
    const right = parseFillValue(stream);
    if (stream.accept('fill_left') === undefined) return { right };
    return { left: parseFillValue(stream), right };
  }
  return undefined;
}

/** value = "(" [ sign ] number ")" */
function parseFillValue(stream: TokenStream): number {
  stream.expect('(');
  const isNegative = stream.accept('+') === undefined && stream.accept('-') !== undefined;
  const { kind } = stream.peek();
  if (kind !== NUMBER && kind !== DURATION) return stream.unexpected();
  const { value } = numberLiteral(stream, stream.next());
  stream.expect(')');
  return isNegative ? -value : value;
}

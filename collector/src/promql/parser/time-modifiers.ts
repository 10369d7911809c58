import type {
  AtModifier,
  DurationMs,
  Expr,
  MatrixSelector,
  Subquery,
  TimeModifiers,
  VectorSelector,
} from '../ast.ts';
import { parseOffsetDuration, roundHalfAway, toDuration } from './duration-expression.ts';
import { numberLiteral } from './literal.ts';
import { DURATION, NUMBER } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const EXPECT_OFFSET = { context: 'offset', expected: 'number, duration, step(), or range()' };
const EXPECT_TIMESTAMP = { context: '@', expected: 'timestamp' };
const INT64 = 2 ** 63;

type Selector = VectorSelector | MatrixSelector | Subquery;

/** offset = expr "offset" duration */
export function parseOffset(stream: TokenStream, expr: Expr): Expr {
  stream.next();
  const written = stream.within(EXPECT_OFFSET, () => parseOffsetDuration(stream));
  const selector = requireSelector(stream, expr, 'offset modifier');
  if (modifiersOf(selector).offset !== 0) {
    stream.fail(expr.position, 'offset may not be set multiple times');
  }
  const offset: DurationMs = toDuration(written);
  return withModifiers(stream, selector, { ...modifiersOf(selector), offset });
}

/** at = expr "@" ( [ sign ] number | "start()" | "end()" ) */
export function parseAt(stream: TokenStream, expr: Expr): Expr {
  stream.next();
  const at = stream.within(EXPECT_TIMESTAMP, () => parseAtTarget(stream, expr));
  const selector = requireSelector(stream, expr, '@ modifier');
  if (modifiersOf(selector).at !== undefined) {
    stream.fail(expr.position, '@ <timestamp> may not be set multiple times');
  }
  return withModifiers(stream, selector, { ...modifiersOf(selector), at });
}

function parseAtTarget(stream: TokenStream, expr: Expr): AtModifier {
  const { kind } = stream.peek();
  if (kind === 'start' || kind === 'end') {
    stream.next();
    stream.expect('(');
    stream.expect(')');
    return { kind };
  }
  const isNegative = stream.accept('-') !== undefined;
  if (!isNegative) stream.accept('+');
  const number = stream.peek();
  if (number.kind !== NUMBER && number.kind !== DURATION) return stream.unexpected();
  const { value } = numberLiteral(stream, stream.next());
  const seconds = isNegative ? -value : value;
  if (!(seconds < INT64 && seconds > -INT64)) {
    const shown = formatFixed(seconds);
    stream.fail(expr.position, `timestamp out of bounds for @ modifier: ${shown}`);
  }
  return { kind: 'timestamp', timestampMs: roundHalfAway(seconds * 1000) };
}

/** Go's `%f`. */
function formatFixed(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return `${BigInt(value)}.000000`;
}

/** extended = expr ( "anchored" | "smoothed" ) */
export function parseExtension(stream: TokenStream, expr: Expr): Expr {
  const extension = stream.next().kind as 'anchored' | 'smoothed';
  const reason = `${extension} modifier is experimental and not enabled`;
  stream.requireFeature('extendedRangeSelectors', expr.position, reason);
  if (expr.kind === 'subquery') {
    return stream.fail(expr.position, `${extension} modifier is not supported for subqueries`);
  }
  if (expr.kind !== 'vectorSelector' && expr.kind !== 'matrixSelector') {
    return stream.fail(expr.position, `${extension} modifier not implemented`);
  }
  const selector = expr.kind === 'matrixSelector' ? expr.selector : expr;
  if (selector.extension !== undefined && selector.extension !== extension) {
    stream.fail(expr.position, 'anchored and smoothed modifiers cannot be used together');
  }
  const extended: VectorSelector = { ...selector, extension };
  return expr.kind === 'matrixSelector' ? { ...expr, selector: extended } : extended;
}

function requireSelector(stream: TokenStream, expr: Expr, modifier: string): Selector {
  const { kind } = expr;
  if (kind === 'vectorSelector' || kind === 'matrixSelector' || kind === 'subquery') return expr;
  const wanted = 'an instant vector selector or range vector selector or a subquery';
  return stream.fail(expr.position, `${modifier} must be preceded by ${wanted}`);
}

function modifiersOf(selector: Selector): TimeModifiers {
  return selector.kind === 'matrixSelector' ? selector.selector : selector;
}

/** A copy of the selector with the modifiers; it now reaches to the last closing token. */
function withModifiers(stream: TokenStream, selector: Selector, modifiers: TimeModifiers): Expr {
  const time: TimeModifiers =
    modifiers.at === undefined
      ? { offset: modifiers.offset }
      : { offset: modifiers.offset, at: modifiers.at };
  const position = { start: selector.position.start, end: stream.lastClosing };
  if (selector.kind !== 'matrixSelector') return { ...selector, ...time, position };
  return { ...selector, selector: { ...selector.selector, ...time }, position };
}

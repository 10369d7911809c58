import type { Call, DurationMs, DurationOperand, Expr, NumberLiteral } from '../ast.ts';
import { numberLiteral } from './literal.ts';
import { DURATION, NUMBER, type Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const NANOSECONDS = 1e9;
const RANGE_SECONDS_MAX = 2 ** 63 / NANOSECONDS;

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['+', 1],
  ['-', 1],
  ['*', 2],
  ['/', 2],
  ['%', 2],
  ['^', 3],
]);

type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';

/**
 * A duration as the tree holds it: milliseconds when it was written as one literal, else the
 * expression, whose numbers are seconds.
 */
export function toDuration(expr: Expr): DurationMs {
  return expr.kind === 'number' ? secondsToMs(expr.value) : expr;
}

/** Rounds to nanoseconds and cuts to milliseconds, as Prometheus does. */
function secondsToMs(seconds: number): number {
  return Math.trunc(roundHalfAway(seconds * NANOSECONDS) / 1e6);
}

/** Go's `math.Round`: half away from zero. */
export function roundHalfAway(value: number): number {
  const rounded = Math.round(Math.abs(value));
  return value < 0 ? -rounded : rounded;
}

/** duration = duration_expr, greater than zero when it is a literal. */
export function parsePositiveDuration(stream: TokenStream): Expr {
  const expr = parseDurationExpr(stream, 1);
  if (expr.kind === 'number' && expr.value <= 0) {
    stream.fail(expr.position, 'duration must be greater than 0');
  }
  return expr;
}

/**
 * offset_duration = [ "+" | "-" ] ( number | "step()" | "range()" | min_of | max_of | "(" ... ")" )
 *                 | duration_expr
 *
 * A bare operand ends the offset, so that `foo offset -2^2` is `(foo offset -2) ^ 2`; only one in
 * parentheses without a sign is the start of a longer expression.
 */
export function parseOffsetDuration(stream: TokenStream): Expr {
  const { kind } = stream.peek();
  if (kind !== '+' && kind !== '-') {
    return kind === '(' ? parseDurationExpr(stream, 1) : parseOperand(stream);
  }
  const sign = stream.next();
  const next = stream.peek().kind;
  if (next === '+' || next === '-') {
    const operand = stream.nest(sign, () => parseDurationExpr(stream, 3));
    return parseBinaryRest(stream, applySign(stream, sign, operand), 1);
  }
  if (next !== '(') return applySign(stream, sign, parseOperand(stream, sign));
  stream.next();
  const inner = stream.nest(sign, () => parseDurationExpr(stream, 1));
  stream.expect(')');
  return applySign(stream, sign, wrap(inner));
}

/** duration_expr = operand { operator operand } , with the usual precedence; `^` leans right. */
function parseDurationExpr(stream: TokenStream, minimum: number): Expr {
  return parseBinaryRest(stream, parseSigned(stream), minimum);
}

function parseBinaryRest(stream: TokenStream, first: Expr, minimum: number): Expr {
  const depth = stream.depth;
  let left = first;
  for (;;) {
    const operator = stream.peek();
    const precedence = PRECEDENCE.get(operator.kind) ?? 0;
    if (precedence < minimum || precedence === 0) break;
    stream.next();
    stream.chain(operator);
    const right = parseDurationExpr(stream, operator.kind === '^' ? precedence : precedence + 1);
    left = combine(stream, operator, { left, right });
  }
  stream.restoreDepth(depth);
  return left;
}

function combine(
  stream: TokenStream,
  operator: Token,
  { left, right }: { left: Expr; right: Expr },
): Expr {
  requireDurationExpressions(stream, left);
  const isByZero = right.kind === 'number' && right.value === 0;
  if (isByZero && operator.kind === '/') stream.fail(operator, 'division by zero');
  if (isByZero && operator.kind === '%') stream.fail(operator, 'modulo by zero');
  return {
    kind: 'binary',
    operator: operator.kind as ArithmeticOperator,
    left,
    right,
    returnBool: false,
    position: { start: left.position.start, end: right.position.end },
  };
}

function parseSigned(stream: TokenStream): Expr {
  const { kind } = stream.peek();
  if (kind !== '+' && kind !== '-') return parseOperand(stream);
  const sign = stream.next();
  const operand = stream.nest(sign, () => parseDurationExpr(stream, 3));
  return applySign(stream, sign, operand);
}

/** operand = number | "step()" | "range()" | min_of | max_of | "(" duration_expr ")" */
function parseOperand(stream: TokenStream, sign?: Token): Expr {
  const token = stream.peek();
  switch (token.kind) {
    case NUMBER:
    case DURATION: {
      const literal = numberLiteral(stream, stream.next());
      return sign === undefined ? inRange(stream, literal, token) : literal;
    }
    case 'step':
    case 'range':
      return parseTimeOperand(stream, token.kind, sign);
    case 'min_of':
    case 'max_of':
      return parseExtremum(stream, token.kind, sign);
    case '(':
      return parseParenthesized(stream);
    default:
      return stream.unexpected();
  }
}

/** "(" duration_expr ")" : the parentheses of a literal are dropped. */
function parseParenthesized(stream: TokenStream): Expr {
  const open = stream.next();
  const inner = stream.nest(open, () => parseDurationExpr(stream, 1));
  stream.expect(')');
  requireDurationExpressions(stream, inner);
  return wrap(inner);
}

function wrap(expr: Expr): Expr {
  if (expr.kind === 'number' || expr.kind === 'paren') return expr;
  return { kind: 'paren', expr, position: expr.position };
}

function parseTimeOperand(
  stream: TokenStream,
  name: DurationOperand['name'],
  sign: Token | undefined,
): Expr {
  const { start } = stream.next();
  stream.expect('(');
  const { end } = stream.expect(')');
  const operand: DurationOperand = { kind: 'durationOperand', name, position: { start, end } };
  requireDurationExpressions(stream, operand, sign);
  return operand;
}

function parseExtremum(
  stream: TokenStream,
  name: 'min_of' | 'max_of',
  sign: Token | undefined,
): Expr {
  const word = stream.next();
  stream.expect('(');
  const args = stream.nest(word, () => {
    const first = parseDurationExpr(stream, 1);
    stream.expect(',');
    return [first, parseDurationExpr(stream, 1)] as const;
  });
  stream.expect(')');
  const [first, second] = args;
  const call: Call = {
    kind: 'call',
    function: name,
    args,
    // Upstream places these two, other than calls, at their arguments.
    position: { start: first.position.start, end: second.position.end },
  };
  requireDurationExpressions(stream, call, sign);
  return call;
}

function applySign(stream: TokenStream, sign: Token, operand: Expr): Expr {
  if (operand.kind === 'number') {
    const value = sign.kind === '-' ? -operand.value : operand.value;
    const position = { start: sign.start, end: operand.position.end };
    return inRange(stream, { ...operand, value, position }, sign);
  }
  if (sign.kind === '+') return operand;
  const position = { start: sign.start, end: operand.position.end };
  return { kind: 'unary', operator: '-', expr: operand, position };
}

function inRange(stream: TokenStream, literal: NumberLiteral, token: Token): NumberLiteral {
  // NaN is no duration either; upstream lets it overflow.
  if (!(Math.abs(literal.value) <= RANGE_SECONDS_MAX)) {
    stream.fail(token, 'duration out of range');
  }
  return literal;
}

/** A refusal stands at the sign in front of the operand, if there is one. */
function requireDurationExpressions(stream: TokenStream, expr: Expr, sign?: Token): void {
  const reason = 'experimental duration expression is not enabled';
  const position = { ...expr.position, start: sign?.start ?? expr.position.start };
  stream.requireFeature('durationExpressions', position, reason);
}

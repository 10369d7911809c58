import { quoteGo } from '../../model/go-string.ts';
import type {
  AggregateOperator,
  Aggregation,
  BinaryExpr,
  BinaryOperator,
  Expr,
  MatrixSelector,
  Subquery,
  UnaryExpr,
} from '../ast.ts';
import { FEATURE_NAMES } from '../features.ts';
import { FUNCTION_SIGNATURES } from '../signatures.ts';
import { parsePositiveDuration, toDuration } from './duration-expression.ts';
import { parseGroupingLabels } from './grouping.ts';
import { numberLiteral, stringLiteral } from './literal.ts';
import { parseBinaryModifiers } from './matching.ts';
import { parseVectorSelector } from './selector.ts';
import { parseAt, parseExtension, parseOffset } from './time-modifiers.ts';
import {
  AGGREGATORS,
  DURATION,
  IDENTIFIER,
  isMetricName,
  NUMBER,
  PREPROCESSORS,
  STRING,
  startsExpression,
  type Token,
} from './token.ts';
import type { TokenStream } from './token-stream.ts';

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ...['==', '!=', '<', '<=', '>', '>=', '</', '>/'].map((operator) => [operator, 3] as const),
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['atan2', 5],
  ['^', 6],
]);
const POWER = 6;

const EXPERIMENTAL_AGGREGATORS: ReadonlySet<string> = new Set(['limitk', 'limit_ratio']);
const PARAMETER_AGGREGATORS: ReadonlySet<string> = new Set([
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
]);

const IN_AGGREGATION = { context: 'aggregation', expected: '' };
const AFTER_BRACKET = {
  context: 'subquery or range selector',
  expected: 'number, duration, step(), or range()',
};
const AFTER_RANGE = { context: 'subquery or range', expected: '":" or "]"' };
const AFTER_COLON = {
  context: 'subquery selector',
  expected: 'number, duration, step(), range(), or "]"',
};
const AFTER_STEP = { context: 'subquery selector', expected: '"]"' };

/** expr = unary { operator modifiers expr } , by precedence; `^` leans right, the others left. */
export function parseExpression(stream: TokenStream, minimum = 1): Expr {
  const depth = stream.depth;
  let left = parseUnary(stream);
  for (;;) {
    const operator = stream.peek();
    const precedence = PRECEDENCE.get(operator.kind) ?? 0;
    if (precedence < minimum) break;
    stream.next();
    stream.chain(operator);
    left = parseBinaryRest(stream, operator, left);
  }
  stream.restoreDepth(depth);
  return left;
}

function parseBinaryRest(stream: TokenStream, operator: Token, left: Expr): BinaryExpr {
  const { returnBool, matching } = parseBinaryModifiers(stream);
  const precedence = PRECEDENCE.get(operator.kind) ?? 0;
  const right = parseExpression(stream, precedence === POWER ? precedence : precedence + 1);
  const position = { start: left.position.start, end: right.position.end };
  if (matching.fill !== undefined) {
    const reason = 'binop fill modifiers are experimental and not enabled';
    stream.requireFeature('fillModifiers', position, reason);
  }
  return {
    kind: 'binary',
    operator: operator.kind as BinaryOperator,
    left,
    right,
    returnBool,
    position,
    matching,
  };
}

/** unary = ( "+" | "-" ) unary | postfix ; it binds looser than `^` and is folded into a number. */
function parseUnary(stream: TokenStream): Expr {
  const sign = stream.accept('+') ?? stream.accept('-');
  if (sign === undefined) return parsePostfix(stream);
  const expr = stream.nest(sign, () => parseExpression(stream, POWER));
  const position = { start: sign.start, end: expr.position.end };
  if (expr.kind === 'number') {
    return { ...expr, value: sign.kind === '-' ? -expr.value : expr.value, position };
  }
  return { kind: 'unary', operator: sign.kind as UnaryExpr['operator'], expr, position };
}

/** postfix = primary { range | subquery | offset | at | extension } */
function parsePostfix(stream: TokenStream): Expr {
  const depth = stream.depth;
  let expr = parsePrimary(stream);
  for (;;) {
    const token = stream.peek();
    switch (token.kind) {
      case '[':
        stream.chain(token);
        expr = parseBrackets(stream, expr);
        break;
      case 'offset':
        expr = parseOffset(stream, expr);
        break;
      case '@':
        expr = parseAt(stream, expr);
        break;
      case 'anchored':
      case 'smoothed':
        expr = parseExtension(stream, expr);
        break;
      default:
        stream.restoreDepth(depth);
        return expr;
    }
  }
}

/** range = "[" duration "]" ; subquery = "[" duration ":" [ duration ] "]" */
function parseBrackets(stream: TokenStream, expr: Expr): MatrixSelector | Subquery {
  const open = stream.next();
  const range = stream.within(AFTER_BRACKET, () => parsePositiveDuration(stream));
  const close = stream.accept(']');
  if (close !== undefined) return matrixSelector(stream, expr, { open, range, close });
  stream.expect(':', AFTER_RANGE);
  const end = stream.accept(']');
  const step = end ? undefined : stream.within(AFTER_COLON, () => parsePositiveDuration(stream));
  const last = end ?? stream.expect(']', AFTER_STEP);
  return {
    kind: 'subquery',
    expr,
    range: toDuration(range),
    ...(step === undefined ? {} : { step: toDuration(step) }),
    offset: 0,
    position: { start: expr.position.start, end: last.end },
  };
}

function matrixSelector(
  stream: TokenStream,
  expr: Expr,
  { open, range, close }: { open: Token; range: Expr; close: Token },
): MatrixSelector {
  const brackets = { start: open.start, end: close.end };
  if (expr.kind !== 'vectorSelector') {
    return stream.fail(brackets, 'ranges only allowed for vector selectors');
  }
  if (typeof expr.offset === 'number' && expr.offset !== 0) {
    stream.fail(brackets, 'no offset modifiers allowed before range');
  }
  if (expr.at?.kind === 'timestamp') stream.fail(brackets, 'no @ modifiers allowed before range');
  const position = { start: expr.position.start, end: close.end };
  return { kind: 'matrixSelector', selector: expr, range: toDuration(range), position };
}

/** primary = number | string | "(" expr ")" | call | aggregation | vector_selector */
function parsePrimary(stream: TokenStream): Expr {
  const token = stream.peek();
  switch (token.kind) {
    case NUMBER:
    case DURATION:
      return numberLiteral(stream, stream.next());
    case STRING:
      return stringLiteral(stream.next());
    case '(':
      return parseParenthesized(stream);
    case '{':
      return parseVectorSelector(stream);
    default:
      if (isMetricName(token) || AGGREGATORS.has(token.kind)) return parseWord(stream);
      return stream.unexpected();
  }
}

function parseParenthesized(stream: TokenStream): Expr {
  const open = stream.next();
  const expr = stream.nest(open, () => parseExpression(stream));
  const { end } = stream.expect(')');
  return { kind: 'paren', expr, position: { start: open.start, end } };
}

/** A word is a function or an aggregation when a bracket (or a clause) follows, else a metric. */
function parseWord(stream: TokenStream): Expr {
  const word = stream.next();
  const { kind } = stream.peek();
  if (AGGREGATORS.has(word.kind)) {
    if (kind === '(' || kind === 'by' || kind === 'without') {
      return stream.within(IN_AGGREGATION, () => parseAggregation(stream, word));
    }
  } else if (kind === '(' && (word.kind === IDENTIFIER || PREPROCESSORS.has(word.kind))) {
    return parseCall(stream, word);
  }
  return parseVectorSelector(stream, word);
}

/** call = name arguments ; names of functions are case-sensitive. */
function parseCall(stream: TokenStream, name: Token): Expr {
  const { args, end } = parseArguments(stream);
  const signature = FUNCTION_SIGNATURES.get(name.text);
  if (signature === undefined) {
    return stream.fail(name, `unknown function with name ${quoteGo(name.text)}`);
  }
  if (signature.isExperimental) {
    const reason = `function ${quoteGo(name.text)} is not enabled`;
    stream.requireFeature('experimentalFunctions', name, reason);
  }
  return { kind: 'call', function: name.text, args, position: { start: name.start, end } };
}

/** arguments = "(" [ expr { "," expr } ] ")" */
function parseArguments(stream: TokenStream): { args: readonly Expr[]; end: number } {
  const open = stream.expect('(');
  const args: Expr[] = [];
  const empty = stream.accept(')');
  if (empty !== undefined) return { args, end: empty.end };
  args.push(stream.nest(open, () => parseExpression(stream)));
  let comma = stream.accept(',');
  while (comma !== undefined) {
    if (!startsExpression(stream.peek())) {
      stream.fail(comma, 'trailing commas not allowed in function call args');
    }
    args.push(stream.nest(open, () => parseExpression(stream)));
    comma = stream.accept(',');
  }
  return { args, end: stream.expect(')').end };
}

/** aggregation = operator [ clause ] arguments | operator arguments clause */
function parseAggregation(stream: TokenStream, operator: Token): Aggregation {
  const before = parseClause(stream);
  const { args, end } = parseArguments(stream);
  const after = before === undefined ? parseClause(stream) : undefined;
  const clause = before ?? after;
  // The clause behind the arguments ends with a parenthesis, which is the last closing token then.
  const position = { start: operator.start, end: after?.end ?? end };
  const name = operator.kind;
  checkArguments(stream, { name, count: args.length, position });
  const expr = args.at(-1);
  const [parameter] = args;
  if (expr === undefined || parameter === undefined) return stream.unexpected();
  return {
    kind: 'aggregation',
    operator: name as AggregateOperator,
    expr,
    ...(PARAMETER_AGGREGATORS.has(name) ? { parameter } : {}),
    grouping: clause?.labels ?? [],
    isWithout: clause?.isWithout ?? false,
    position,
  };
}

function parseClause(
  stream: TokenStream,
): { labels: readonly string[]; isWithout: boolean; end: number } | undefined {
  const word = stream.accept('by') ?? stream.accept('without');
  if (word === undefined) return undefined;
  const labels = parseGroupingLabels(stream);
  return { labels, isWithout: word.kind === 'without', end: stream.lastClosing };
}

function checkArguments(
  stream: TokenStream,
  call: { name: string; count: number; position: Aggregation['position'] },
): void {
  const { name, count, position } = call;
  if (count === 0) stream.fail(position, 'no arguments for aggregate expression provided');
  if (EXPERIMENTAL_AGGREGATORS.has(name)) {
    const flag = `--enable-feature=${FEATURE_NAMES.experimentalFunctions}`;
    const reason = `${name}() is experimental and must be enabled with ${flag}`;
    stream.requireFeature('experimentalFunctions', position, reason);
  }
  const wanted = PARAMETER_AGGREGATORS.has(name) ? 2 : 1;
  if (count !== wanted) {
    stream.fail(
      position,
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${count}`,
    );
  }
}

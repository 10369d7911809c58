import { formatDuration } from '../model/duration.ts';
import { formatFloat } from '../model/format-float.ts';
import { isPlainLabelName, quoteGo } from '../model/go-string.ts';
import { compareUtf8, METRIC_NAME_LABEL } from '../model/labels.ts';

import type {
  Aggregation,
  AtModifier,
  BinaryExpr,
  DurationMs,
  Expr,
  LabelMatcher,
  MatrixSelector,
  NumberLiteral,
  Subquery,
  TimeModifiers,
  VectorMatching,
  VectorSelector,
} from './ast.ts';

/**
 * Prints an expression on one line, in the words of Prometheus' own printer. The text parses back to
 * the same tree (positions aside).
 *
 * @example
 * printExpr(parseExpr('sum(x{b="2",a="1"})by(job)')); // 'sum by (job) (x{a="1",b="2"})'
 */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return printNumber(expr);
    case 'string':
      return quoteGo(expr.value);
    case 'vectorSelector':
      return printVectorSelector(expr);
    case 'matrixSelector':
      return printMatrixSelector(expr);
    case 'subquery':
      return printSubquery(expr);
    case 'call':
      return `${expr.function}(${expr.args.map(printExpr).join(', ')})`;
    case 'aggregation':
      return printAggregation(expr);
    case 'binary':
      return `${printExpr(expr.left)} ${printOperator(expr)} ${printExpr(expr.right)}`;
    case 'unary':
      return `${expr.operator}${printExpr(expr.expr)}`;
    case 'paren':
      return `(${printExpr(expr.expr)})`;
    case 'durationOperand':
      return `${expr.name}()`;
  }
}

function printNumber({ value, isDuration }: NumberLiteral): string {
  // The product may fall just short of the whole milliseconds that were written.
  if (isDuration === true) return formatDuration(Math.round(value * 1000));
  return formatFloat(value, 'decimal');
}

function printAggregation(expr: Aggregation): string {
  const { operator, parameter, grouping, isWithout } = expr;
  const labels = `(${printLabels(grouping)}) `;
  let clause = '';
  if (isWithout) clause = ` without ${labels}`;
  else if (grouping.length > 0) clause = ` by ${labels}`;
  const first = parameter === undefined ? '' : `${printExpr(parameter)}, `;
  return `${operator}${clause}(${first}${printExpr(expr.expr)})`;
}

function printOperator({ operator, returnBool, matching }: BinaryExpr): string {
  const clause = matching === undefined ? '' : printMatching(matching);
  return `${operator}${returnBool ? ' bool' : ''}${clause}`;
}

function printMatching(matching: VectorMatching): string {
  const { cardinality, labels, isOn, include, fill } = matching;
  const isGrouped = cardinality === 'many-to-one' || cardinality === 'one-to-many';
  let clause = '';
  if (labels.length > 0 || isOn || isGrouped) {
    clause += ` ${isOn ? 'on' : 'ignoring'} (${printLabels(labels)})`;
  }
  if (isGrouped) {
    const side = cardinality === 'many-to-one' ? 'left' : 'right';
    clause += ` group_${side} (${printLabels(include)})`;
  }
  return fill === undefined ? clause : clause + printFill(fill);
}

function printFill({ left, right }: NonNullable<VectorMatching['fill']>): string {
  if (left !== undefined && left === right) return ` fill (${formatFloat(left, 'general')})`;
  let clause = '';
  if (left !== undefined) clause += ` fill_left (${formatFloat(left, 'general')})`;
  if (right !== undefined) clause += ` fill_right (${formatFloat(right, 'general')})`;
  return clause;
}

function printLabels(labels: readonly string[]): string {
  return labels.map((label) => (isPlainLabelName(label) ? label : quoteGo(label))).join(', ');
}

function printVectorSelector(selector: VectorSelector): string {
  const { extension } = selector;
  const extended = extension === undefined ? '' : ` ${extension}`;
  const at = printAt(selector.at);
  return `${printSeries(selector)}${at}${extended}${printOffset(selector.offset)}`;
}

function printMatrixSelector({ selector, range }: MatrixSelector): string {
  const { extension } = selector;
  const extended = extension === undefined ? '' : ` ${extension}`;
  const brackets = `[${printDuration(range)}]`;
  return `${printSeries(selector)}${brackets}${extended}${printTime(selector)}`;
}

function printSubquery(expr: Subquery): string {
  const step = expr.step === undefined ? '' : printDuration(expr.step);
  return `${printExpr(expr.expr)}[${printDuration(expr.range)}:${step}]${printTime(expr)}`;
}

/** The name and the matchers, the matchers in the order of their text. */
function printSeries({ name, matchers }: VectorSelector): string {
  const printed = matchers
    .filter((matcher) => !isName(matcher, name))
    .map(printMatcher)
    .sort(compareUtf8);
  return printed.length === 0 ? name : `${name}{${printed.join(',')}}`;
}

function isName(matcher: LabelMatcher, name: string): boolean {
  const { operator, value } = matcher;
  return matcher.name === METRIC_NAME_LABEL && operator === '=' && value === name && name !== '';
}

function printMatcher({ name, operator, value }: LabelMatcher): string {
  const label = isPlainLabelName(name) ? name : quoteGo(name);
  return `${label}${operator}${quoteGo(value)}`;
}

function printTime({ at, offset }: TimeModifiers): string {
  return `${printAt(at)}${printOffset(offset)}`;
}

function printAt(at: AtModifier | undefined): string {
  if (at === undefined) return '';
  if (at.kind !== 'timestamp') return ` @ ${at.kind}()`;
  return ` @ ${(at.timestampMs / 1000).toFixed(3)}`;
}

function printOffset(offset: DurationMs): string {
  return offset === 0 ? '' : ` offset ${printDuration(offset)}`;
}

function printDuration(duration: DurationMs): string {
  return typeof duration === 'number' ? formatDuration(duration) : printExpr(duration);
}

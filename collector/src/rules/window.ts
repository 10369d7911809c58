import type { Expr, TimeModifiers } from '../promql/ast.ts';

/**
 * How much history an expression reads, in milliseconds: ranges, offsets and subqueries that stand
 * inside each other add up, and each selector looks back `lookbackMs`. A duration that is computed
 * counts as nothing.
 */
export function historyMs(expr: Expr, lookbackMs: number): number {
  switch (expr.kind) {
    case 'vectorSelector':
      return lookbackMs + offsetOf(expr);
    case 'matrixSelector':
      return asMs(expr.range) + offsetOf(expr.selector);
    case 'subquery':
      return asMs(expr.range) + offsetOf(expr) + historyMs(expr.expr, lookbackMs);
    case 'number':
    case 'string':
    case 'durationOperand':
      return 0;
    case 'call':
      return longest(expr.args, lookbackMs);
    case 'binary':
      return longest([expr.left, expr.right], lookbackMs);
    case 'aggregation':
    case 'unary':
    case 'paren':
      return historyMs(expr.expr, lookbackMs);
  }
}

function longest(exprs: readonly Expr[], lookbackMs: number): number {
  return Math.max(0, ...exprs.map((expr) => historyMs(expr, lookbackMs)));
}

function offsetOf({ offset }: TimeModifiers): number {
  return Math.max(0, asMs(offset));
}

function asMs(duration: TimeModifiers['offset']): number {
  return typeof duration === 'number' ? duration : 0;
}

import type { Expr } from '../ast.ts';

/**
 * The parts of an expression that are evaluated for it, in the order of their text. A range
 * selector's part is its vector selector; duration expressions are no parts.
 */
export function childrenOf(expr: Expr): readonly Expr[] {
  if (expr.kind === 'call') return expr.args;
  if (expr.kind === 'binary') return [expr.left, expr.right];
  if (expr.kind === 'matrixSelector') return [expr.selector];
  if (!('expr' in expr)) return [];
  const hasParameter = expr.kind === 'aggregation' && expr.parameter !== undefined;
  return hasParameter ? [expr.expr, expr.parameter] : [expr.expr];
}

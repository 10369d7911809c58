import type { BinaryExpr, BinaryOperator, Expr } from './ast.ts';

/** A condition taken apart: what is measured, and what it is compared with. */
export interface ComparedSides {
  readonly measured: Expr;
  readonly comparison: BinaryOperator;
  readonly threshold: Expr;
}

const MIRRORED: Partial<Record<BinaryOperator, BinaryOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/**
 * The comparison that decides whether an expression has results. Of `a > 5 and b` it is `a > 5`,
 * as the values of the left side are what the whole gives.
 *
 * @returns `undefined` where no comparison decides, as in `absent(x)`
 */
export function comparedSides(expr: Expr): ComparedSides | undefined {
  if (expr.kind === 'paren') return comparedSides(expr.expr);
  if (expr.kind !== 'binary') return undefined;
  if (expr.operator === 'and' || expr.operator === 'unless') return comparedSides(expr.left);
  return expr.returnBool ? undefined : sidesOf(expr);
}

function sidesOf({ operator, left, right }: BinaryExpr): ComparedSides | undefined {
  const mirrored = MIRRORED[operator];
  if (mirrored === undefined) return undefined;
  return isNumber(left)
    ? { measured: right, comparison: mirrored, threshold: left }
    : { measured: left, comparison: operator, threshold: right };
}

function isNumber(expr: Expr): boolean {
  if (expr.kind === 'paren' || expr.kind === 'unary') return isNumber(expr.expr);
  return expr.kind === 'number';
}

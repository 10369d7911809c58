import type { AtModifier, Expr, VectorSelector } from '../../../collector/src/promql/ast.ts';
import { childrenOf } from '../../../collector/src/promql/eval/children.ts';
import { TIME_DEPENDENT } from '../../../collector/src/promql/eval/step-invariance.ts';

/**
 * Pins every selector of an expression to a time with `@`, unless it is pinned already; a selector
 * inside a subquery is pinned by the subquery.
 *
 * @returns `undefined` when a function depends on the evaluation time whatever its selectors do.
 */
export function pinSelectors(expr: Expr, timeMs: number): Expr | undefined {
  if (hasTimeDependentCall(expr)) return undefined;
  return pin(expr, { kind: 'timestamp', timestampMs: timeMs });
}

function pin(expr: Expr, at: AtModifier): Expr {
  if (expr.kind === 'vectorSelector') return pinSelector(expr, at);
  if (expr.kind === 'matrixSelector') {
    return { ...expr, selector: pinSelector(expr.selector, at) };
  }
  if (expr.kind === 'subquery') return { ...expr, at: expr.at ?? at };
  if (expr.kind === 'call') return { ...expr, args: expr.args.map((item) => pin(item, at)) };
  if (expr.kind === 'binary') {
    return { ...expr, left: pin(expr.left, at), right: pin(expr.right, at) };
  }
  if (!('expr' in expr)) return expr;
  if (expr.kind !== 'aggregation' || expr.parameter === undefined) {
    return { ...expr, expr: pin(expr.expr, at) };
  }
  return { ...expr, expr: pin(expr.expr, at), parameter: pin(expr.parameter, at) };
}

function pinSelector(selector: VectorSelector, at: AtModifier): VectorSelector {
  return { ...selector, at: selector.at ?? at };
}

const QUERY_TIMES: ReadonlySet<string> = new Set(['start', 'end', 'range', 'step']);

function hasTimeDependentCall(expr: Expr): boolean {
  if (expr.kind === 'call') {
    if (TIME_DEPENDENT.has(expr.function) || QUERY_TIMES.has(expr.function)) return true;
  }
  return childrenOf(expr).some(hasTimeDependentCall);
}

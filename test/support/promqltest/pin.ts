import type {
  AtModifier,
  Expr,
  Subquery,
  VectorSelector,
} from '../../../collector/src/promql/ast.ts';
import { isTimeDependent } from '../../../collector/src/promql/eval/step-invariance.ts';

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
  switch (expr.kind) {
    case 'vectorSelector':
      return pinSelector(expr, at);
    case 'matrixSelector':
      return { ...expr, selector: pinSelector(expr.selector, at) };
    case 'subquery':
      return pinSubquery(expr, at);
    case 'paren':
    case 'unary':
      return { ...expr, expr: pin(expr.expr, at) };
    case 'aggregation':
      return {
        ...expr,
        expr: pin(expr.expr, at),
        ...(expr.parameter === undefined ? {} : { parameter: pin(expr.parameter, at) }),
      };
    case 'binary':
      return { ...expr, left: pin(expr.left, at), right: pin(expr.right, at) };
    case 'call':
      return { ...expr, args: expr.args.map((argument) => pin(argument, at)) };
    default:
      return expr;
  }
}

function pinSelector(selector: VectorSelector, at: AtModifier): VectorSelector {
  return { ...selector, at: selector.at ?? at };
}

function pinSubquery(subquery: Subquery, at: AtModifier): Subquery {
  return { ...subquery, at: subquery.at ?? at };
}

const QUERY_TIMES: ReadonlySet<string> = new Set(['start', 'end', 'range', 'step']);

function hasTimeDependentCall(expr: Expr): boolean {
  switch (expr.kind) {
    case 'call':
      return (
        isTimeDependent(expr.function) ||
        QUERY_TIMES.has(expr.function) ||
        expr.args.some(hasTimeDependentCall)
      );
    case 'paren':
    case 'unary':
    case 'subquery':
      return hasTimeDependentCall(expr.expr);
    case 'aggregation':
      return (
        hasTimeDependentCall(expr.expr) ||
        (expr.parameter !== undefined && hasTimeDependentCall(expr.parameter))
      );
    case 'binary':
      return hasTimeDependentCall(expr.left) || hasTimeDependentCall(expr.right);
    default:
      return false;
  }
}

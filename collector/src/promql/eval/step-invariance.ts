import type { Expr } from '../ast.ts';

/** Functions whose result depends on the evaluation time even when their arguments do not. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
]);

const CACHE = new WeakMap<Expr, boolean>();

/** Functions whose name keeps the `@` of their arguments from making them the same at each step. */
export function isTimeDependent(functionName: string): boolean {
  return TIME_DEPENDENT.has(functionName);
}

/**
 * Whether an expression has the same value at every step, so that one evaluation is enough: all its
 * selectors are pinned with `@`.
 */
export function isStepInvariant(expr: Expr): boolean {
  let answer = CACHE.get(expr);
  if (answer === undefined) {
    answer = decide(expr);
    CACHE.set(expr, answer);
  }
  return answer;
}

function decide(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'durationOperand':
      return true;
    case 'vectorSelector':
    case 'subquery':
      return expr.at !== undefined;
    case 'matrixSelector':
      return expr.selector.at !== undefined;
    case 'paren':
    case 'unary':
      return isStepInvariant(expr.expr);
    case 'aggregation':
      // The parameter has no say, as upstream: it is taken from the first step.
      return isStepInvariant(expr.expr);
    case 'binary':
      return isStepInvariant(expr.left) && isStepInvariant(expr.right);
    case 'call':
      return isCallInvariant(expr.function, expr.args);
  }
}

function isCallInvariant(name: string, args: readonly Expr[]): boolean {
  if (!args.every(isStepInvariant)) return false;
  if (!TIME_DEPENDENT.has(name)) return true;
  // The time of a pinned sample is pinned too; that of a computed one is the evaluation time.
  return name === 'timestamp' && args[0]?.kind === 'vectorSelector';
}

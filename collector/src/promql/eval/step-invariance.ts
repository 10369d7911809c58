import type { Expr } from '../ast.ts';
import { childrenOf } from './children.ts';

/** Functions whose result depends on the evaluation time even when their arguments do not. */
export const TIME_DEPENDENT: ReadonlySet<string> = new Set([
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
  if (expr.kind === 'vectorSelector' || expr.kind === 'subquery') return expr.at !== undefined;
  if (expr.kind === 'call') return isCallInvariant(expr.function, expr.args);
  // The parameter of an aggregation has no say, as upstream: it is taken from the first step.
  if (expr.kind === 'aggregation') return isStepInvariant(expr.expr);
  return childrenOf(expr).every(isStepInvariant);
}

function isCallInvariant(name: string, args: readonly Expr[]): boolean {
  if (!args.every(isStepInvariant)) return false;
  if (!TIME_DEPENDENT.has(name)) return true;
  // The time of a pinned sample is pinned too; that of a computed one is the evaluation time.
  return name === 'timestamp' && args[0]?.kind === 'vectorSelector';
}

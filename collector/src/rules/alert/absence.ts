import type { Expr } from '../../promql/ast.ts';
import { childrenOf } from '../../promql/eval/children.ts';

/**
 * Whether an expression may hold because samples are missing: a service that does not know yet what
 * its senders send would take their silence for a fact.
 */
export function readsAbsence(expr: Expr): boolean {
  return saysAbsence(expr) || childrenOf(expr).some(readsAbsence);
}

function saysAbsence(expr: Expr): boolean {
  if (expr.kind === 'binary') return expr.operator === 'unless';
  // "Fewer than three are up" holds as long as some have not reported.
  if (expr.kind === 'aggregation') return expr.operator === 'count';
  return expr.kind === 'call' && ABSENCE_FUNCTIONS.has(expr.function);
}

const ABSENCE_FUNCTIONS: ReadonlySet<string> = new Set(['absent', 'absent_over_time']);

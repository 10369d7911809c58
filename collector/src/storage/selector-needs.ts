import type { DurationMs, Expr, LabelMatcher, VectorSelector } from '../promql/ast.ts';

/** Matchers of a selector and how far behind the evaluation time it reads. */
export interface SelectorHistory {
  readonly matchers: readonly LabelMatcher[];
  readonly historyMs: number;
}

export interface HistoryOptions {
  readonly lookbackMs: number;
  /** Assumed for a duration that is an expression, and for `@` with a fixed time. */
  readonly unknownMs: number;
}

/** Every selector of an expression with the history that it needs. */
export function selectorHistories(expr: Expr, options: HistoryOptions): SelectorHistory[] {
  const found: SelectorHistory[] = [];
  visit(expr, 0, { options, found });
  return found;
}

interface Walk {
  readonly options: HistoryOptions;
  readonly found: SelectorHistory[];
}

function visit(expr: Expr, outerMs: number, walk: Walk): void {
  if (expr.kind === 'vectorSelector') {
    addSelector(expr, outerMs + walk.options.lookbackMs, walk);
  } else if (expr.kind === 'matrixSelector') {
    // `smoothed` and `anchored` ranges also read one lookback outside of the range.
    const readMs = durationMs(expr.range, walk) + walk.options.lookbackMs;
    addSelector(expr.selector, outerMs + readMs, walk);
  } else if (expr.kind === 'subquery') {
    visit(expr.expr, outerMs + durationMs(expr.range, walk) + modifiersMs(expr, walk), walk);
  } else {
    for (const operand of operands(expr)) visit(operand, outerMs, walk);
  }
}

function operands(expr: Expr): readonly Expr[] {
  if (expr.kind === 'call') return expr.args;
  if (expr.kind === 'binary') return [expr.left, expr.right];
  if (expr.kind === 'unary' || expr.kind === 'paren') return [expr.expr];
  if (expr.kind !== 'aggregation') return [];
  return expr.parameter === undefined ? [expr.expr] : [expr.expr, expr.parameter];
}

function addSelector(selector: VectorSelector, readMs: number, walk: Walk): void {
  const historyMs = Math.max(0, readMs + modifiersMs(selector, walk));
  walk.found.push({ matchers: selector.matchers, historyMs });
}

function modifiersMs(
  { offset, at }: Pick<VectorSelector, 'offset' | 'at'>,
  { options }: Walk,
): number {
  const offsetMs = typeof offset === 'number' ? offset : options.unknownMs;
  return at?.kind === 'timestamp' ? offsetMs + options.unknownMs : offsetMs;
}

function durationMs(duration: DurationMs, { options }: Walk): number {
  return typeof duration === 'number' ? duration : options.unknownMs;
}

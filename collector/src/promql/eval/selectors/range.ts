import type { Expr, MatrixSelector, Subquery } from '../../ast.ts';
import type { RangeSeries } from '../../functions/range-window.ts';
import { RangeWindow } from '../../functions/range-window.ts';
import { resolvePositive } from '../durations.ts';
import type { Scope, StepGrid } from '../query.ts';
import { stepTimeMs } from '../query.ts';
import type { StepSeries } from '../step-series.ts';
import { columnsFor } from './columns.ts';
import { rangeSeriesOf, rangeSeriesOfSteps } from './range-series.ts';
import type { ReferenceTimes } from './time-window.ts';
import { referenceTimes } from './time-window.ts';

/** How far the samples of `anchored` and `smoothed` selectors reach beyond the range. */
export interface RangeExtension {
  readonly kind: 'none' | 'anchored' | 'smoothed';
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** Everything a range selector or subquery selects, and where its windows lie. */
export interface RangeSelection {
  readonly series: readonly RangeSeries[];
  readonly rangeMs: number;
  readonly times: ReferenceTimes;
  readonly extension: RangeExtension;
}

export function selectRange(expr: MatrixSelector | Subquery, scope: Scope): RangeSelection {
  return expr.kind === 'matrixSelector' ? selectMatrix(expr, scope) : selectSubquery(expr, scope);
}

function selectMatrix(expr: MatrixSelector, scope: Scope): RangeSelection {
  const { query } = scope;
  const { selector } = expr;
  const rangeMs = resolvePositive(expr.range, query.times);
  const times = referenceTimes(selector, scope);
  const extension = extensionOf(selector.extension, query.options.lookbackMs);
  const startMs = times.firstMs - rangeMs - extension.beforeMs + 1;
  const endMs = times.lastMs + extension.afterMs;
  const series = query.source.select(selector.matchers, startMs, endMs).map((source) => {
    query.checkCancelled();
    return rangeSeriesOf(
      source.labels,
      columnsFor(selector, source.columns(startMs, endMs), query),
    );
  });
  return { series, rangeMs, times, extension };
}

function extensionOf(
  kind: 'anchored' | 'smoothed' | undefined,
  lookbackMs: number,
): RangeExtension {
  if (kind === undefined) return { kind: 'none', beforeMs: 0, afterMs: 0 };
  return { kind, beforeMs: lookbackMs, afterMs: kind === 'smoothed' ? lookbackMs : 0 };
}

function selectSubquery(expr: Subquery, scope: Scope): RangeSelection {
  const { series, grid } = evaluateSubquery(expr, scope);
  return {
    series: series.map((item) => rangeSeriesOfSteps(item, grid)),
    rangeMs: resolvePositive(expr.range, scope.query.times),
    times: referenceTimes(expr, scope),
    extension: { kind: 'none', beforeMs: 0, afterMs: 0 },
  };
}

/** Evaluates the inside of a subquery on its own steps, which are multiples of its step. */
export function evaluateSubquery(
  expr: Subquery,
  scope: Scope,
): { readonly series: readonly StepSeries[]; readonly grid: StepGrid } {
  const { query } = scope;
  const rangeMs = resolvePositive(expr.range, query.times);
  const stepMs =
    expr.step === undefined
      ? query.options.defaultSubqueryStepMs
      : resolvePositive(expr.step, query.times);
  const times = referenceTimes(expr, scope);
  // The first multiple of the step inside the left-open range.
  const startMs = (Math.floor((times.firstMs - rangeMs) / stepMs) + 1) * stepMs;
  const count = Math.max(0, Math.floor((times.lastMs - startMs) / stepMs) + 1);
  const grid = { startMs, stepMs, count };
  if (count === 0) return { series: [], grid };
  // Every series needs a place for every step, so a step count alone can be too much.
  query.checkRoomForSeries(1, count);
  const value = query.evaluate(expr.expr, { query, grid });
  return { series: value.kind === 'vector' ? value.series : [], grid };
}

/** Calls back with the window of each step that has samples; the window is reused. */
export function forEachWindow(
  series: RangeSeries,
  { selection, grid }: { readonly selection: RangeSelection; readonly grid: StepGrid },
  visit: (step: number, window: RangeWindow) => void,
): void {
  const { rangeMs, times, extension } = selection;
  const window = new RangeWindow(series, rangeMs);
  for (let step = 0; step < grid.count; step += 1) {
    const endMs = times.firstMs + step * times.stepMs;
    const startMs = endMs - rangeMs;
    window.floats.moveTo(startMs - extension.beforeMs, endMs + extension.afterMs);
    window.histograms.moveTo(startMs - extension.beforeMs, endMs + extension.afterMs);
    if (window.isEmpty) continue;
    window.startMs = startMs;
    window.endMs = endMs;
    window.evaluationMs = stepTimeMs(grid, step);
    visit(step, window);
  }
}

/** A range selector or subquery, perhaps in parentheses; `undefined` for other expressions. */
export function asRange(expr: Expr): MatrixSelector | Subquery | undefined {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner.kind === 'matrixSelector' || inner.kind === 'subquery' ? inner : undefined;
}

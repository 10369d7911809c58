import { Labels } from '../../model/labels.ts';
import type { Annotation } from '../annotations.ts';
import type { Expr, VectorSelector } from '../ast.ts';
import { evaluationError } from '../error.ts';
import { withoutIdentity } from '../kernels/identity.ts';
import type { SeriesSource } from '../series-source.ts';
import { evaluateAggregation } from './aggregation/evaluate-aggregation.ts';
import { evaluateBinary } from './binary/evaluate-binary.ts';
import { unwrapParens } from './calls/arguments.ts';
import { evaluateCall } from './calls/evaluate-call.ts';
import { removeMarkedNames } from './name-removal.ts';
import type { EvaluationOptions } from './options.ts';
import { DEFAULT_EVALUATION_OPTIONS } from './options.ts';
import type { QueryTimes, Scope, StepGrid } from './query.ts';
import { Query, stepTimeMs } from './query.ts';
import { selectInstant } from './selectors/instant.ts';
import { selectMatrixPoints } from './selectors/matrix.ts';
import { evaluateSubquery } from './selectors/range.ts';
import { selectSmoothed } from './selectors/smoothed.ts';
import { isStepInvariant } from './step-invariance.ts';
import type { StepSeries, StepValue } from './step-series.ts';
import {
  countSamples,
  emptySeries,
  hasSamples,
  heapBytes,
  NO_SERIES,
  sampleAt,
  setSample,
} from './step-series.ts';
import { evaluateUnary } from './unary.ts';
import type { EvaluationResult, MatrixSeries, Point, Value } from './values.ts';

export interface InstantQuery {
  readonly source: SeriesSource;
  readonly timeMs: number;
  readonly options?: Partial<EvaluationOptions>;
}

export interface RangeQuery {
  readonly source: SeriesSource;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly options?: Partial<EvaluationOptions>;
}

/**
 * Evaluates an expression at one time.
 *
 * @returns a scalar, vector or string; a matrix when the expression is a range selector or subquery.
 * @throws {PromqlError} `PROMQL_EVALUATION` when the data does not allow it.
 */
export function evaluateInstant(expr: Expr, query: InstantQuery): EvaluationResult {
  const { timeMs } = query;
  const scope = createScope(expr, query, { startMs: timeMs, endMs: timeMs, stepMs: 0 });
  const inner = unwrapParens(expr);
  if (inner.kind === 'matrixSelector' || inner.kind === 'subquery') {
    const series = finishMatrix(selectMatrixPoints(inner, scope), scope);
    return { value: { kind: 'matrix', series }, annotations: scope.query.annotations.list() };
  }
  const value = toInstantValue(evaluate(expr, scope), scope);
  return { value, annotations: scope.query.annotations.list() };
}

/** The result of a range query as columns, which take far less memory than its points. */
export interface RangeResult {
  /** In the order of their labels, each with at least one sample. */
  readonly series: readonly StepSeries[];
  readonly grid: StepGrid;
  readonly annotations: readonly Annotation[];
}

/**
 * Evaluates an expression at every step from `startMs` to `endMs`. A scalar becomes a series
 * without labels.
 *
 * @throws {PromqlError} `PROMQL_EVALUATION` when the data does not allow it.
 */
export function evaluateRangeSteps(expr: Expr, query: RangeQuery): RangeResult {
  const { startMs, endMs, stepMs } = query;
  const scope = createScope(expr, query, { startMs, endMs, stepMs });
  const inner = unwrapParens(expr);
  if (inner.kind === 'matrixSelector' || inner.kind === 'subquery' || inner.kind === 'string') {
    const type = inner.kind === 'string' ? 'string' : 'range vector';
    throw evaluationError(
      `invalid expression type "${type}" for range query, must be Scalar or instant Vector`,
      expr.position,
    );
  }
  const result = scope.grid.count > 0 ? evaluate(expr, scope) : NO_SERIES;
  const series = finalSeries(result, scope)
    .filter(hasSamples)
    .sort((left, right) => Labels.compare(left.labels, right.labels));
  return { series, grid: scope.grid, annotations: scope.query.annotations.list() };
}

function createScope(
  expr: Expr,
  { source, options }: { source: SeriesSource; options?: Partial<EvaluationOptions> },
  times: QueryTimes,
): Scope {
  const { startMs, endMs, stepMs } = times;
  const query = new Query({
    source,
    times,
    options: { ...DEFAULT_EVALUATION_OPTIONS, ...options },
    evaluate,
    expr,
  });
  const count = stepMs > 0 ? Math.max(0, Math.floor((endMs - startMs) / stepMs) + 1) : 1;
  query.checkRoomFor(count);
  return { query, grid: { startMs, stepMs: stepMs > 0 ? stepMs : 1, count } };
}

/** Evaluates an expression at the steps of a scope, once for all of them where it cannot differ. */
function evaluate(expr: Expr, scope: Scope): StepValue {
  const { query, grid } = scope;
  query.checkCancelled();
  const { held } = query;
  const isConstant = grid.count > 1 && expr.kind !== 'number' && isStepInvariant(expr);
  const value = isConstant
    ? repeatForSteps(evaluateNode(expr, { query, grid: { ...grid, count: 1 } }), scope)
    : evaluateNode(expr, scope);
  query.held = held;
  query.hold({ samples: countSamples(value), bytes: heapBytes(value) });
  return value;
}

function evaluateNode(expr: Expr, scope: Scope): StepValue {
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', values: Array.from({ length: scope.grid.count }, () => expr.value) };
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'paren':
      return evaluate(expr.expr, scope);
    case 'unary':
      return evaluateUnary(expr, scope);
    case 'binary':
      return evaluateBinary(expr, scope);
    case 'call':
      return evaluateCall(expr, scope);
    case 'aggregation':
      return evaluateAggregation(expr, scope);
    case 'vectorSelector':
      return { kind: 'vector', series: selectVector(expr, scope) };
    case 'subquery':
      return { kind: 'vector', series: evaluateSubquery(expr, scope).series };
    case 'matrixSelector':
    case 'durationOperand':
      throw evaluationError(`cannot evaluate ${expr.kind} on its own`, expr.position);
  }
}

function selectVector(selector: VectorSelector, scope: Scope): readonly StepSeries[] {
  const isSmoothed = selector.extension === 'smoothed';
  return isSmoothed ? selectSmoothed(selector, scope) : selectInstant(selector, scope);
}

function repeatForSteps(value: StepValue, { query, grid: { count } }: Scope): StepValue {
  if (value.kind === 'string') return value;
  if (value.kind === 'scalar') {
    const number = value.values[0] ?? Number.NaN;
    return { kind: 'scalar', values: Array.from({ length: count }, () => number) };
  }
  const series = value.series.map((item) => {
    query.checkRoomForSeries(value.series.length, count);
    const repeated = emptySeries(item.labels, count, item.dropsName);
    const sample = sampleAt(item, 0);
    for (let step = 0; step < count; step += 1) setSample(repeated, step, sample);
    return repeated;
  });
  return { kind: 'vector', series };
}

function finalSeries(value: StepValue, { query, grid }: Scope): readonly StepSeries[] {
  if (value.kind === 'string') return [];
  if (value.kind === 'scalar') {
    const series = emptySeries(Labels.EMPTY, grid.count);
    for (const [step, number] of value.values.entries()) setSample(series, step, number);
    return [series];
  }
  const { delayedNameRemoval } = query.options.features;
  return delayedNameRemoval ? removeMarkedNames(value.series) : value.series;
}

function toInstantValue(value: StepValue, scope: Scope): Value {
  const timeMs = scope.grid.startMs;
  if (value.kind === 'string') return { kind: 'string', timeMs, value: value.value };
  if (value.kind === 'scalar') {
    return { kind: 'scalar', timeMs, value: value.values[0] ?? Number.NaN };
  }
  const elements = finalSeries(value, scope).flatMap((series) =>
    pointsOf(series, scope.grid).map((point) => ({ labels: series.labels, ...point })),
  );
  return { kind: 'vector', elements };
}

/** The samples of a series with their times. */
export function pointsOf(series: StepSeries, grid: StepGrid): Point[] {
  const points: Point[] = [];
  for (let step = 0; step < grid.count; step += 1) {
    const sample = sampleAt(series, step);
    if (sample === undefined) continue;
    const timeMs = stepTimeMs(grid, step);
    points.push(
      typeof sample === 'number' ? { timeMs, value: sample } : { timeMs, histogram: sample },
    );
  }
  return points;
}

function finishMatrix(
  series: ReturnType<typeof selectMatrixPoints>,
  { query }: Scope,
): MatrixSeries[] {
  const { delayedNameRemoval } = query.options.features;
  return series
    .map(({ labels, points, dropsName }) => ({
      labels: delayedNameRemoval && dropsName ? withoutIdentity(labels) : labels,
      points,
    }))
    .sort((left, right) => Labels.compare(left.labels, right.labels));
}

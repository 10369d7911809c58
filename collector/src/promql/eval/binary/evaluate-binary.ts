import type { BinaryExpr } from '../../ast.ts';
import { isArithmetic, isComparison, scalarResult } from '../../kernels/operators.ts';
import { droppedName, mergeSameLabels } from '../name-removal.ts';
import type { Scope } from '../query.ts';
import type { StepSeries, StepValue } from '../step-series.ts';
import { emptySeries, hasSamples, sampleAt, setSample } from '../step-series.ts';
import type { Sample } from './samples.ts';
import { combineSamples } from './samples.ts';
import { combineSets } from './sets.ts';
import { groupByMatch } from './signature.ts';
import { VectorOperation } from './vectors.ts';

/** Evaluates a binary expression; what it does depends on the types of its sides. */
export function evaluateBinary(expr: BinaryExpr, scope: Scope): StepValue {
  const left = scope.query.evaluate(expr.left, scope);
  const right = scope.query.evaluate(expr.right, scope);
  if (left.kind === 'string' || right.kind === 'string') return left;
  if (left.kind === 'scalar') {
    return right.kind === 'scalar'
      ? { kind: 'scalar', values: combineScalars(expr, left.values, right.values) }
      : withScalar(expr, { series: right.series, values: left.values, isScalarLeft: true }, scope);
  }
  return right.kind === 'scalar'
    ? withScalar(expr, { series: left.series, values: right.values, isScalarLeft: false }, scope)
    : { kind: 'vector', series: combineVectors(expr, [left.series, right.series], scope) };
}

function combineScalars(
  { operator }: BinaryExpr,
  left: readonly number[],
  right: readonly number[],
): number[] {
  return left.map((value, step) => scalarResult(operator, value, right[step] ?? Number.NaN));
}

const DEFAULT_MATCHING = {
  cardinality: 'one-to-one',
  labels: [],
  isOn: false,
  include: [],
} as const;

function combineVectors(
  expr: BinaryExpr,
  [left, right]: readonly [readonly StepSeries[], readonly StepSeries[]],
  scope: Scope,
): readonly StepSeries[] {
  const matching = expr.matching ?? DEFAULT_MATCHING;
  const sides = { left, right };
  const groups = groupByMatch(left, right, matching);
  if (expr.operator === 'and' || expr.operator === 'or' || expr.operator === 'unless') {
    return mergeSameLabels(combineSets(expr.operator, sides, groups));
  }
  return new VectorOperation({ ...expr, matching }, { sides, groups }, scope).run();
}

interface ScalarOperands {
  readonly series: readonly StepSeries[];
  readonly values: readonly number[];
  readonly isScalarLeft: boolean;
}

function withScalar(expr: BinaryExpr, operands: ScalarOperands, scope: Scope): StepValue {
  const { query, grid } = scope;
  const isNameDropped = isArithmetic(expr.operator) || expr.returnBool;
  const output: StepSeries[] = [];
  for (const series of operands.series) {
    const { labels, dropsName } = isNameDropped ? droppedName(series.labels, query) : series;
    const result = emptySeries(labels, grid.count, dropsName);
    for (let step = 0; step < grid.count; step += 1) {
      const sample = sampleAt(series, step);
      if (sample === undefined) continue;
      const scalar = operands.values[step] ?? Number.NaN;
      setSample(result, step, combineWithScalar(expr, { sample, scalar, ...operands }, scope));
    }
    if (hasSamples(result)) output.push(result);
  }
  return { kind: 'vector', series: mergeSameLabels(output) };
}

function combineWithScalar(
  expr: BinaryExpr,
  operands: { sample: Sample; scalar: number; isScalarLeft: boolean },
  { query }: Scope,
): Sample | undefined {
  const { sample, scalar, isScalarLeft } = operands;
  const outcome = combineSamples(expr, isScalarLeft ? [scalar, sample] : [sample, scalar], query);
  if (outcome === undefined) return undefined;
  if (expr.returnBool) return Number(outcome.isKept);
  if (!outcome.isKept) return undefined;
  // A comparison filters the vector, on whichever side it stands.
  return isComparison(expr.operator) ? sample : outcome.sample;
}

import { addHistograms, subtractHistograms } from '../../../model/histogram/add.ts';
import { compactHistogram } from '../../../model/histogram/compact.ts';
import { histogramsEqual } from '../../../model/histogram/equal.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { divideHistogram, multiplyHistogram } from '../../../model/histogram/scale.ts';
import { trimHistogram } from '../../../model/histogram/trim.ts';
import {
  bucketsReconciled,
  counterResetCollision,
  incompatibleBucketLayout,
  incompatibleTypes,
} from '../../annotations.ts';
import type { BinaryExpr, BinaryOperator } from '../../ast.ts';
import { operationOf } from '../../kernels/operators.ts';
import type { Query } from '../query.ts';

export type Sample = number | NativeHistogram;

/** The result of an operator on two samples. */
export interface Outcome {
  readonly sample: Sample;
  /** False when a comparison does not hold. */
  readonly isKept: boolean;
}

/**
 * Applies an operator to two samples.
 *
 * @returns `undefined`, with an annotation, when the operator has no meaning for these types.
 */
export function combineSamples(
  expr: BinaryExpr,
  operands: readonly [left: Sample, right: Sample],
  query: Query,
): Outcome | undefined {
  const [left, right] = operands;
  if (typeof left === 'number') {
    return typeof right === 'number'
      ? combineFloats(expr, [left, right], query)
      : combineFloatAndHistogram(expr, [left, right], query);
  }
  return typeof right === 'number'
    ? combineHistogramAndFloat(expr, [left, right], query)
    : combineHistograms(expr, [left, right], query);
}

function combineFloats(
  expr: BinaryExpr,
  [left, right]: readonly [number, number],
  query: Query,
): Outcome | undefined {
  const operation = operationOf(expr.operator, false);
  if (operation !== undefined) {
    const result = operation(left, right);
    return { sample: result ?? left, isKept: result !== undefined };
  }
  query.annotate(incompatibleTypes(['float', 'float'], expr.operator, expr.position));
  return undefined;
}

function combineFloatAndHistogram(
  expr: BinaryExpr,
  [left, right]: readonly [number, NativeHistogram],
  query: Query,
): Outcome | undefined {
  if (expr.operator === '*') return kept(compactHistogram(multiplyHistogram(right, left)));
  query.annotate(incompatibleTypes(['float', 'histogram'], expr.operator, expr.position));
  return undefined;
}

const HISTOGRAM_BY_FLOAT: ReadonlyMap<
  BinaryOperator,
  (histogram: NativeHistogram, value: number) => NativeHistogram
> = new Map<BinaryOperator, (histogram: NativeHistogram, value: number) => NativeHistogram>([
  ['*', (histogram, value) => compactHistogram(multiplyHistogram(histogram, value))],
  ['/', (histogram, value) => compactHistogram(divideHistogram(histogram, value))],
  ['</', (histogram, value) => trimHistogram(histogram, value, 'upper')],
  ['>/', (histogram, value) => trimHistogram(histogram, value, 'lower')],
]);

function combineHistogramAndFloat(
  expr: BinaryExpr,
  [left, right]: readonly [NativeHistogram, number],
  query: Query,
): Outcome | undefined {
  const combine = HISTOGRAM_BY_FLOAT.get(expr.operator);
  if (combine !== undefined) return kept(combine(left, right));
  query.annotate(incompatibleTypes(['histogram', 'float'], expr.operator, expr.position));
  return undefined;
}

function combineHistograms(
  expr: BinaryExpr,
  operands: readonly [NativeHistogram, NativeHistogram],
  query: Query,
): Outcome | undefined {
  const { operator, position } = expr;
  if (operator === '+' || operator === '-') return addOrSubtract(expr, operands, query);
  if (operator === '==' || operator === '!=') {
    return { sample: operands[0], isKept: histogramsEqual(...operands) === (operator === '==') };
  }
  query.annotate(incompatibleTypes(['histogram', 'histogram'], operator, position));
  return undefined;
}

function addOrSubtract(
  expr: BinaryExpr,
  [left, right]: readonly [NativeHistogram, NativeHistogram],
  query: Query,
): Outcome | undefined {
  const isAddition = expr.operator === '+';
  const combination = isAddition ? addHistograms(left, right) : subtractHistograms(left, right);
  if (combination === undefined) {
    query.annotate(incompatibleBucketLayout(expr.operator, expr.position));
    return undefined;
  }
  const operation = isAddition ? 'addition' : 'subtraction';
  if (combination.hasResetCollision)
    query.annotate(counterResetCollision(operation, expr.position));
  if (combination.isReconciled) query.annotate(bucketsReconciled(operation, expr.position));
  const { histogram } = combination;
  return kept(
    compactHistogram(isAddition ? histogram : { ...histogram, counterResetHint: 'gauge' }),
  );
}

function kept(sample: Sample): Outcome {
  return { sample, isKept: true };
}

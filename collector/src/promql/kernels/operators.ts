import { power } from '../../model/go-math.ts';
import type { BinaryOperator } from '../ast.ts';

/** The result of an operator on two floats, `undefined` when a comparison does not hold. */
export type Operation = (left: number, right: number) => number | undefined;

const ARITHMETIC: ReadonlyMap<BinaryOperator, Operation> = new Map<BinaryOperator, Operation>([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
  ['%', (left, right) => left % right],
  ['^', power],
  ['atan2', Math.atan2],
]);

const COMPARISONS: ReadonlyMap<BinaryOperator, Operation> = new Map<BinaryOperator, Operation>([
  ['==', (left, right) => (left === right ? left : undefined)],
  ['!=', (left, right) => (left !== right ? left : undefined)],
  ['<', (left, right) => (left < right ? left : undefined)],
  ['<=', (left, right) => (left <= right ? left : undefined)],
  ['>', (left, right) => (left > right ? left : undefined)],
  ['>=', (left, right) => (left >= right ? left : undefined)],
]);

/**
 * An operator as one function, chosen once and not at each sample. A comparison keeps its left
 * side, or with `returnBool` is 1 or 0.
 *
 * @returns `undefined` for operators that floats do not have.
 */
export function operationOf(operator: BinaryOperator, returnBool: boolean): Operation | undefined {
  const comparison = COMPARISONS.get(operator);
  if (comparison === undefined) return ARITHMETIC.get(operator);
  if (!returnBool) return comparison;
  // NaN is kept by `!=` alone, and is not `undefined`.
  return (left, right) => (comparison(left, right) === undefined ? 0 : 1);
}

/** An operator between two scalars, where a comparison gives 1 or 0. */
export function scalarResult(operator: BinaryOperator, left: number, right: number): number {
  return operationOf(operator, true)?.(left, right) ?? Number.NaN;
}

/** Whether the result means something else than the operands, so that the metric name goes. */
export function isArithmetic(operator: BinaryOperator): boolean {
  return ARITHMETIC.has(operator);
}

export function isComparison(operator: BinaryOperator): boolean {
  return COMPARISONS.has(operator);
}

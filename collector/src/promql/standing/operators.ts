import type { BinaryOperator } from '../ast.ts';
import { applyArithmetic } from '../kernels/operators.ts';

/** The result of an operator on two floats, `undefined` when a comparison does not hold. */
export type Operation = (left: number, right: number) => number | undefined;

const ARITHMETIC: ReadonlyMap<BinaryOperator, Operation> = new Map<BinaryOperator, Operation>([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
  ['%', (left, right) => applyArithmetic('%', left, right)],
  ['^', (left, right) => applyArithmetic('^', left, right)],
  ['atan2', (left, right) => applyArithmetic('atan2', left, right)],
]);

const FILTERS: ReadonlyMap<BinaryOperator, Operation> = new Map<BinaryOperator, Operation>([
  ['==', (left, right) => (left === right ? left : undefined)],
  ['!=', (left, right) => (left !== right ? left : undefined)],
  ['<', (left, right) => (left < right ? left : undefined)],
  ['<=', (left, right) => (left <= right ? left : undefined)],
  ['>', (left, right) => (left > right ? left : undefined)],
  ['>=', (left, right) => (left >= right ? left : undefined)],
]);

/**
 * An operator as one function, chosen once and not at each sample. A comparison keeps its left
 * side, or with `bool` is 1 or 0.
 *
 * @returns `undefined` for operators that floats do not have.
 */
export function operationOf(operator: BinaryOperator, returnBool: boolean): Operation | undefined {
  const filter = FILTERS.get(operator);
  if (filter === undefined) return ARITHMETIC.get(operator);
  if (!returnBool) return filter;
  // NaN is kept by `!=` alone, and is not `undefined`.
  return (left, right) => (filter(left, right) === undefined ? 0 : 1);
}

import type { BinaryOperator } from '../ast.ts';

/** The result of an operator on two floats, `undefined` when a comparison does not hold. */
export type Operation = (left: number, right: number) => number | undefined;

/** IEEE 754 says 1 where JavaScript says NaN: `1 ^ NaN` and `(-1) ^ Inf`. */
function power(base: number, exponent: number): number {
  const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Infinity);
  return isOne ? 1 : base ** exponent;
}

const ARITHMETIC: ReadonlyMap<BinaryOperator, Operation> = new Map<BinaryOperator, Operation>([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
  ['%', (left, right) => left % right],
  ['^', power],
  ['atan2', Math.atan2],
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

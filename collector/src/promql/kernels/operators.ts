import { power } from '../../model/go-math.ts';
import type { BinaryOperator } from '../ast.ts';

type Arithmetic = (left: number, right: number) => number;
type Comparison = (left: number, right: number) => boolean;

const ARITHMETIC: ReadonlyMap<BinaryOperator, Arithmetic> = new Map<BinaryOperator, Arithmetic>([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
  ['%', (left, right) => left % right],
  ['^', power],
  ['atan2', Math.atan2],
]);

const COMPARISONS: ReadonlyMap<BinaryOperator, Comparison> = new Map<BinaryOperator, Comparison>([
  ['==', (left, right) => left === right],
  ['!=', (left, right) => left !== right],
  ['<', (left, right) => left < right],
  ['<=', (left, right) => left <= right],
  ['>', (left, right) => left > right],
  ['>=', (left, right) => left >= right],
]);

/** The result of an arithmetic operator; `undefined` for comparisons and other operators. */
export function applyArithmetic(
  operator: BinaryOperator,
  left: number,
  right: number,
): number | undefined {
  return ARITHMETIC.get(operator)?.(left, right);
}

/** The result of a comparison; `undefined` for other operators. */
export function applyComparison(
  operator: BinaryOperator,
  left: number,
  right: number,
): boolean | undefined {
  return COMPARISONS.get(operator)?.(left, right);
}

/** Whether the result means something else than the operands, so that the metric name goes. */
export function isArithmetic(operator: BinaryOperator): boolean {
  return ARITHMETIC.has(operator);
}

export function isComparison(operator: BinaryOperator): boolean {
  return COMPARISONS.has(operator);
}

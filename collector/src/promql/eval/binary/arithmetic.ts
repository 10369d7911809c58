import type { BinaryOperator } from '../../ast.ts';

/** The result of an arithmetic operator; `undefined` for comparisons and other operators. */
export function applyArithmetic(
  operator: BinaryOperator,
  left: number,
  right: number,
): number | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return power(left, right);
    case 'atan2':
      return Math.atan2(left, right);
    default:
      return undefined;
  }
}

/** IEEE 754 says 1 where JavaScript says NaN: `1 ^ NaN` and `(-1) ^ Inf`. */
function power(base: number, exponent: number): number {
  const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Infinity);
  return isOne ? 1 : base ** exponent;
}

/** The result of a comparison; `undefined` for other operators. */
export function applyComparison(
  operator: BinaryOperator,
  left: number,
  right: number,
): boolean | undefined {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}

const ARITHMETIC: ReadonlySet<BinaryOperator> = new Set(['+', '-', '*', '/', '%', '^', 'atan2']);

const COMPARISONS: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Whether the result means something else than the operands, so that the metric name goes. */
export function isArithmetic(operator: BinaryOperator): boolean {
  return ARITHMETIC.has(operator);
}

export function isComparison(operator: BinaryOperator): boolean {
  return COMPARISONS.has(operator);
}

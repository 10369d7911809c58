import { printFormatted } from '../format/printf.ts';
import { type GoFunction, typeName, type Value } from '../value.ts';

const BAD_TYPE = 'invalid type for comparison';

/** The kind of what Go compares by value; `undefined` for everything else. */
function basicKind(value: Value): string | undefined {
  const basic = numberBehind(value);
  return basic === undefined || typeof basic === 'object' ? undefined : typeof basic;
}

function incompatible(left: Value, right: Value): Error {
  return new Error(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`);
}

function isEqualPair(left: Value, right: Value): boolean {
  const kind = basicKind(left);
  if (kind !== basicKind(right)) {
    if (left !== undefined && right !== undefined) throw incompatible(left, right);
    return false;
  }
  if (kind !== undefined) return numberBehind(left) === numberBehind(right);
  if (left === undefined || right === undefined) return left === right;
  // Go compares pointers and refuses maps, slices and structs that hold some.
  if (typeof left === 'object' && !isPointer(left)) {
    throw new Error(`non-comparable type ${printFormatted('%s', [left])}: ${typeName(right)}`);
  }
  return left === right;
}

function isPointer(value: Value & object): boolean {
  return value.kind === 'object' && (value.typeName.startsWith('*') || value.text !== undefined);
}

function numberBehind(value: Value): Value {
  return typeof value === 'object' && value.kind === 'object' ? (value.number ?? value) : value;
}

function isEqual(args: readonly Value[]): boolean {
  const [first, ...rest] = args;
  if (rest.length === 0) throw new Error('missing argument for comparison');
  return rest.some((other) => isEqualPair(first, other));
}

function isLess(left: Value, right: Value): boolean {
  const kind = basicKind(left);
  if (kind === undefined || basicKind(right) === undefined) throw new Error(BAD_TYPE);
  if (kind !== basicKind(right)) throw incompatible(left, right);
  if (kind === 'boolean') throw new Error(BAD_TYPE);
  const a = numberBehind(left);
  const b = numberBehind(right);
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b;
  return typeof a === 'number' && typeof b === 'number' && a < b;
}

function ordering(compare: (left: Value, right: Value) => boolean): GoFunction {
  return { parameters: ['value', 'value'], call: ([left, right]) => compare(left, right) };
}

const isLessOrEqual = (left: Value, right: Value): boolean => {
  return isLess(left, right) || isEqualPair(left, right);
};

/** `eq ne lt le gt ge`: an integer and a float do not compare, as in Go. */
export const COMPARE_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  eq: { parameters: ['value'], rest: 'value', call: isEqual },
  ne: ordering((left, right) => !isEqual([left, right])),
  lt: ordering(isLess),
  le: ordering(isLessOrEqual),
  gt: ordering((left, right) => !isLessOrEqual(left, right)),
  ge: ordering((left, right) => !isLess(left, right)),
};

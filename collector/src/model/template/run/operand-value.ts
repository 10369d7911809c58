import { compareUtf8 } from '../../labels.ts';
import { printDefault } from '../format/printf.ts';
import type { NumberNode } from '../parse/nodes.ts';
import type { Value } from '../value.ts';

/** What `range` walks over: keys where there are any, and elements. */
export type Elements = Iterable<readonly [key: Value, element: Value]>;

/**
 * The elements of a list, a map in the order of its keys, or an integer.
 *
 * @throws {Error} for what cannot be walked over.
 */
export function elementsOf(value: Value, variableCount: number): Elements {
  if (value === undefined) return [];
  if (typeof value === 'bigint') {
    if (variableCount > 1) {
      throw new Error(`can't use ${value} to iterate over more than one variable`);
    }
    return countUp(value);
  }
  if (typeof value === 'object' && value.kind === 'list') {
    return value.items.map((item, index) => [BigInt(index), item] as const);
  }
  if (typeof value === 'object' && value.kind === 'map') {
    const { entries } = value;
    return [...entries.keys()].sort(compareUtf8).map((key) => [key, entries.get(key)] as const);
  }
  throw new Error(`range can't iterate over ${printDefault([value])}`);
}

/** Lazily, because the number stands in a template that may ask for any. */
function* countUp(end: bigint): Generator<readonly [undefined, bigint]> {
  for (let index = 0n; index < end; index += 1n) yield [undefined, index];
}

/**
 * A constant where any type would do: a float when written like one, else an integer.
 *
 * @throws {Error} for an integer that Go cannot hold.
 */
export function constantValue(node: NumberNode): Value {
  const isHexInteger = /^0[xX]/u.test(node.text) && !/[pP]/u.test(node.text);
  const isCharacter = node.text.startsWith("'");
  if (!isHexInteger && !isCharacter && /[.eEpP]/u.test(node.text)) return node.float;
  if (node.integer === undefined) throw new Error(`${node.text} overflows int`);
  return node.integer;
}

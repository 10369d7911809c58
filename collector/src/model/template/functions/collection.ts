import { decodeUtf8, encodeUtf8, utf8Length } from '../utf8.ts';
import { type GoFunction, type MapValue, typeName, type Value } from '../value.ts';

function checkedIndex(index: Value, end: number): number {
  if (index === undefined) throw new Error('cannot index slice/array with nil');
  if (typeof index !== 'bigint') {
    throw new Error(`cannot index slice/array with type ${typeName(index)}`);
  }
  if (index < 0n || index > BigInt(end)) throw new Error(`index out of range: ${index}`);
  return Number(index);
}

function index(args: readonly Value[]): Value {
  const [item, ...indexes] = args;
  if (item === undefined) throw new Error('index of untyped nil');
  let value: Value = item;
  for (const key of indexes) value = indexOnce(value, key);
  return value;
}

function indexOnce(item: Value, key: Value): Value {
  if (typeof item === 'string') {
    const bytes = encodeUtf8(item);
    const position = checkedIndex(key, bytes.length);
    const byte = bytes[position];
    if (byte === undefined) throw new Error('reflect: string index out of range');
    return BigInt(byte);
  }
  if (typeof item === 'object' && item.kind === 'list') {
    return elementAt(item.items, checkedIndex(key, item.items.length));
  }
  if (typeof item === 'object' && item.kind === 'map') return lookUp(item, key);
  throw new Error(`can't index item of type ${typeName(item)}`);
}

function elementAt<T>(items: readonly T[], position: number): T {
  const item = items[position];
  if (position >= items.length || item === undefined) {
    throw new Error('reflect: slice index out of range');
  }
  return item;
}

function lookUp(map: MapValue, key: Value): Value {
  if (key === undefined) throw new Error('value is nil; should be of type string');
  if (typeof key !== 'string') {
    throw new Error(`value has type ${typeName(key)}; should be string`);
  }
  return map.entries.has(key) ? map.entries.get(key) : map.zero;
}

function slice(args: readonly Value[]): Value {
  const [item, ...indexes] = args;
  if (item === undefined) throw new Error('slice of untyped nil');
  if (indexes.length > 3) throw new Error(`too many slice indexes: ${indexes.length}`);
  if (typeof item === 'string') {
    if (indexes.length === 3) throw new Error('cannot 3-index slice a string');
    const bytes = encodeUtf8(item);
    return decodeUtf8(bytes.slice(...bounds(indexes, bytes.length)));
  }
  if (typeof item === 'object' && item.kind === 'list') {
    return { ...item, items: item.items.slice(...bounds(indexes, item.items.length)) };
  }
  throw new Error(`can't slice item of type ${typeName(item)}`);
}

function bounds(indexes: readonly Value[], length: number): [start: number, end: number] {
  const [start = 0, end = length, cap = length] = indexes.map((one) => checkedIndex(one, length));
  if (start > end) throw new Error(`invalid slice index: ${start} > ${end}`);
  if (end > cap) throw new Error(`invalid slice index: ${end} > ${cap}`);
  return [start, end];
}

/** Length in bytes or elements. */
function length([item]: readonly Value[]): Value {
  if (typeof item === 'string') return BigInt(utf8Length(item));
  if (typeof item === 'object' && item.kind === 'list') return BigInt(item.items.length);
  if (typeof item === 'object' && item.kind === 'map') return BigInt(item.entries.size);
  if (item === undefined) throw new Error('len of nil pointer');
  throw new Error(`len of type ${typeName(item)}`);
}

export const COLLECTION_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  index: { parameters: ['value'], rest: 'value', call: index },
  slice: { parameters: ['value'], rest: 'value', call: slice },
  len: { parameters: ['value'], call: length },
};

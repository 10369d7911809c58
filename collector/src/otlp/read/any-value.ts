import { compareUtf8 } from '../../model/labels.ts';
import { OtlpError } from '../otlp-error.ts';
import type { WireReader } from '../wire-reader.ts';

/** A decoded `AnyValue`: integers are bigint, so that all 64 bits print; doubles are numbers. */
export type AnyValue =
  | undefined
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | readonly AnyValue[]
  | ReadonlyMap<string, AnyValue>;

/** Reads a `KeyValue`, its length included. `depth` is how many levels may still follow. */
export function readKeyValue(reader: WireReader, depth: number): [key: string, value: AnyValue] {
  let key = '';
  let value: AnyValue;
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) key = reader.text();
    else if (tag === 0x12) value = readAnyValue(reader, depth);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return [key, value];
}

/** Reads an `AnyValue`, its length included; of several values the last one counts. */
export function readAnyValue(reader: WireReader, depth: number): AnyValue {
  if (depth <= 0) {
    throw new OtlpError(
      'OTLP_TOO_LARGE',
      'Cannot take an OTLP attribute whose values are nested so deeply: flatten it',
    );
  }
  let value: AnyValue;
  const outer = reader.enter();
  while (reader.hasMore) value = readVariant(reader, depth) ?? value;
  reader.leave(outer);
  return value;
}

/** `undefined` for a field that is not known. */
function readVariant(reader: WireReader, depth: number): AnyValue {
  const tag = reader.tag();
  switch (tag) {
    case 0x0a:
      return reader.text();
    case 0x10:
      return reader.uint64() !== 0;
    case 0x18:
      return reader.int64();
    case 0x21:
      return reader.double();
    case 0x2a:
      return readArray(reader, depth);
    case 0x32:
      return readMap(reader, depth);
    case 0x3a:
      return reader.raw().slice();
    default:
      reader.skip(tag);
      return undefined;
  }
}

function readArray(reader: WireReader, depth: number): AnyValue[] {
  const values: AnyValue[] = [];
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) values.push(readAnyValue(reader, depth - 1));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return values;
}

function readMap(reader: WireReader, depth: number): Map<string, AnyValue> {
  const values: Map<string, AnyValue> = new Map();
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) values.set(...readKeyValue(reader, depth - 1));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return values;
}

/** The text Prometheus gives a label whose attribute has this value. */
export function anyValueText(value: AnyValue): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  if (typeof value === 'number') return doubleText(value);
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === 'object') return hasUnprintable(value) ? '' : json(value);
  return String(value);
}

function doubleText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** JSON has no NaN and no infinities; Go prints nothing then. */
function hasUnprintable(value: AnyValue): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value instanceof Uint8Array) return false;
  return [...value.values()].some(hasUnprintable);
}

function json(value: AnyValue): string {
  if (value === undefined) return 'null';
  if (typeof value === 'string') return jsonString(value);
  if (typeof value === 'number') return doubleText(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, AnyValue>)].sort(([a], [b]) =>
      compareUtf8(a, b),
    );
    return `{${entries.map(([key, inner]) => `${jsonString(key)}:${json(inner)}`).join(',')}}`;
  }
  return `[${[...value.values()].map(json).join(',')}]`;
}

/** As Go's encoder, which also escapes the two separators that old JavaScript took for line ends. */
function jsonString(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const present = Math.min(3, bytes.length - index);
    const bits =
      ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    for (let digit = 0; digit <= present; digit += 1) {
      text += BASE64[(bits >>> (18 - 6 * digit)) & 63];
    }
    text += '='.repeat(3 - present);
  }
  return text;
}

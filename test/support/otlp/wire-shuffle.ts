/**
 * Re-encodes a message with its fields in another order, packed lists unpacked, lengths with
 * superfluous varint bytes, and unknown fields in between. It means the same to every reader.
 */

/** Which length-delimited fields of a message are messages (with their own), packed lists, or plain. */
export interface WireShape {
  readonly messages?: Readonly<Record<number, WireShape>>;
  /** Field number to the wire type of the list's elements. */
  readonly packed?: Readonly<Record<number, 0 | 1>>;
}

interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly bytes: Uint8Array;
}

/** Yields numbers in [0, 1). */
export type Random = () => number;

export function shuffleWire(bytes: Uint8Array, shape: WireShape, random: Random): Uint8Array {
  const fields = splitFields(bytes).flatMap((field) => rewrite(field, shape, random));
  if (random() < 0.5) fields.push(unknownField(random));
  return concat(shuffleApart(fields, random).flatMap((field) => encodeField(field, random)));
}

function rewrite(field: Field, shape: WireShape, random: Random): Field[] {
  const inner = shape.messages?.[field.number];
  if (inner !== undefined) return [{ ...field, bytes: shuffleWire(field.bytes, inner, random) }];
  const element = shape.packed?.[field.number];
  if (element === undefined || field.wireType !== 2 || random() < 0.4) return [field];
  return elementsOf(field.bytes, element).map((bytes) => ({
    number: field.number,
    wireType: element,
    bytes,
  }));
}

/** Fields of different numbers may swap; those of one number keep their order. */
function shuffleApart(fields: readonly Field[], random: Random): Field[] {
  const queues = new Map<number, Field[]>();
  for (const field of fields) {
    const queue = queues.get(field.number);
    if (queue === undefined) queues.set(field.number, [field]);
    else queue.push(field);
  }
  const slots = fields.map(({ number }) => ({ number, order: random() }));
  slots.sort((left, right) => left.order - right.order);
  return slots.flatMap(({ number }) => queues.get(number)?.shift() ?? []);
}

function splitFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let position = 0;
  while (position < bytes.length) {
    const [tag, afterTag] = readVarint(bytes, position);
    const wireType = Number(tag & 7n);
    const [from, to] = valueRange(bytes, afterTag, wireType);
    fields.push({ number: Number(tag >> 3n), wireType, bytes: bytes.subarray(from, to) });
    position = to;
  }
  return fields;
}

function valueRange(bytes: Uint8Array, at: number, wireType: number): [from: number, to: number] {
  if (wireType === 0) return [at, readVarint(bytes, at)[1]];
  if (wireType === 1) return [at, at + 8];
  if (wireType === 5) return [at, at + 4];
  const [length, from] = readVarint(bytes, at);
  return [from, from + Number(length)];
}

function elementsOf(bytes: Uint8Array, wireType: 0 | 1): Uint8Array[] {
  const elements: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [from, to] = valueRange(bytes, at, wireType);
    elements.push(bytes.subarray(from, to));
    at = to;
  }
  return elements;
}

function unknownField(random: Random): Field {
  const number = 100 + Math.floor(random() * 1000);
  const wireType = [0, 1, 2, 5][Math.floor(random() * 4)] ?? 0;
  const length = { 0: 1, 1: 8, 2: 3, 5: 4 }[wireType] ?? 0;
  return { number, wireType, bytes: new Uint8Array(length).fill(7) };
}

function encodeField({ number, wireType, bytes }: Field, random: Random): Uint8Array[] {
  const tag = varint(BigInt(number * 8 + wireType), random() < 0.1);
  if (wireType !== 2) return [tag, bytes];
  return [tag, varint(BigInt(bytes.length), random() < 0.2), bytes];
}

function varint(value: bigint, isPadded: boolean): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest) | (isPadded ? 0x80 : 0));
  if (isPadded) bytes.push(0);
  return Uint8Array.from(bytes);
}

function readVarint(bytes: Uint8Array, at: number): [value: bigint, next: number] {
  let value = 0n;
  for (let position = at, shift = 0n; ; position += 1, shift += 7n) {
    const byte = bytes[position] ?? 0;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, position + 1];
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const ANY_VALUE: WireShape = {};
const KEY_VALUE: WireShape = { messages: { 2: ANY_VALUE } };
const EXEMPLAR: WireShape = { messages: { 7: KEY_VALUE } };
const NUMBER_POINT: WireShape = { messages: { 7: KEY_VALUE, 5: EXEMPLAR } };
const HISTOGRAM_POINT: WireShape = {
  messages: { 9: KEY_VALUE, 8: EXEMPLAR },
  packed: { 6: 1, 7: 1 },
};
const BUCKETS: WireShape = { packed: { 2: 0 } };
const EXPONENTIAL_POINT: WireShape = {
  messages: { 1: KEY_VALUE, 8: BUCKETS, 9: BUCKETS, 11: EXEMPLAR },
};
const SUMMARY_POINT: WireShape = { messages: { 7: KEY_VALUE, 6: {} } };
const METRIC: WireShape = {
  messages: {
    5: { messages: { 1: NUMBER_POINT } },
    7: { messages: { 1: NUMBER_POINT } },
    9: { messages: { 1: HISTOGRAM_POINT } },
    10: { messages: { 1: EXPONENTIAL_POINT } },
    11: { messages: { 1: SUMMARY_POINT } },
  },
};

/** The shape of `ExportMetricsServiceRequest`. */
export const METRICS_SHAPE: WireShape = {
  messages: {
    1: {
      messages: {
        1: { messages: { 1: KEY_VALUE } },
        2: { messages: { 1: { messages: { 3: KEY_VALUE } }, 2: METRIC } },
      },
    },
  },
};

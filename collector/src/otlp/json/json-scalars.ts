import type { ProtobufWriter } from '../protobuf-writer.ts';
import type { JsonFieldKind } from './json-schema.ts';
import {
  type IntegerRange,
  readJsonBase64,
  readJsonBool,
  readJsonDouble,
  readJsonHex,
  readJsonInteger,
  readJsonText,
} from './json-values.ts';

const INT64 = { low: -(2n ** 63n), high: 2n ** 63n - 1n };
export const UINT64: IntegerRange = { low: 0n, high: 2n ** 64n - 1n };
const INT32 = { low: -(2n ** 31n), high: 2n ** 31n - 1n };
export const UINT32: IntegerRange = { low: 0n, high: 2n ** 32n - 1n };

export type ScalarKind = Extract<JsonFieldKind, string>;

interface ScalarRule {
  readonly wanted: string;
  /** False when the value is not of the wanted kind. */
  readonly write: (writer: ProtobufWriter, field: number, value: unknown) => boolean;
}

function scalar<T>(
  wanted: string,
  read: (value: unknown) => T | undefined,
  put: (writer: ProtobufWriter, field: number, value: T) => void,
): ScalarRule {
  return {
    wanted,
    write: (writer, field, value) => {
      const known = read(value);
      if (known === undefined) return false;
      put(writer, field, known);
      return true;
    },
  };
}

function integer(
  range: IntegerRange,
  put: (writer: ProtobufWriter, field: number, value: bigint) => void,
): ScalarRule {
  return scalar(wantedInteger(range), (value) => readJsonInteger(value, range), put);
}

export function wantedInteger({ low, high }: IntegerRange): string {
  return `an integer from ${low} to ${high}`;
}

export const SCALARS: Readonly<Record<ScalarKind, ScalarRule>> = {
  text: scalar('a string', readJsonText, (writer, field, value) => writer.text(field, value)),
  bool: scalar('true or false', readJsonBool, (writer, field, value) =>
    writer.varint(field, value ? 1 : 0),
  ),
  double: scalar('a number', readJsonDouble, (writer, field, value) => writer.double(field, value)),
  bytes: scalar('base64', readJsonBase64, (writer, field, value) => writer.bytes(field, value)),
  hex: scalar('hex', readJsonHex, (writer, field, value) => writer.bytes(field, value)),
  fixed64: integer(UINT64, (writer, field, value) => writer.fixed64(field, value)),
  sfixed64: integer(INT64, (writer, field, value) => writer.fixed64(field, value)),
  int64: integer(INT64, (writer, field, value) => writer.bigVarint(field, value)),
  uint64: integer(UINT64, (writer, field, value) => writer.bigVarint(field, value)),
  uint32: integer(UINT32, (writer, field, value) => writer.bigVarint(field, value)),
  sint32: integer(INT32, (writer, field, value) => writer.varint(field, zigzag(Number(value)))),
};

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

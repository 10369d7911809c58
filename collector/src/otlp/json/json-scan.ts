import { ProtobufWriter } from '../protobuf-writer.ts';
import { JsonCursor, NotScanned } from './json-cursor.ts';
import { findField } from './json-keys.ts';
import { SCALARS, type ScalarKind, UINT64 } from './json-scalars.ts';
import type { JsonField, JsonMessage } from './json-schema.ts';
import { readJsonDouble, readJsonInteger } from './json-values.ts';

/** Messages inside each other; deeper ones are left to the transcoder, which knows the limit. */
const DEPTH_MAX = 30;

/**
 * Turns OTLP/JSON into protobuf in one pass over its bytes, without the objects that a parser
 * makes. It takes what senders write: known names, each once, and texts in ASCII without escapes.
 *
 * @returns the bytes that the transcoder would give, or `undefined` when it has to look itself.
 */
export function scanJson(schema: JsonMessage, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return new JsonScan(bytes).request(schema);
  } catch (error) {
    if (error instanceof NotScanned) return undefined;
    throw error;
  }
}

class JsonScan {
  readonly #writer = new ProtobufWriter();
  readonly #cursor: JsonCursor;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#cursor = new JsonCursor(bytes);
  }

  request(schema: JsonMessage): Uint8Array {
    this.#message(schema);
    this.#cursor.end();
    return this.#writer.finish();
  }

  #message(schema: JsonMessage): void {
    const cursor = this.#cursor;
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new NotScanned();
    let seen = 0;
    for (let isMore = cursor.open('{'); isMore; isMore = cursor.next('}')) {
      const field = findField(schema, cursor.bytes, cursor.key());
      if (field === undefined) throw new NotScanned();
      // Of equal names the last one holds, in the place of the first.
      const bit = 1 << field.number;
      if ((seen & bit) !== 0) throw new NotScanned();
      seen |= bit;
      if (field.isList) this.#list(field);
      else this.#field(field);
    }
    this.#depth -= 1;
  }

  #list(field: JsonField): void {
    const { number, kind } = field;
    const cursor = this.#cursor;
    if (kind === 'fixed64' || kind === 'double') {
      const items: unknown[] = [];
      for (let isMore = cursor.open('['); isMore; isMore = cursor.next(']')) {
        items.push(cursor.scalar());
      }
      if (kind === 'double') this.#writer.doubles(number, items.map(doubleOf));
      else this.#writer.fixed64s(number, items.map(fixed64Of));
      return;
    }
    for (let isMore = cursor.open('['); isMore; isMore = cursor.next(']')) this.#field(field);
  }

  #field({ number, kind }: JsonField): void {
    if (typeof kind !== 'object') {
      this.#scalar(number, kind);
      return;
    }
    if ('names' in kind) {
      this.#writer.varint(number, enumNumber(kind.names, this.#cursor.scalar()));
      return;
    }
    const contentAt = this.#writer.begin(number);
    this.#message(kind.message());
    this.#writer.end(contentAt);
  }

  #scalar(number: number, kind: ScalarKind): void {
    const cursor = this.#cursor;
    if (kind === 'text') {
      this.#writer.part(number, cursor.bytes, cursor.text());
      return;
    }
    if (kind === 'fixed64') {
      const halves = cursor.digits();
      if (halves !== undefined) {
        this.#writer.fixed64Halves(number, halves.low, halves.high);
        return;
      }
    }
    if (!SCALARS[kind].write(this.#writer, number, cursor.scalar())) throw new NotScanned();
  }
}

function doubleOf(item: unknown): number {
  const value = readJsonDouble(item);
  if (value === undefined) throw new NotScanned();
  return value;
}

function fixed64Of(item: unknown): bigint {
  const value = readJsonInteger(item, UINT64);
  if (value === undefined) throw new NotScanned();
  return value;
}

function enumNumber(names: readonly string[], value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31) {
    return value;
  }
  const byName = typeof value === 'string' ? names.indexOf(value) : -1;
  if (byName < 0) throw new NotScanned();
  return byName;
}

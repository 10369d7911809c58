import { malformed } from './otlp-error.ts';

const WIRE_VARINT = 0;
const WIRE_64 = 1;
export const WIRE_BYTES = 2;
const WIRE_32 = 5;

const TWO_32 = 2 ** 32;
const NS_PER_MS = 1_000_000;
// A leading U+FEFF is part of the text, not a mark to drop.
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });

/** Texts up to this long are decoded by hand, which is faster than the decoder's call. */
const SHORT_TEXT_BYTES = 24;

/**
 * A cursor over protobuf bytes. Every read checks the end of the message it is in, so truncated or
 * forged lengths end in an `OtlpError` and never in another message's bytes.
 */
export class WireReader {
  bytes: Uint8Array;
  view: DataView;
  position: number;
  /** The end of the message being read, exclusive. */
  end: number;

  constructor(bytes: Uint8Array, from = 0, to: number = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = from;
    this.end = to;
  }

  get hasMore(): boolean {
    return this.position < this.end;
  }

  /** Field number * 8 + wire type. */
  tag(): number {
    const tag = this.uint32();
    if (tag < 8) throw malformed('field number 0', this.position);
    return tag;
  }

  /** The low 32 bits of a varint, unsigned. */
  uint32(): number {
    const { bytes, position } = this;
    if (position < this.end) {
      const first = bytes[position] ?? 0;
      if (first < 0x80) {
        this.position = position + 1;
        return first;
      }
    }
    return this.#longVarint(false);
  }

  /** A varint as a number; exact up to 2^53. */
  uint64(): number {
    return this.#longVarint(true);
  }

  /** A two's complement varint of 64 bits, exact. */
  int64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw malformed('varint of more than 10 bytes', this.position);
  }

  /** A zigzag varint of 32 bits. */
  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  double(): number {
    const at = this.#take(8);
    return this.view.getFloat64(at, true);
  }

  /** An unsigned fixed64, rounded to the nearest number. */
  fixed64(): number {
    const at = this.#take(8);
    return this.view.getUint32(at + 4, true) * TWO_32 + this.view.getUint32(at, true);
  }

  /** A signed fixed64, rounded to the nearest number. */
  sfixed64(): number {
    const at = this.#take(8);
    return this.view.getInt32(at + 4, true) * TWO_32 + this.view.getUint32(at, true);
  }

  /**
   * A fixed64 of nanoseconds as whole milliseconds, rounded down. Nanoseconds exceed 2^53, so the
   * halves are divided apart; doing it on the sum is 1 ms low for every eighth millisecond.
   */
  nanosecondsAsMs(): number {
    const at = this.#take(8);
    const high = this.view.getUint32(at + 4, true);
    const low = this.view.getUint32(at, true);
    const rest = (high % NS_PER_MS) * TWO_32 + low;
    return Math.floor(high / NS_PER_MS) * TWO_32 + Math.floor(rest / NS_PER_MS);
  }

  /** Steps over a length and returns the position where the field ends. */
  fieldEnd(): number {
    const length = this.uint32();
    const end = this.position + length;
    if (end > this.end) {
      throw malformed(
        `field of ${length} bytes with ${this.end - this.position} left`,
        this.position,
      );
    }
    return end;
  }

  /** Reads a length and narrows the reader to that message; returns the end to `leave` to. */
  enter(): number {
    const outer = this.end;
    this.end = this.fieldEnd();
    return outer;
  }

  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  text(): string {
    const end = this.fieldEnd();
    const text = textBetween(this.bytes, this.position, end);
    this.position = end;
    return text;
  }

  raw(): Uint8Array {
    const end = this.fieldEnd();
    const slice = this.bytes.subarray(this.position, end);
    this.position = end;
    return slice;
  }

  /** Steps over the value of an unknown field. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WIRE_VARINT:
        this.#longVarint(true);
        return;
      case WIRE_64:
        this.#take(8);
        return;
      case WIRE_BYTES:
        this.position = this.fieldEnd();
        return;
      case WIRE_32:
        this.#take(4);
        return;
      default:
        throw malformed(`wire type ${tag & 7}, which OTLP does not use`, this.position);
    }
  }

  #take(length: number): number {
    const at = this.position;
    if (at + length > this.end) {
      throw malformed(`value of ${length} bytes with ${this.end - at} left`, at);
    }
    this.position = at + length;
    return at;
  }

  #byte(): number {
    if (this.position >= this.end) throw malformed('varint without an end', this.position);
    const byte = this.bytes[this.position] ?? 0;
    this.position += 1;
    return byte;
  }

  #longVarint(isWide: boolean): number {
    let low = 0;
    let high = 0;
    for (let index = 0; index < 10; index += 1) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << (7 * index);
      else if (index === 4) {
        low |= (bits & 0xf) << 28;
        high = bits >>> 4;
      } else if (index < 10) high |= index === 9 ? (bits & 1) << 31 : bits << (7 * index - 32);
      if (byte < 0x80) return isWide ? (high >>> 0) * TWO_32 + (low >>> 0) : low >>> 0;
    }
    throw malformed('varint of more than 10 bytes', this.position);
  }
}

/** Decodes UTF-8; what is not UTF-8 becomes U+FFFD. */
export function textBetween(bytes: Uint8Array, from: number, to: number): string {
  if (to - from <= SHORT_TEXT_BYTES) {
    let text = '';
    for (let index = from; index < to; index += 1) {
      const byte = bytes[index] ?? 0;
      if (byte >= 0x80) return TEXT.decode(bytes.subarray(from, to));
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return TEXT.decode(bytes.subarray(from, to));
}

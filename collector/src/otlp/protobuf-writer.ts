import { ByteArena } from './byte-range.ts';

const TEXT = new TextEncoder();
const TWO_32 = 2 ** 32;
const TWO_64 = 2n ** 64n;

/** Bytes kept free for the length of a message that is being written. */
const LENGTH_BYTES = 5;

/** Writes protobuf fields one after the other. */
export class ProtobufWriter {
  readonly #arena: ByteArena = new ByteArena(256);
  readonly #scratch = new Uint8Array(10);
  readonly #view = new DataView(this.#scratch.buffer);

  finish(): Uint8Array {
    return this.#arena.bytes.slice(0, this.#arena.length);
  }

  /** A whole number from 0 to 2^53. */
  varint(field: number, value: number): void {
    this.#varint(field * 8);
    this.#varint(value);
  }

  /** A signed or unsigned integer of 64 bits. */
  bigVarint(field: number, value: bigint): void {
    this.#varint(field * 8);
    let rest = BigInt.asUintN(64, value);
    let length = 0;
    for (; rest >= 0x80n; rest >>= 7n) this.#scratch[length++] = Number(rest & 0x7fn) | 0x80;
    this.#scratch[length++] = Number(rest);
    this.#arena.append(this.#scratch.subarray(0, length));
  }

  fixed64(field: number, value: bigint): void {
    this.#varint(field * 8 + 1);
    this.#fixed64(value);
  }

  double(field: number, value: number): void {
    this.#varint(field * 8 + 1);
    this.#double(value);
  }

  /** A packed list of fixed64. */
  fixed64s(field: number, values: readonly bigint[]): void {
    this.#varint(field * 8 + 2);
    this.#varint(values.length * 8);
    for (const value of values) this.#fixed64(value);
  }

  /** A packed list of doubles. */
  doubles(field: number, values: readonly number[]): void {
    this.#varint(field * 8 + 2);
    this.#varint(values.length * 8);
    for (const value of values) this.#double(value);
  }

  text(field: number, value: string): void {
    this.bytes(field, TEXT.encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#arena.append(value);
  }

  /** A message whose fields `write` writes. Its length takes five bytes, known or not. */
  message(field: number, write: () => void): void {
    this.#varint(field * 8 + 2);
    const lengthAt = this.#arena.append(this.#scratch.subarray(0, LENGTH_BYTES));
    write();
    let length = this.#arena.length - lengthAt - LENGTH_BYTES;
    for (let index = 0; index < LENGTH_BYTES; index += 1) {
      const isLast = index === LENGTH_BYTES - 1;
      this.#arena.bytes[lengthAt + index] = (length & 0x7f) | (isLast ? 0 : 0x80);
      length >>>= 7;
    }
  }

  #varint(value: number): void {
    let rest = value;
    let length = 0;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) {
      this.#scratch[length++] = (rest % 128) | 0x80;
    }
    this.#scratch[length++] = rest;
    this.#arena.append(this.#scratch.subarray(0, length));
  }

  #fixed64(value: bigint): void {
    const unsigned = value < 0n ? value + TWO_64 : value;
    this.#view.setUint32(0, Number(unsigned % BigInt(TWO_32)), true);
    this.#view.setUint32(4, Number(unsigned / BigInt(TWO_32)), true);
    this.#arena.append(this.#scratch.subarray(0, 8));
  }

  #double(value: number): void {
    this.#view.setFloat64(0, value, true);
    this.#arena.append(this.#scratch.subarray(0, 8));
  }
}

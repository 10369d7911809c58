import { ByteArena } from './byte-range.ts';

const TEXT = new TextEncoder();

/** Bytes kept free for the length of a message that is being written. */
const LENGTH_BYTES = 5;
/** Of a varint of 64 bits. */
const VARINT_BYTES_MAX = 10;
/** Longer texts are left to the encoder of the platform. */
const SHORT_TEXT_CHARACTERS = 64;
const ASCII_MAX = 0x7f;

/** Writes protobuf fields one after the other. */
export class ProtobufWriter {
  readonly #arena: ByteArena = new ByteArena(4096);

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
    if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) {
      this.#varint(Number(value));
      return;
    }
    const arena = this.#arena;
    arena.reserve(VARINT_BYTES_MAX);
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 0x80n; rest >>= 7n) arena.bytes[arena.length++] = Number(rest & 0x7fn) | 0x80;
    arena.bytes[arena.length++] = Number(rest);
  }

  fixed64(field: number, value: bigint): void {
    this.#varint(field * 8 + 1);
    this.#fixed64(value);
  }

  /** The same, as two whole numbers of 32 bits. */
  fixed64Halves(field: number, low: number, high: number): void {
    this.#varint(field * 8 + 1);
    const arena = this.#arena;
    arena.reserve(8);
    arena.view.setUint32(arena.length, low, true);
    arena.view.setUint32(arena.length + 4, high, true);
    arena.length += 8;
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
    if (value.length > SHORT_TEXT_CHARACTERS || !this.#shortAscii(field, value)) {
      this.bytes(field, TEXT.encode(value));
    }
  }

  /** A part of other bytes. @param to exclusive. */
  part(field: number, source: Uint8Array, { from, to }: { from: number; to: number }): void {
    const length = to - from;
    if (length > SHORT_TEXT_CHARACTERS) {
      this.bytes(field, source.subarray(from, to));
      return;
    }
    this.#varint(field * 8 + 2);
    this.#varint(length);
    const arena = this.#arena;
    arena.reserve(length);
    const { bytes, length: start } = arena;
    for (let index = 0; index < length; index += 1) {
      bytes[start + index] = source[from + index] ?? 0;
    }
    arena.length = start + length;
  }

  bytes(field: number, value: Uint8Array): void {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#arena.append(value);
  }

  /**
   * Begins a message, which has the fields written from now on, and returns what `end` has to be
   * told. Its length takes five bytes, known or not.
   */
  begin(field: number): number {
    this.#varint(field * 8 + 2);
    const arena = this.#arena;
    arena.reserve(LENGTH_BYTES);
    arena.length += LENGTH_BYTES;
    return arena.length;
  }

  /** @param contentAt what `begin` returned. */
  end(contentAt: number): void {
    const { bytes, length: end } = this.#arena;
    let length = end - contentAt;
    for (let index = contentAt - LENGTH_BYTES; index < contentAt; index += 1) {
      const isLast = index === contentAt - 1;
      bytes[index] = (length & 0x7f) | (isLast ? 0 : 0x80);
      length >>>= 7;
    }
  }

  /** False, with nothing written, when a character needs more than a byte. */
  #shortAscii(field: number, value: string): boolean {
    const arena = this.#arena;
    const before = arena.length;
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    arena.reserve(value.length);
    const { bytes } = arena;
    const from = arena.length;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > ASCII_MAX) {
        arena.length = before;
        return false;
      }
      bytes[from + index] = code;
    }
    arena.length = from + value.length;
    return true;
  }

  #varint(value: number): void {
    const arena = this.#arena;
    arena.reserve(VARINT_BYTES_MAX);
    const { bytes } = arena;
    let rest = value;
    let at = arena.length;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80;
    bytes[at++] = rest;
    arena.length = at;
  }

  #fixed64(value: bigint): void {
    const arena = this.#arena;
    arena.reserve(8);
    arena.view.setBigUint64(arena.length, BigInt.asUintN(64, value), true);
    arena.length += 8;
  }

  #double(value: number): void {
    const arena = this.#arena;
    arena.reserve(8);
    arena.view.setFloat64(arena.length, value, true);
    arena.length += 8;
  }
}

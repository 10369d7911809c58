import type { ByteSource } from './bytes.ts';

const WINDOW_BYTES = 64 * 1024;
/** A real file needs two: before and after the graph. More only when fields lie far apart. */
const WINDOWS_MAX = 8;
const VARINT_BYTES_MAX = 10;

/** Wire types of protobuf. */
export const WIRE_VARINT: number = 0;
export const WIRE_64_BIT: number = 1;
export const WIRE_LENGTH: number = 2;
export const WIRE_32_BIT: number = 5;

/** Walks the top level of a protobuf message; only windows around the position are in memory. */
export class FieldWalker {
  /** Position in the source. */
  offset: number = 0;
  readonly #source: ByteSource;
  readonly #end: number;
  #window: Uint8Array = new Uint8Array();
  #windowStart = 0;
  #windows = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#end = source.size;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.#end;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new RangeError('Cannot read a varint as it is longer than 10 bytes');
  }

  bytes(length: number): Uint8Array {
    const copy = new Uint8Array(length);
    for (let i = 0; i < length; i++) copy[i] = this.#byte();
    return copy;
  }

  skip(length: number): void {
    if (length > this.#end - this.offset) {
      throw new RangeError('Cannot skip a field as it reaches beyond the end');
    }
    this.offset += length;
  }

  #byte(): number {
    const index = this.offset - this.#windowStart;
    if (index < 0 || index >= this.#window.byteLength) this.#load();
    const byte = this.#window[this.offset - this.#windowStart];
    if (byte === undefined) throw new RangeError('Cannot read beyond the end');
    this.offset++;
    return byte;
  }

  #load(): void {
    this.#windows++;
    if (this.#windows > WINDOWS_MAX) throw new RangeError('Cannot read so scattered a header');
    this.#windowStart = this.offset;
    this.#window = this.#source.read(this.offset, WINDOW_BYTES);
  }
}

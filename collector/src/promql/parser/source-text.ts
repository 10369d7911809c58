/**
 * The text of an expression with its byte offsets. JavaScript counts UTF-16 units; positions in the
 * tree and in messages count UTF-8 bytes, as Prometheus does.
 */
export class SourceText {
  readonly text: string;
  readonly byteLength: number;
  /** Byte offset of every UTF-16 unit; absent for pure ASCII, where both counts agree. */
  readonly #byteOffsets: Uint32Array | undefined;

  constructor(text: string) {
    this.text = text;
    this.#byteOffsets = isAscii(text) ? undefined : byteOffsets(text);
    this.byteLength = this.byteAt(text.length);
  }

  /** The byte offset of a UTF-16 index. */
  byteAt(index: number): number {
    return this.#byteOffsets === undefined ? index : (this.#byteOffsets[index] ?? 0);
  }

  /** The UTF-16 index of a byte offset that starts a character. */
  indexAt(byteOffset: number): number {
    const offsets = this.#byteOffsets;
    if (offsets === undefined) return byteOffset;
    let low = 0;
    let high = offsets.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((offsets[middle] ?? 0) < byteOffset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) >= 0x80) return false;
  }
  return true;
}

function byteOffsets(text: string): Uint32Array {
  const offsets = new Uint32Array(text.length + 1);
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    offsets[index] = bytes;
    const code = text.codePointAt(index) ?? 0;
    if (code > 0xffff) {
      bytes += 4;
      index += 1;
      // The second half of the pair starts no character; it gets the offset after the pair.
      offsets[index] = bytes;
    } else if (code < 0x80) bytes += 1;
    else bytes += code < 0x800 ? 2 : 3;
  }
  offsets[text.length] = bytes;
  return offsets;
}

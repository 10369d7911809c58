/** A part of some bytes. Reused by its owner: copy the numbers to keep them. */
export interface ByteRange {
  view: DataView;
  from: number;
  /** Exclusive. */
  to: number;
}

/** Bytes that grow at their end. */
export class ByteArena {
  bytes: Uint8Array;
  view: DataView;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Copies bytes to the end and returns where they start. */
  append(source: Uint8Array): number {
    const from = this.length;
    this.reserve(source.length);
    this.bytes.set(source, from);
    this.length += source.length;
    return from;
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `extra` more bytes; `bytes` and `view` may be others afterwards. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

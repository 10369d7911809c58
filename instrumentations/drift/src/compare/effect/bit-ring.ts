/** The last `capacity` bits, and how many of them are set. */
export class BitRing {
  readonly capacity: number;
  /** Made with the first bit that is set: in most streams nothing is ever missing. */
  #bytes: Uint8Array | undefined;
  #position = 0;
  #length = 0;
  #set = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  /** Bits that are set. */
  get count(): number {
    return this.#set;
  }

  /** Adds a bit, 0 or 1; the oldest one leaves a full ring. */
  push(bit: number): void {
    if (bit !== 0) this.#bytes ??= new Uint8Array(Math.ceil(this.capacity / 8));
    if (this.#bytes !== undefined) this.#replace(this.#bytes, bit);
    if (this.#length < this.capacity) this.#length += 1;
    this.#position += 1;
    if (this.#position === this.capacity) this.#position = 0;
  }

  /** The bits as text of 0 and 1, oldest first. */
  snapshot(): string {
    const start = this.#length === this.capacity ? this.#position : 0;
    let bits = '';
    for (let offset = 0; offset < this.#length; offset += 1) {
      const place = (start + offset) % this.capacity;
      bits += ((this.#bytes?.[place >> 3] ?? 0) >> (place & 7)) & 1;
    }
    return bits;
  }

  /** The newest bit in place of the oldest; before the ring is full that is none, and not set. */
  #replace(bytes: Uint8Array, bit: number): void {
    const index = this.#position >> 3;
    const mask = 1 << (this.#position & 7);
    const byte = bytes[index] ?? 0;
    if ((byte & mask) !== 0) this.#set -= 1;
    this.#set += bit;
    bytes[index] = bit === 0 ? byte & ~mask : byte | mask;
  }
}

/** The last `capacity` bits, and how many of them are set. */
export class BitRing {
  readonly capacity: number;
  readonly #bytes: Uint8Array;
  #position = 0;
  #length = 0;
  #set = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#bytes = new Uint8Array(Math.ceil(capacity / 8));
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
    const index = this.#position >> 3;
    const mask = 1 << (this.#position & 7);
    const byte = this.#bytes[index] ?? 0;
    if (this.#length < this.capacity) this.#length += 1;
    else if ((byte & mask) !== 0) this.#set -= 1;
    this.#set += bit;
    this.#bytes[index] = bit === 0 ? byte & ~mask : byte | mask;
    this.#position += 1;
    if (this.#position === this.capacity) this.#position = 0;
  }

  /** The bits as text of 0 and 1, oldest first. */
  snapshot(): string {
    const start = this.#length === this.capacity ? this.#position : 0;
    let bits = '';
    for (let offset = 0; offset < this.#length; offset += 1) {
      const place = (start + offset) % this.capacity;
      bits += ((this.#bytes[place >> 3] ?? 0) >> (place & 7)) & 1;
    }
    return bits;
  }
}

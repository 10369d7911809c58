/** Bits that are kept by their places: more of them take less memory as bytes. */
const PLACES_MAX = 24;
const NONE: readonly number[] = [];

/** The last `capacity` bits, and how many of them are set. */
export class BitRing {
  readonly capacity: number;
  /**
   * Places of the bits that are set, oldest first: in most streams something is rarely missing. A new
   * list for each change has no room to grow, which would take more memory than the places.
   */
  #places = NONE;
  /** All bits, once there were many. */
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
    if (this.#bytes === undefined) this.#replacePlace(bit);
    else this.#replace(this.#bytes, bit);
    if (this.#length < this.capacity) this.#length += 1;
    this.#position += 1;
    if (this.#position === this.capacity) this.#position = 0;
  }

  /** The bits as text of 0 and 1, oldest first. */
  snapshot(): string {
    const start = this.#length === this.capacity ? this.#position : 0;
    const bytes = this.#bytes ?? this.#dense();
    let bits = '';
    for (let offset = 0; offset < this.#length; offset += 1) {
      const place = (start + offset) % this.capacity;
      bits += ((bytes[place >> 3] ?? 0) >> (place & 7)) & 1;
    }
    return bits;
  }

  /** The newest bit in place of the oldest, which is the first of those that are set or none of them. */
  #replacePlace(bit: number): void {
    if (this.#places[0] === this.#position) {
      this.#places = this.#places.slice(1);
      this.#set -= 1;
    }
    if (bit === 0) return;
    this.#places = [...this.#places, this.#position];
    this.#set += 1;
    if (this.#set <= PLACES_MAX) return;
    this.#bytes = this.#dense();
    this.#places = NONE;
  }

  #dense(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.capacity / 8));
    for (const place of this.#places) {
      bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (1 << (place & 7));
    }
    return bytes;
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

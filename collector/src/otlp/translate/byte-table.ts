import { ByteArena, type ByteRange } from '../byte-range.ts';

const SLOTS_MIN = 1024;
const HASH_START = 0x9e3779b9;
const HASH_FACTOR = 0x85ebca6b;

/**
 * Numbers byte strings: the same bytes under the same parent always have the same number.
 *
 * Producers send the same streams in the same order at each export, so the table first compares
 * with the entry that followed last time, and hashes only when that fails.
 */
export class ByteTable {
  #slots: Int32Array = new Int32Array(SLOTS_MIN);
  readonly #arena = new ByteArena(4096);
  #capacity = 0;
  #parents: Int32Array = new Int32Array(0);
  #hashes: Int32Array = new Int32Array(0);
  #starts: Int32Array = new Int32Array(0);
  #lengths: Int32Array = new Int32Array(0);
  /** Which entry was found after this one. */
  #successors: Int32Array = new Int32Array(0);
  #last = -1;
  #size = 0;
  readonly #seed: number;

  /** @param seed any number; a random one keeps senders from choosing bytes that collide. */
  constructor(seed = 0) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of these bytes; new ones get the next free number, which is the former `size`. */
  number(parent: number, range: ByteRange): number {
    const last = this.#last;
    if (last >= 0) {
      const expected = this.#successors[last] ?? -1;
      if (expected >= 0 && this.#isEntry(expected, parent, range)) {
        this.#last = expected;
        return expected;
      }
    }
    const found = this.#findOrAdd(parent, range);
    if (last >= 0) this.#successors[last] = found;
    this.#last = found;
    return found;
  }

  clear(): void {
    this.#slots = new Int32Array(SLOTS_MIN);
    this.#arena.clear();
    this.#size = 0;
    this.#last = -1;
  }

  #findOrAdd(parent: number, range: ByteRange): number {
    const hash = hashBytes(parent ^ this.#seed, range);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0) return this.#add(parent, range, hash);
      if (this.#hashes[entry] === hash && this.#isEntry(entry, parent, range)) return entry;
      slot = (slot + 1) & mask;
    }
  }

  #isEntry(entry: number, parent: number, range: ByteRange): boolean {
    const length = range.to - range.from;
    if (this.#lengths[entry] !== length || this.#parents[entry] !== parent) return false;
    return haveSameBytes(this.#arena.view, this.#starts[entry] ?? 0, range);
  }

  #add(parent: number, range: ByteRange, hash: number): number {
    const entry = this.#size;
    if (entry === this.#capacity) this.#grow();
    const { view, from, to } = range;
    const bytes = new Uint8Array(view.buffer, view.byteOffset + from, to - from);
    this.#parents[entry] = parent;
    this.#hashes[entry] = hash;
    this.#starts[entry] = this.#arena.append(bytes);
    this.#lengths[entry] = to - from;
    this.#successors[entry] = -1;
    this.#size = entry + 1;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    else this.#place(entry);
    return entry;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[entry] ?? 0) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#size; entry += 1) this.#place(entry);
  }

  #grow(): void {
    const capacity = Math.max(64, this.#capacity + (this.#capacity >> 1));
    this.#parents = grown(this.#parents, capacity);
    this.#hashes = grown(this.#hashes, capacity);
    this.#starts = grown(this.#starts, capacity);
    this.#lengths = grown(this.#lengths, capacity);
    this.#successors = grown(this.#successors, capacity);
    this.#capacity = capacity;
  }
}

function grown(column: Int32Array, capacity: number): Int32Array {
  const larger = new Int32Array(capacity);
  larger.set(column);
  return larger;
}

/** Four bytes a step, mixed by multiplication. */
function hashBytes(start: number, { view, from, to }: ByteRange): number {
  let hash = Math.imul(start ^ HASH_START, HASH_FACTOR) ^ (to - from);
  let position = from;
  for (const end = to - 3; position < end; position += 4) {
    hash = Math.imul(hash ^ view.getInt32(position, true), HASH_FACTOR);
    hash = (hash << 13) | (hash >>> 19);
  }
  for (; position < to; position += 1) {
    hash = Math.imul(hash ^ view.getUint8(position), HASH_FACTOR);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, HASH_START);
  return hash ^ (hash >>> 15);
}

function haveSameBytes(arena: DataView, start: number, { view, from, to }: ByteRange): boolean {
  const shift = start - from;
  let position = from;
  for (const end = to - 3; position < end; position += 4) {
    if (arena.getInt32(position + shift, true) !== view.getInt32(position, true)) return false;
  }
  for (; position < to; position += 1) {
    if (arena.getUint8(position + shift) !== view.getUint8(position)) return false;
  }
  return true;
}

import { BLOCK_BITS } from './largest-lead.ts';
import { type Counters, countersFor } from './sorted-values.ts';

/** Values of a cell that half a byte can count. */
const COUNT_MAX = 15;
const CELLS_OF_BLOCK = 2 << BLOCK_BITS;

/** The counts of one block at a time; nothing of it outlives a call. */
const blockCounts = new Uint32Array(CELLS_OF_BLOCK);
/** The counts of a window that has cells with too many values, likewise. */
let allCounts = new Uint32Array(0);

/**
 * A ring of cells, each with a byte of the user's, counted by cell and by block of cells.
 *
 * Cells are counted as values come and go, in half a byte each. Where one has more than 15, as with a
 * baseline of few distinct values, all are counted again when they are asked for.
 */
export class WindowCells {
  readonly size: number;
  /** The cell of each value, then the values in each block. */
  readonly #words: Counters;
  /** The byte kept beside each value, then the counts, two cells to a byte. */
  readonly #bytes: Uint8Array;
  #length = 0;
  #position = 0;
  /** No cell has more values than half a byte counts. */
  #isCounted = true;

  /**
   * @param size values of a full window
   * @param cells of the baseline
   */
  constructor(size: number, cells: number) {
    this.size = size;
    const words = size + Math.ceil(cells / CELLS_OF_BLOCK);
    const bytes = size + (cells >> 1) + 1;
    // One piece of memory for both, as each piece takes a hundred bytes of its own.
    this.#words = countersFor(Math.max(cells, size), words, bytes);
    this.#bytes = new Uint8Array(this.#words.buffer, this.#words.byteLength, bytes);
  }

  get length(): number {
    return this.#length;
  }

  /** Values in each block, from the place `size` on. */
  get blocks(): Counters {
    return this.#words;
  }

  /**
   * @param byte 0 to 255, kept beside the value
   * @returns the cell of the value that left a full window; -1 where none did
   */
  push(cell: number, byte: number): number {
    const position = this.#position;
    let left = -1;
    if (this.#length < this.size) {
      this.#length += 1;
    } else {
      left = this.#words[position] ?? 0;
      this.#add(left, -1);
    }
    this.#words[position] = cell;
    this.#bytes[position] = byte;
    this.#position = position + 1 === this.size ? 0 : position + 1;
    this.#add(cell, 1);
    return left;
  }

  clear(): void {
    this.#words.fill(0);
    this.#bytes.fill(0);
    this.#length = 0;
    this.#position = 0;
    this.#isCounted = true;
  }

  /** The values one after the other, oldest first. */
  *entries(): Generator<readonly [cell: number, byte: number]> {
    const start = this.#length === this.size ? this.#position : 0;
    for (let offset = 0; offset < this.#length; offset += 1) {
      const at = (start + offset) % this.size;
      yield [this.#words[at] ?? 0, this.#bytes[at] ?? 0];
    }
  }

  /** How many values are in this cell or one below. A pass over the window. */
  countUpTo(cell: number): number {
    const words = this.#words;
    const length = this.#length;
    let count = 0;
    for (let index = 0; index < length; index += 1) {
      if ((words[index] ?? 0) <= cell) count += 1;
    }
    return count;
  }

  /**
   * Of the values in each cell, block by block.
   *
   * @returns a function of a block; what it returns holds until it is called again
   */
  counts(): (block: number) => Uint32Array {
    if (!this.#isCounted) this.#recount();
    return this.#isCounted ? (block) => this.#unpacked(block) : countedIn;
  }

  #add(cell: number, by: 1 | -1): void {
    const block = this.size + (cell >> (BLOCK_BITS + 1));
    this.#words[block] = (this.#words[block] ?? 0) + by;
    if (this.#isCounted) this.#count(cell, by);
  }

  #count(cell: number, by: 1 | -1): void {
    const at = this.size + (cell >> 1);
    const shift = (cell & 1) << 2;
    const counts = this.#bytes[at] ?? 0;
    if (by > 0 && ((counts >> shift) & COUNT_MAX) === COUNT_MAX) this.#isCounted = false;
    else this.#bytes[at] = counts + (by << shift);
  }

  /** Counts all values, and goes on counting in half bytes where they are wide enough again. */
  #recount(): void {
    const words = this.#words;
    const length = this.#length;
    const room = CELLS_OF_BLOCK * (words.length - this.size);
    if (allCounts.length < room) allCounts = new Uint32Array(room);
    else allCounts.fill(0, 0, room);
    let most = 0;
    for (let index = 0; index < length; index += 1) {
      const cell = words[index] ?? 0;
      const count = (allCounts[cell] ?? 0) + 1;
      allCounts[cell] = count;
      if (count > most) most = count;
    }
    if (most > COUNT_MAX) return;
    this.#bytes.fill(0, this.size);
    this.#isCounted = true;
    for (let index = 0; index < length; index += 1) this.#count(words[index] ?? 0, 1);
  }

  #unpacked(block: number): Uint32Array {
    const bytes = this.#bytes;
    const first = this.size + (block << BLOCK_BITS);
    for (let place = 0; place < CELLS_OF_BLOCK; place += 2) {
      // Past the last cell there is none, and nothing that would be asked for.
      const counts = bytes[first + (place >> 1)] ?? 0;
      blockCounts[place] = counts & COUNT_MAX;
      blockCounts[place + 1] = counts >> 4;
    }
    return blockCounts;
  }
}

function countedIn(block: number): Uint32Array {
  const first = block * CELLS_OF_BLOCK;
  for (let place = 0; place < CELLS_OF_BLOCK; place += 1) {
    blockCounts[place] = allCounts[first + place] ?? 0;
  }
  return blockCounts;
}

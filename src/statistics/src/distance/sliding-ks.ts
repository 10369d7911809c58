import { type Gap, placeInGap, valueInGap } from './gap-place.ts';
import { BLOCK_BITS, largestLead } from './largest-lead.ts';
import {
  ascending,
  type Counters,
  countAtMost,
  countNear,
  cumulativeOf,
  fitsNarrow,
} from './sorted-values.ts';

/** Two lists in one piece of memory, as each piece takes a hundred bytes of its own. */
function ringAndBlocks(
  windowSize: number,
  blocks: number,
): { readonly ring: Uint32Array; readonly blocks: Counters } {
  const Blocks = fitsNarrow(windowSize) ? Uint16Array : Uint32Array;
  const ringBytes = windowSize * Uint32Array.BYTES_PER_ELEMENT;
  const memory = new ArrayBuffer(ringBytes + blocks * Blocks.BYTES_PER_ELEMENT);
  return {
    ring: new Uint32Array(memory, 0, windowSize),
    blocks: new Blocks(memory, ringBytes, blocks),
  };
}

/** Values of a window in each cell, of one count at a time; nothing of it outlives a call. */
let scratch = new Uint32Array(0);

function emptyCounts(cells: number): Uint32Array {
  if (scratch.length < cells) scratch = new Uint32Array(cells);
  else scratch.fill(0, 0, cells);
  return scratch;
}

/** A window as plain data. */
export interface SlidingKsState {
  /** Cell and place within it of each value, oldest first. */
  readonly codes: readonly number[];
  /** Values of the window outside of the baseline, oldest first. */
  readonly outside: readonly number[];
}

/**
 * The Kolmogorov-Smirnov statistic of a fixed baseline against a sliding window, exact with ties.
 *
 * A push costs a binary search; the statistic costs a pass over the window and one over a part of
 * the baseline's distinct values. A value falls into a cell: `2g - 1` when it equals the g-th distinct
 * baseline value, `2g` strictly between it and the next. Where it is in the gap takes the bits that
 * the cell leaves of a word, so that the window's values can be had back.
 */
export class SlidingKs {
  /** Baseline values m and window capacity. */
  readonly baselineSize: number;
  readonly windowSize: number;
  /** Distinct baseline values, ascending. */
  readonly #values: Float64Array;
  /** Baseline values up to each distinct one, from 0 on; only made where there are ties. */
  readonly #cumulative: Counters | undefined;
  /** A word for each value: its cell in the high bits, its place in the gap in the low ones. */
  readonly #ring: Uint32Array;
  readonly #placeBits: number;
  /** Values of the window in each block of places, so that most blocks need not be looked into. */
  readonly #blocks: Counters;
  /** Values below or above all of the baseline as they are, oldest first: their gaps have no end. */
  #outside: number[] = [];
  /** The block in which the distributions were furthest apart when that was asked for last. */
  #widest = 0;
  #length = 0;
  #position = 0;

  /**
   * @param baseline finite values in any order; a `Float64Array` that ascends is shared, not copied
   * @throws {RangeError} when the baseline is empty or the window smaller than 1
   */
  constructor(baseline: ArrayLike<number>, windowSize: number) {
    if (baseline.length === 0) throw new RangeError('Cannot compare with an empty baseline');
    if (!(windowSize >= 1)) {
      throw new RangeError(`Cannot use a window of ${windowSize}: it must hold at least 1 value`);
    }
    const sorted = ascending(baseline);
    const distinct = new Set(sorted).size;
    const isDistinct = distinct === sorted.length;
    this.#values = isDistinct ? sorted : Float64Array.from(new Set(sorted));
    this.#cumulative = isDistinct ? undefined : cumulativeOf(this.#values, sorted);
    const { ring, blocks } = ringAndBlocks(windowSize, (distinct >> BLOCK_BITS) + 1);
    this.#ring = ring;
    this.#blocks = blocks;
    // Every bit of the word that a cell does not need tells the place in its gap.
    this.#placeBits = Math.clz32(2 * distinct);
    this.baselineSize = sorted.length;
    this.windowSize = windowSize;
  }

  /** Values in the window now. */
  get length(): number {
    return this.#length;
  }

  /** Distinct baseline values V. */
  get distinct(): number {
    return this.#values.length;
  }

  /** Cells that values may fall into: `2V + 1` for V distinct baseline values. */
  get cells(): number {
    return 2 * this.#values.length + 1;
  }

  /**
   * Adds a finite value; the oldest one leaves a full window.
   *
   * @returns its cell: `2g - 1` at the g-th distinct baseline value, `2g` above it and below the next
   */
  push(x: number): number {
    return this.#pushAt(countAtMost(this.#values, x), x, 0);
  }

  /**
   * Like `push`, with a hint where the value lies.
   *
   * @param near about how many distinct baseline values are at most `x`: where the search begins
   * @param mark kept beside the value, where it equals a baseline value: there the bits of its
   *   place are free. Otherwise the bits hold the position in the gap
   */
  pushNear(x: number, near: number, mark: number): number {
    return this.#pushAt(countNear(this.#values, x, near), x, mark);
  }

  /** The mark of each value, oldest first; -1 where none is kept. */
  marks(): Int32Array {
    const parts = 1 << this.#placeBits;
    return Int32Array.from(this.#codes(), (code) =>
      ((code >>> this.#placeBits) & 1) === 0 ? -1 : code & (parts - 1),
    );
  }

  clear(): void {
    this.#blocks.fill(0);
    this.#outside = [];
    this.#length = 0;
    this.#position = 0;
  }

  /**
   * The values of the window, oldest first: exact at baseline values and outside of them all, to a
   * four-millionth of the gap between two of a thousand distinct ones. A copy.
   */
  window(): Float64Array {
    const outside = this.#outside.values();
    return Float64Array.from(this.#codes(), (code) => {
      const cell = code >>> this.#placeBits;
      const isOutside = cell === 0 || cell === this.cells - 1;
      if (isOutside) return outside.next().value ?? 0;
      const gap = this.#gapOf((cell + 1) >> 1);
      return (cell & 1) === 0 ? valueInGap(code, gap, this.#placeBits) : gap.from;
    });
  }

  /** The window as plain data: with the same baseline, `restore` makes it again. */
  snapshot(): SlidingKsState {
    return { codes: this.#codes(), outside: [...this.#outside] };
  }

  /** @throws {RangeError} when this baseline cannot have made the state */
  restore({ codes, outside }: SlidingKsState): void {
    this.clear();
    // The window may have become smaller since: the newest values count.
    const kept = codes.slice(-this.windowSize);
    for (const code of kept) {
      if (!Number.isInteger(code) || code < 0 || code >= this.cells * 2 ** this.#placeBits) {
        throw new RangeError(`Cannot restore a value of code ${code}: no cell has it`);
      }
    }
    const ends = kept.filter((code) => this.#isOutside(code >>> this.#placeBits)).length;
    if (ends > outside.length) {
      throw new RangeError(`Cannot restore ${ends} values outside: there are ${outside.length}`);
    }
    this.#outside = ends === 0 ? [] : outside.slice(-ends);
    this.#ring.set(kept);
    for (const code of kept) this.#countBlock(code >>> this.#placeBits, 1);
    this.#length = kept.length;
    this.#position = kept.length % this.windowSize;
  }

  /**
   * How many values of the window are at most `x`, exact where `x` is a baseline value or the
   * double just below one, as bin edges are; else the whole gap around `x` counts.
   */
  countAtMost(x: number): number {
    const group = countAtMost(this.#values, x);
    const isBaseline = group > 0 && this.#values[group - 1] === x;
    const last = isBaseline ? 2 * group - 1 : 2 * group;
    const ring = this.#ring;
    const bits = this.#placeBits;
    const length = this.#length;
    let count = 0;
    for (let index = 0; index < length; index += 1) {
      if ((ring[index] ?? 0) >>> bits <= last) count += 1;
    }
    return count;
  }

  /** `D * m * n` as an exact integer; 0 for an empty window. */
  numerator(): number {
    const { largest, block } = largestLead({
      blocks: this.#blocks,
      counts: this.#count(),
      cumulative: this.#cumulative,
      distinct: this.#values.length,
      m: this.baselineSize,
      n: this.#length,
      // Where it was largest it mostly still is: starting there, few other blocks are looked into.
      first: this.#widest,
    });
    this.#widest = block;
    return largest;
  }

  /** D in [0, 1]; 0 for an empty window. */
  statistic(): number {
    return this.#length === 0 ? 0 : this.numerator() / (this.baselineSize * this.#length);
  }

  #countBlock(cell: number, by: number): void {
    const block = cell >> (BLOCK_BITS + 1);
    this.#blocks[block] = (this.#blocks[block] ?? 0) + by;
  }

  /** Values of the window in each cell. */
  #count(): Uint32Array {
    const counts = emptyCounts(this.cells);
    const ring = this.#ring;
    const bits = this.#placeBits;
    const length = this.#length;
    for (let index = 0; index < length; index += 1) {
      const cell = (ring[index] ?? 0) >>> bits;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return counts;
  }

  /** The words of the window, oldest first. */
  #codes(): number[] {
    const start = this.#length === this.windowSize ? this.#position : 0;
    return Array.from(
      { length: this.#length },
      (_, index) => this.#ring[(start + index) % this.windowSize] ?? 0,
    );
  }

  /**
   * @param group distinct baseline values that are at most `x`
   * @param mark less than 2 to the number of bits
   */
  #pushAt(group: number, x: number, mark: number): number {
    const ring = this.#ring;
    const position = this.#position;
    const bits = this.#placeBits;
    if (this.#length < ring.length) this.#length += 1;
    else this.#forget((ring[position] ?? 0) >>> bits);
    const isEqual = group > 0 && this.#values[group - 1] === x;
    const cell = isEqual ? 2 * group - 1 : 2 * group;
    // A value that equals one of the baseline has no place in a gap, so its bits are free.
    let place = isEqual ? mark : 0;
    if (this.#isOutside(cell)) this.#outside.push(x);
    else if (!isEqual) place = placeInGap(x, this.#gapOf(group), bits);
    this.#countBlock(cell, 1);
    // Shifts make signed numbers; the ring holds unsigned ones.
    ring[position] = ((cell << bits) | place) >>> 0;
    this.#position = position + 1 === ring.length ? 0 : position + 1;
    return cell;
  }

  #forget(cell: number): void {
    this.#countBlock(cell, -1);
    if (this.#isOutside(cell)) this.#outside.shift();
  }

  #isOutside(cell: number): boolean {
    return cell === 0 || cell === 2 * this.#values.length;
  }

  /** The baseline value that is the last of so many, and the next one. */
  #gapOf(group: number): Gap {
    return { from: this.#values[group - 1] ?? 0, to: this.#values[group] ?? 0 };
  }
}

import { type Gap, placeInGap, valueInGap } from './gap-place.ts';
import { largestLead } from './largest-lead.ts';
import { ascending, type Counters, countAtMost, countNear, cumulativeOf } from './sorted-values.ts';
import { WindowCells } from './window-cells.ts';

/** Bits of the byte that is kept beside each value: its place in a gap of the baseline. */
const PLACE_BITS = 8;
/** Values outside of the baseline that are kept in a list without room to grow. */
const FEW = 8;

/** A window as plain data. */
export interface SlidingKsState {
  /** A word for each value, oldest first: its cell in the high bits, its place in the gap in the low ones. */
  readonly codes: readonly number[];
  /** Values of the window outside of the baseline, oldest first. */
  readonly outside: readonly number[];
}

/**
 * The Kolmogorov-Smirnov statistic of a fixed baseline against a sliding window, exact with ties.
 *
 * A push costs a binary search; the statistic a pass over blocks of the baseline's distinct values
 * and one over those few that may hold it. A value falls into a cell: `2g - 1` when it equals the g-th
 * distinct baseline value, `2g` strictly between it and the next. Where it is in the gap takes a byte
 * more, so that the window's values can be had back.
 */
export class SlidingKs {
  /** Baseline values m. */
  readonly baselineSize: number;
  /** Distinct baseline values, ascending. */
  readonly #values: Float64Array;
  /** Baseline values up to each distinct one, from 0 on; only made where there are ties. */
  readonly #cumulative: Counters | undefined;
  readonly #window: WindowCells;
  /** Values below or above all of the baseline as they are, oldest first: their gaps have no end. */
  #outside: number[] = [];
  /** The block in which the distributions were furthest apart when that was asked for last. */
  #widest = 0;

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
    this.#window = new WindowCells(windowSize, 2 * distinct + 1);
    this.baselineSize = sorted.length;
  }

  /** Values of a full window. */
  get windowSize(): number {
    return this.#window.size;
  }

  /** Values in the window now. */
  get length(): number {
    return this.#window.length;
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
   * @param mark 0 to 255, kept beside the value where it equals a baseline value: it has no place in
   *   a gap
   */
  pushNear(x: number, near: number, mark: number): number {
    return this.#pushAt(countNear(this.#values, x, near), x, mark);
  }

  /** The mark of each value, oldest first; -1 where none is kept. */
  marks(): Int32Array {
    return Int32Array.from(this.#window.entries(), ([cell, byte]) =>
      (cell & 1) === 0 ? -1 : byte,
    );
  }

  clear(): void {
    this.#window.clear();
    this.#outside = [];
  }

  /**
   * The values of the window, oldest first: exact at baseline values and outside of them all, to a
   * 512th of the gap between two baseline values elsewhere. A copy.
   */
  window(): Float64Array {
    const outside = this.#outside.values();
    return Float64Array.from(this.#window.entries(), ([cell, byte]) => {
      if (this.#isOutside(cell)) return outside.next().value ?? 0;
      const gap = this.#gapOf((cell + 1) >> 1);
      return (cell & 1) === 0 ? valueInGap(byte, gap, PLACE_BITS) : gap.from;
    });
  }

  /** The window as plain data: with the same baseline, `restore` makes it again. */
  snapshot(): SlidingKsState {
    const codes = Array.from(this.#window.entries(), ([cell, byte]) => this.#coded(cell, byte));
    return { codes, outside: [...this.#outside] };
  }

  /** @throws {RangeError} when this baseline cannot have made the state */
  restore({ codes, outside }: SlidingKsState): void {
    this.clear();
    // The window may have become smaller since: the newest values count.
    const kept = codes.slice(-this.windowSize);
    const bits = this.#codeBits;
    for (const code of kept) {
      if (!Number.isInteger(code) || code < 0 || code >= this.cells * 2 ** bits) {
        throw new RangeError(`Cannot restore a value of code ${code}: no cell has it`);
      }
    }
    const ends = kept.filter((code) => this.#isOutside(code >>> bits)).length;
    if (ends > outside.length) {
      throw new RangeError(`Cannot restore ${ends} values outside: there are ${outside.length}`);
    }
    this.#outside = ends === 0 ? [] : outside.slice(-ends);
    for (const code of kept) {
      const cell = code >>> bits;
      const place = code & (2 ** bits - 1);
      this.#window.push(cell, (cell & 1) === 0 ? place >>> (bits - PLACE_BITS) : place);
    }
  }

  /**
   * How many values of the window are at most `x`, exact where `x` is a baseline value or the
   * double just below one, as bin edges are; else the whole gap around `x` counts.
   */
  countAtMost(x: number): number {
    const group = countAtMost(this.#values, x);
    const isBaseline = group > 0 && this.#values[group - 1] === x;
    const last = isBaseline ? 2 * group - 1 : 2 * group;
    return this.#window.countUpTo(last);
  }

  /** `D * m * n` as an exact integer; 0 for an empty window. */
  numerator(): number {
    const { largest, block } = largestLead({
      blocks: this.#window.blocks,
      from: this.#window.size,
      counts: this.#window.counts(),
      cumulative: this.#cumulative,
      distinct: this.#values.length,
      m: this.baselineSize,
      n: this.length,
      // Where it was largest it mostly still is: starting there, few other blocks are looked into.
      first: this.#widest,
    });
    this.#widest = block;
    return largest;
  }

  /** D in [0, 1]; 0 for an empty window. */
  statistic(): number {
    return this.length === 0 ? 0 : this.numerator() / (this.baselineSize * this.length);
  }

  /** Bits of a code that its cell does not need. */
  get #codeBits(): number {
    return Math.clz32(2 * this.#values.length);
  }

  #coded(cell: number, byte: number): number {
    const bits = this.#codeBits;
    const place = (cell & 1) === 0 ? byte << (bits - PLACE_BITS) : byte;
    // Shifts make signed numbers; codes are unsigned ones.
    return ((cell << bits) | place) >>> 0;
  }

  /**
   * @param group distinct baseline values that are at most `x`
   * @param mark at most 255
   */
  #pushAt(group: number, x: number, mark: number): number {
    const isEqual = group > 0 && this.#values[group - 1] === x;
    const cell = isEqual ? 2 * group - 1 : 2 * group;
    let byte = isEqual ? mark : 0;
    if (this.#isOutside(cell)) this.#keepOutside(x);
    else if (!isEqual) byte = placeInGap(x, this.#gapOf(group), PLACE_BITS);
    const left = this.#window.push(cell, byte);
    if (left >= 0 && this.#isOutside(left)) this.#outside.shift();
    return cell;
  }

  #keepOutside(x: number): void {
    // A few are the rule: a list that is pushed to takes room for seventeen at once.
    if (this.#outside.length < FEW) this.#outside = [...this.#outside, x];
    else this.#outside.push(x);
  }

  #isOutside(cell: number): boolean {
    return cell === 0 || cell === 2 * this.#values.length;
  }

  /** The baseline value that is the last of so many, and the next one. */
  #gapOf(group: number): Gap {
    return { from: this.#values[group - 1] ?? 0, to: this.#values[group] ?? 0 };
  }
}

/** How many of `values` (ascending) are at most `x`. */
function countAtMost(values: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Places of a block are counted together too: eight of them. */
const BLOCK_BITS = 3;

/** Counters as narrow as their largest value allows: a process may watch hundreds of streams. */
type Counters = Uint16Array | Uint32Array;

const UINT16_MAX = 65_535;

const counters = (length: number, largest: number): Counters =>
  largest > UINT16_MAX ? new Uint32Array(length) : new Uint16Array(length);

/** Where a value falls among the distinct baseline values; see `SlidingKs.push`. */
export interface SlidingKsState {
  /** Cells of the values in the window, oldest first. */
  readonly cells: readonly number[];
}

/**
 * The Kolmogorov-Smirnov statistic of a fixed baseline against a sliding window, exact with ties.
 *
 * A push costs a binary search; the statistic costs one pass over the baseline's distinct values.
 * The window is counted in cells: cell `2g - 1` holds values equal to the g-th distinct baseline
 * value, cell `2g` those strictly between it and the next.
 */
export class SlidingKs {
  /** Baseline values m and window capacity. */
  readonly baselineSize: number;
  readonly windowSize: number;
  /** Distinct baseline values, ascending. */
  readonly #values: Float64Array;
  /** Baseline values up to each distinct one, from 0 on; only made where there are ties. */
  readonly #cumulative: Counters | undefined;
  /** Values strictly between neighbours, those below all first. */
  readonly #gaps: Counters;
  /** Values equal to a baseline value; made with the first such value, as most streams have none. */
  #equals: Counters | undefined;
  /** Values of the window in each block of places, so that most blocks need not be looked into. */
  readonly #blocks: Counters;
  readonly #ring: Counters;
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
    this.#gaps = counters(distinct + 1, windowSize);
    this.#blocks = counters((distinct >> BLOCK_BITS) + 1, windowSize);
    this.#ring = counters(windowSize, 2 * distinct + 1);
    this.baselineSize = sorted.length;
    this.windowSize = windowSize;
  }

  /** Values in the window now. */
  get length(): number {
    return this.#length;
  }

  /** Cells that values may fall into: `2V + 1` for V distinct baseline values. */
  get cells(): number {
    return 2 * this.#values.length + 1;
  }

  /** How many distinct baseline values are at most `x`. */
  groupOf(x: number): number {
    return countAtMost(this.#values, x);
  }

  /**
   * Adds a finite value; the oldest one leaves a full window.
   *
   * @returns its cell: `2g - 1` at the g-th distinct baseline value, `2g` above it and below the next
   */
  push(x: number): number {
    return this.pushBetween(x, 0, this.#values.length);
  }

  /** As `push`, of a value whose `groupOf` is known to be at least `low` and at most `high`. */
  pushBetween(x: number, low: number, high: number): number {
    const values = this.#values;
    let group = low;
    let end = high;
    while (group < end) {
      const middle = (group + end) >>> 1;
      if ((values[middle] ?? 0) <= x) group = middle + 1;
      else end = middle;
    }
    const cell = group > 0 && values[group - 1] === x ? 2 * group - 1 : 2 * group;
    this.#pushCell(cell);
    return cell;
  }

  clear(): void {
    this.#gaps.fill(0);
    this.#equals?.fill(0);
    this.#blocks.fill(0);
    this.#length = 0;
    this.#position = 0;
  }

  /** The window as cells, oldest first: with the same baseline, `restore` makes it again. */
  snapshot(): SlidingKsState {
    const start = this.#length === this.windowSize ? this.#position : 0;
    const cells = Array.from(
      { length: this.#length },
      (_, index) => this.#ring[(start + index) % this.windowSize] ?? 0,
    );
    return { cells };
  }

  /** @throws {RangeError} when a cell is none of this baseline's */
  restore({ cells }: SlidingKsState): void {
    this.clear();
    for (const cell of cells.slice(-this.windowSize)) {
      if (!Number.isInteger(cell) || cell < 0 || cell >= this.cells) {
        throw new RangeError(`Cannot restore cell ${cell}: the baseline has ${this.cells}`);
      }
      this.#pushCell(cell);
    }
  }

  /**
   * How many values of the window are at most `x`, exact where `x` is a baseline value or the
   * double just below one, as bin edges are; else the whole gap around `x` counts.
   */
  countAtMost(x: number): number {
    const group = countAtMost(this.#values, x);
    const isBaseline = group > 0 && this.#values[group - 1] === x;
    let count = 0;
    for (let g = 0; g < group; g += 1) {
      count += (this.#gaps[g] ?? 0) + (this.#equals?.[g] ?? 0);
    }
    return isBaseline ? count : count + (this.#gaps[group] ?? 0);
  }

  /** `D * m * n` as an exact integer; 0 for an empty window. */
  numerator(): number {
    const blocks = this.#blocks;
    const m = this.baselineSize;
    const n = this.#length;
    let largest = this.#largestBetweenBlocks();
    let seen = 0;
    let jumped = 0;
    for (let block = 0; block < blocks.length; block += 1) {
      const seenAfter = seen + (blocks[block] ?? 0);
      const jumpedAfter = this.#jumpedBefore(block + 1);
      // Whatever the order inside, the baseline cannot lead by more, nor the window.
      if (jumpedAfter * n - seen * m > largest || seenAfter * m - jumped * n > largest) {
        largest = Math.max(largest, this.#largestWithin(block, seen));
      }
      seen = seenAfter;
      jumped = jumpedAfter;
    }
    return largest;
  }

  /** D in [0, 1]; 0 for an empty window. */
  statistic(): number {
    return this.#length === 0 ? 0 : this.numerator() / (this.baselineSize * this.#length);
  }

  /** The largest lead of either side, times mn, at the last value of each block. */
  #largestBetweenBlocks(): number {
    const blocks = this.#blocks;
    const m = this.baselineSize;
    const n = this.#length;
    let largest = 0;
    let seen = 0;
    for (let block = 0; block < blocks.length; block += 1) {
      seen += blocks[block] ?? 0;
      const lead = Math.abs(this.#jumpedBefore(block + 1) * n - seen * m);
      if (lead > largest) largest = lead;
    }
    return largest;
  }

  /** The same at every value of a block, and right before it. */
  #largestWithin(block: number, before: number): number {
    const gaps = this.#gaps;
    const m = this.baselineSize;
    const n = this.#length;
    const end = Math.min((block + 1) << BLOCK_BITS, this.#values.length);
    let seen = before;
    let jumped = this.#jumpedBefore(block);
    let largest = 0;
    for (let place = block << BLOCK_BITS; place < end; place += 1) {
      seen += gaps[place] ?? 0;
      largest = Math.max(largest, seen * m - jumped * n);
      jumped = this.#cumulative?.[place + 1] ?? place + 1;
      seen += this.#equals?.[place] ?? 0;
      largest = Math.max(largest, jumped * n - seen * m);
    }
    return largest;
  }

  /** Baseline values before a block. */
  #jumpedBefore(block: number): number {
    const place = Math.min(block << BLOCK_BITS, this.#values.length);
    return this.#cumulative === undefined ? place : (this.#cumulative[place] ?? 0);
  }

  #pushCell(cell: number): void {
    const ring = this.#ring;
    const position = this.#position;
    if (this.#length === ring.length) this.#count(ring[position] ?? 0, -1);
    else this.#length += 1;
    ring[position] = cell;
    this.#count(cell, 1);
    this.#position = position + 1 === ring.length ? 0 : position + 1;
  }

  #count(cell: number, by: number): void {
    const place = cell >> 1;
    const block = place >> BLOCK_BITS;
    this.#blocks[block] = (this.#blocks[block] ?? 0) + by;
    let counts = this.#gaps;
    if ((cell & 1) !== 0) {
      this.#equals ??= counters(this.#values.length, this.windowSize);
      counts = this.#equals;
    }
    counts[place] = (counts[place] ?? 0) + by;
  }
}

function cumulativeOf(distinct: Float64Array, sorted: Float64Array): Counters {
  const cumulative = counters(distinct.length + 1, sorted.length);
  for (let index = 0; index < distinct.length; index += 1) {
    cumulative[index + 1] = countAtMost(sorted, distinct[index] ?? 0);
  }
  return cumulative;
}

/** The values ascending; what ascends already is taken as it is. */
function ascending(values: ArrayLike<number>): Float64Array {
  if (!(values instanceof Float64Array)) return Float64Array.from(values).sort();
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index - 1] ?? 0) > (values[index] ?? 0)) return Float64Array.from(values).sort();
  }
  return values;
}

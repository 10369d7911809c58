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
  /** How many baseline values are at most each distinct one; only made where there are ties. */
  #cumulative: Counters | undefined;
  /** Values strictly between neighbours, those below all first. */
  readonly #gaps: Counters;
  /** Values equal to a baseline value; made with the first such value, as most streams have none. */
  #equals: Counters | undefined;
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
    if (!isDistinct) {
      this.#cumulative = counters(distinct, sorted.length);
      this.#cumulative.set(Array.from(this.#values, (value) => countAtMost(sorted, value)));
    }
    this.#gaps = counters(distinct + 1, windowSize);
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

  /**
   * Adds a finite value; the oldest one leaves a full window.
   *
   * @returns its cell: `2g - 1` at the g-th distinct baseline value, `2g` above it and below the next
   */
  push(x: number): number {
    const group = countAtMost(this.#values, x);
    const cell = group > 0 && this.#values[group - 1] === x ? 2 * group - 1 : 2 * group;
    this.#pushCell(cell);
    return cell;
  }

  clear(): void {
    this.#gaps.fill(0);
    this.#equals?.fill(0);
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
    return this.#cumulative === undefined
      ? this.#numeratorOfDistinct()
      : this.#numeratorOfTied(this.#cumulative, this.#equals ?? NONE);
  }

  /** D in [0, 1]; 0 for an empty window. */
  statistic(): number {
    return this.#length === 0 ? 0 : this.numerator() / (this.baselineSize * this.#length);
  }

  /**
   * One pass with one quantity: the lead of the baseline, times mn, after each gap. Right at the
   * next value it is larger by n.
   */
  #numeratorOfDistinct(): number {
    const gaps = this.#gaps;
    const m = this.baselineSize;
    const n = this.#length;
    const last = gaps.length - 1;
    let seen = 0;
    let jumped = 0;
    let high = -n;
    let low = 0;
    for (let g = 0; g < last; g += 1) {
      seen += gaps[g] ?? 0;
      const lead = jumped - seen * m;
      if (lead > high) high = lead;
      if (lead < low) low = lead;
      jumped += n;
    }
    return Math.max(high + n, -low);
  }

  #numeratorOfTied(cumulative: Counters, equals: Counters): number {
    const gaps = this.#gaps;
    const m = this.baselineSize;
    const n = this.#length;
    let seen = gaps[0] ?? 0;
    let high = 0;
    let low = -seen * m;
    for (let g = 1; g < gaps.length; g += 1) {
      const jumped = (cumulative[g - 1] ?? 0) * n;
      seen += equals[g - 1] ?? 0;
      const atValue = jumped - seen * m;
      if (atValue > high) high = atValue;
      seen += gaps[g] ?? 0;
      const afterGap = jumped - seen * m;
      if (afterGap < low) low = afterGap;
    }
    return Math.max(high, -low);
  }

  #pushCell(cell: number): void {
    if (this.#length === this.windowSize) this.#count(this.#ring[this.#position] ?? 0, -1);
    else this.#length += 1;
    this.#ring[this.#position] = cell;
    this.#count(cell, 1);
    this.#position += 1;
    if (this.#position === this.windowSize) this.#position = 0;
  }

  #count(cell: number, by: number): void {
    const place = cell >> 1;
    if ((cell & 1) === 0) {
      this.#gaps[place] = (this.#gaps[place] ?? 0) + by;
      return;
    }
    this.#equals ??= this.#makeEquals();
    this.#equals[place] = (this.#equals[place] ?? 0) + by;
  }

  #makeEquals(): Counters {
    const distinct = this.#values.length;
    if (this.#cumulative === undefined) {
      this.#cumulative = counters(distinct, distinct);
      for (let g = 0; g < distinct; g += 1) this.#cumulative[g] = g + 1;
    }
    return counters(distinct, this.windowSize);
  }
}

const NONE: Counters = new Uint16Array(0);

/** The values ascending; what ascends already is taken as it is. */
function ascending(values: ArrayLike<number>): Float64Array {
  if (!(values instanceof Float64Array)) return Float64Array.from(values).sort();
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index - 1] ?? 0) > (values[index] ?? 0)) return Float64Array.from(values).sort();
  }
  return values;
}

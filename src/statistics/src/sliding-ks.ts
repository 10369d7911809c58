/** How many of `values` (ascending) are at most `x`. */
function countAtMost(values: Float64Array, x: number): number {
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
  readonly #values: Float64Array;
  readonly #cumulative: Counters;
  readonly #counts: Counters;
  readonly #ring: Counters;
  #length = 0;
  #position = 0;

  /**
   * @param baseline finite values in any order
   * @throws {RangeError} when the baseline is empty or the window smaller than 1
   */
  constructor(baseline: ArrayLike<number>, windowSize: number) {
    if (baseline.length === 0) throw new RangeError('Cannot compare with an empty baseline');
    if (!(windowSize >= 1)) {
      throw new RangeError(`Cannot use a window of ${windowSize}: it must hold at least 1 value`);
    }
    const sorted = Float64Array.from(baseline).sort();
    this.#values = Float64Array.from(new Set(sorted));
    const distinct = this.#values.length;
    this.#cumulative = counters(distinct, sorted.length);
    this.#cumulative.set(Array.from(this.#values, (value) => countAtMost(sorted, value)));
    this.#counts = counters(2 * distinct + 1, windowSize);
    this.#ring = counters(windowSize, 2 * distinct + 1);
    this.baselineSize = sorted.length;
    this.windowSize = windowSize;
  }

  /** Values in the window now. */
  get length(): number {
    return this.#length;
  }

  /** Adds a finite value; the oldest one leaves a full window. */
  push(x: number): void {
    const group = countAtMost(this.#values, x);
    const cell = group > 0 && this.#values[group - 1] === x ? 2 * group - 1 : 2 * group;
    if (this.#length === this.windowSize) {
      const oldest = this.#ring[this.#position] ?? 0;
      this.#counts[oldest] = (this.#counts[oldest] ?? 0) - 1;
    } else {
      this.#length += 1;
    }
    this.#ring[this.#position] = cell;
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
    this.#position = (this.#position + 1) % this.windowSize;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#length = 0;
    this.#position = 0;
  }

  /** `D * m * n` as an exact integer; 0 for an empty window. */
  numerator(): number {
    const m = this.baselineSize;
    const n = this.#length;
    const counts = this.#counts;
    const cumulative = this.#cumulative;
    let window = (counts[0] ?? 0) * m;
    let high = 0;
    let low = -window;
    for (let j = 0; j < cumulative.length; j += 1) {
      const baseline = (cumulative[j] ?? 0) * n;
      window += (counts[2 * j + 1] ?? 0) * m;
      if (baseline - window > high) high = baseline - window;
      // The window may also lead right at the jump, before the gap adds to it.
      if (baseline - window < low) low = baseline - window;
      window += (counts[2 * j + 2] ?? 0) * m;
      if (baseline - window < low) low = baseline - window;
    }
    return Math.max(high, -low);
  }

  /** D in [0, 1]; 0 for an empty window. */
  statistic(): number {
    return this.#length === 0 ? 0 : this.numerator() / (this.baselineSize * this.#length);
  }
}

/** Values on either side of a guess that are looked at first. */
const STEP = 8;

const UINT16_MAX = 65_535;

/** Counters as narrow as their largest value allows: a process may watch hundreds of streams. */
export type Counters = Uint16Array | Uint32Array;

/**
 * So many zeros to count up to `largest` with.
 *
 * @param spare bytes that the memory has behind them
 */
export function countersFor(largest: number, length: number, spare = 0): Counters {
  const Counts = largest <= UINT16_MAX ? Uint16Array : Uint32Array;
  return new Counts(new ArrayBuffer(length * Counts.BYTES_PER_ELEMENT + spare), 0, length);
}

/** How many of `values` (ascending) are at most `x`. */
export function countAtMost(values: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * As `countAtMost`, of which something is known.
 *
 * @param near about how many they are: where the search begins
 */
export function countNear(values: ArrayLike<number>, x: number, near: number): number {
  const last = values.length;
  let step = STEP;
  let low = Math.max(0, near - STEP);
  let high = Math.min(last, near + STEP);
  while (low > 0 && (values[low - 1] ?? 0) > x) {
    high = low - 1;
    low = Math.max(0, low - step);
    step *= 2;
  }
  while (high < last && (values[high] ?? 0) <= x) {
    low = high + 1;
    high = Math.min(last, high + step);
    step *= 2;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The values ascending; what ascends already is taken as it is. */
export function ascending(values: ArrayLike<number>): Float64Array {
  if (!(values instanceof Float64Array)) return Float64Array.from(values).sort();
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index - 1] ?? 0) > (values[index] ?? 0)) return Float64Array.from(values).sort();
  }
  return values;
}

/** Values up to each distinct one, from 0 on. */
export function cumulativeOf(distinct: Float64Array, sorted: Float64Array): Counters {
  const cumulative = countersFor(sorted.length, distinct.length + 1);
  for (let index = 0; index < distinct.length; index += 1) {
    cumulative[index + 1] = countAtMost(sorted, distinct[index] ?? 0);
  }
  return cumulative;
}

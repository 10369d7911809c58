const buffer = new DataView(new ArrayBuffer(8));

/** The largest double below `x`, for finite `x`. */
export function nextDown(x: number): number {
  if (x === 0) return -Number.MIN_VALUE;
  buffer.setFloat64(0, x);
  const bits = buffer.getBigInt64(0);
  buffer.setBigInt64(0, x > 0 ? bits - 1n : bits + 1n);
  return buffer.getFloat64(0);
}

/**
 * Bin edges at the quantiles of a baseline (inverse of its distribution function, so that every
 * edge is a data value). A value that holds at least one bin's share gets a bin of its own. Ends
 * are open; a constant baseline has one bin and therefore no edge.
 *
 * Quantiles rather than equal widths, because one outlier would otherwise empty all bins but one.
 *
 * @param baseline finite values in any order
 * @param bins bins wanted; ties may leave fewer
 * @returns ascending edges; bin `i` is `(edges[i - 1], edges[i]]`
 */
export function quantileEdges(baseline: ArrayLike<number>, bins: number): Float64Array {
  const sorted = Float64Array.from(baseline).sort();
  const m = sorted.length;
  if (m === 0) return new Float64Array(0);
  const candidates = new Set<number>();
  for (let k = 1; k < bins; k += 1) candidates.add(sorted[Math.ceil((k * m) / bins) - 1] ?? 0);
  for (const atom of atoms(sorted, bins)) {
    candidates.add(atom);
    candidates.add(nextDown(atom));
  }
  return keepFilled(sorted, Float64Array.from(candidates).sort());
}

/** Values that hold at least one bin's share of the sample. */
function atoms(sorted: Float64Array, bins: number): readonly number[] {
  const found: number[] = [];
  let start = 0;
  for (let index = 1; index <= sorted.length; index += 1) {
    if (index < sorted.length && sorted[index] === sorted[start]) continue;
    if ((index - start) * bins >= sorted.length) found.push(sorted[start] ?? 0);
    start = index;
  }
  return found;
}

/** Drops edges that would leave a bin without a single baseline value. */
function keepFilled(sorted: Float64Array, edges: Float64Array): Float64Array {
  const largest = sorted[sorted.length - 1] ?? 0;
  const kept: number[] = [];
  let below = 0;
  for (const edge of edges) {
    if (edge >= largest) break;
    const atMost = binOf(sorted, nextUp(edge));
    if (atMost > below) {
      kept.push(edge);
      below = atMost;
    }
  }
  return Float64Array.from(kept);
}

const nextUp = (x: number): number => -nextDown(-x);

/** The bin of a value: how many edges are below it. Bins include their upper edge. */
export function binOf(edges: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many values fall into each bin. */
export function binCounts(edges: ArrayLike<number>, values: ArrayLike<number>): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (let index = 0; index < values.length; index += 1) {
    const bin = binOf(edges, values[index] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Weights whose prefix sums are cheap: a Fenwick tree, as the urn changes one cell at a record. */
class WeightTree {
  readonly weights: Float64Array;
  readonly #tree: Float64Array;
  total = 0;

  constructor(weights: ArrayLike<number>) {
    this.weights = new Float64Array(weights.length);
    this.#tree = new Float64Array(weights.length + 1);
    for (let cell = 0; cell < weights.length; cell += 1) this.add(cell, weights[cell] ?? 0);
  }

  add(cell: number, amount: number): void {
    this.weights[cell] = (this.weights[cell] ?? 0) + amount;
    this.total += amount;
    for (let node = cell + 1; node < this.#tree.length; node += node & -node) {
      this.#tree[node] = (this.#tree[node] ?? 0) + amount;
    }
  }

  /** The weight of all cells below `cell`. */
  below(cell: number): number {
    let sum = 0;
    for (let node = cell; node > 0; node -= node & -node) sum += this.#tree[node] ?? 0;
    return sum;
  }
}

/** A value and the tie-breaker drawn with it; pairs are compared value first. */
export interface JitteredValue {
  readonly value: number;
  /** Uniform in (0, 1). */
  readonly tie: number;
}

/** What an urn is made of, and what a baseline file keeps of it. */
export interface UrnState {
  /** Cell borders, ascending; one fewer than weights. */
  readonly edges: readonly JitteredValue[];
  readonly weights: readonly number[];
}

/** Cells of a default urn. */
const CELLS = 64;

/**
 * One-based order statistics at which a baseline of `m` values is cut into `cells` cells of equal
 * weight. They depend on the size alone: borders chosen from the data would break exactness.
 */
export function equalCellIndexes(m: number, cells: number = defaultCells(m)): number[] {
  return Array.from({ length: cells - 1 }, (_, k) => Math.floor(((k + 1) * (m + 1)) / cells + 0.5));
}

const defaultCells = (m: number): number =>
  m < CELLS ? Math.max(2, Math.floor((m + 1) / 3)) : CELLS;

/** Order statistics that make cells of weight 1, 1, 2, 4, 8, ... from the top, for rare outcomes. */
export function geometricCellIndexes(m: number): number[] {
  const indexes = [m];
  let taken = 1;
  let weight = 1;
  while (m + 1 - (taken + weight) >= (m + 1) / 2) {
    taken += weight;
    indexes.push(m + 1 - taken);
    weight *= 2;
  }
  return indexes.reverse();
}

/**
 * Cuts a baseline into the cells of an urn.
 *
 * @param baseline pairs in any order, m of them; m must exceed the number of indexes
 * @param indexes one-based order statistics, ascending
 */
export function urnFromBaseline(
  baseline: readonly JitteredValue[],
  indexes: readonly number[] = equalCellIndexes(baseline.length),
): UrnState {
  const sorted = baseline.toSorted((a, b) => a.value - b.value || a.tie - b.tie);
  const bounds = [0, ...indexes, sorted.length + 1];
  return {
    edges: indexes.map((index) => sorted[index - 1] ?? { value: 0, tie: 0 }),
    weights: bounds.slice(1).map((bound, cell) => bound - (bounds[cell] ?? 0)),
  };
}

/**
 * A Polya urn over the spacings of a baseline: it turns a stream into ranks that are independent
 * and uniform for as long as nothing changes, whatever the distribution and the baseline's size.
 *
 * Jittered pairs are distinct and exchangeable, so the spacings of their ranks are Dirichlet(1, ..,
 * 1), the masses of cells Dirichlet(weights), and the cells of new records a Polya urn: the rank is
 * the randomized probability integral transform of its prediction. Without jitter, ties would
 * break this: ten-valued data alarm within a hundred records.
 */
export class PolyaUrn {
  readonly #values: Float64Array;
  readonly #ties: Float64Array;
  readonly #weights: WeightTree;

  constructor(state: UrnState) {
    this.#values = Float64Array.from(state.edges, (edge) => edge.value);
    this.#ties = Float64Array.from(state.edges, (edge) => edge.tie);
    this.#weights = new WeightTree(state.weights);
  }

  /** Records and baseline spacings in the urn. */
  get total(): number {
    return this.#weights.total;
  }

  get cells(): number {
    return this.#weights.weights.length;
  }

  weight(cell: number): number {
    return this.#weights.weights[cell] ?? 0;
  }

  weights(): number[] {
    return [...this.#weights.weights];
  }

  /** The cell of a jittered value: how many borders are below it. */
  cell(value: number, tie: number): number {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const edge = this.#values[middle] ?? 0;
      if (edge < value || (edge === value && (this.#ties[middle] ?? 0) < tie)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The rank of a value, uniform in (0, 1) under no change. Call `learn` afterwards, never before.
   *
   * @param cell from `cell()`
   * @param within uniform in (0, 1), the place inside the cell
   */
  rank(cell: number, within: number): number {
    return (this.#weights.below(cell) + within * this.weight(cell)) / this.total;
  }

  /** Puts one more record into a cell. */
  learn(cell: number): void {
    this.#weights.add(cell, 1);
  }
}

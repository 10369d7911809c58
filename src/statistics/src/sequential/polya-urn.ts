import type { RandomSource } from '../random.ts';
import { numberList } from './number-list.ts';

/** A value and the tie-breaker drawn with it; pairs are compared value first. */
export interface JitteredValue {
  readonly value: number;
  /** Uniform in (0, 1). */
  readonly tie: number;
}

/** What an urn is made of, and what a baseline file keeps of it. */
export interface UrnState {
  /** Values of the cell borders, ascending; one fewer than weights. */
  readonly edges: readonly number[];
  /** The tie-breaker of each border, in (0, 1). */
  readonly ties: readonly number[];
  readonly weights: readonly number[];
}

/** Cells of a default urn. */
const CELLS = 64;
/** Borders that a search skips at a time. */
const STRIDE = 8;
/** Cells that are added up together, so that a prefix of 64 takes 14 steps at most. */
const BLOCK = 8;

/**
 * One-based order statistics at which a baseline of `m` values is cut into `cells` cells of equal
 * weight. They depend on the size alone: borders chosen from the data would break exactness.
 */
export function equalCellIndexes(m: number, cells: number = defaultCells(m)): number[] {
  // Of fewer values than cells some cells stay empty: an order statistic is one of 1 to m.
  return Array.from({ length: cells - 1 }, (_, k) =>
    Math.min(m, Math.max(1, Math.floor(((k + 1) * (m + 1)) / cells + 0.5))),
  );
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
 * The urn of `geometricCellIndexes` over something that happened in some of the records of a
 * baseline, drawn as if each of them had a tie-breaker of its own.
 */
export function urnOfHits(hits: number, records: number, random: RandomSource): UrnState {
  const indexes = geometricCellIndexes(records);
  const edges: number[] = [];
  const ties: number[] = [];
  // From the top down: the largest of n uniform numbers is a power of one of them.
  let place = 0;
  let tie = 1;
  for (const index of indexes.toReversed()) {
    for (const rank = records + 1 - index; place < rank; place += 1) {
      const left = place < hits ? hits - place : records - place;
      tie = (place === hits ? 1 : tie) * random.next() ** (1 / left);
    }
    edges.unshift(place <= hits ? 1 : 0);
    ties.unshift(tie);
  }
  const bounds = [0, ...indexes, records + 1];
  const weights = bounds.slice(1).map((bound, cell) => bound - (bounds[cell] ?? 0));
  return { edges, ties, weights: sharedWeights(weights) };
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
    edges: indexes.map((index) => sorted[index - 1]?.value ?? 0),
    ties: indexes.map((index) => sorted[index - 1]?.tie ?? 0),
    weights: sharedWeights(bounds.slice(1).map((bound, cell) => bound - (bounds[cell] ?? 0))),
  };
}

/** Lists of weights that were made last. */
const shared: (readonly number[])[] = [];
const SHARED_MAX = 16;

/**
 * Weights follow from the size of a baseline alone, so streams mostly have equal ones.
 *
 * @returns a shared list, which must not be changed
 */
export function sharedWeights(weights: readonly number[]): readonly number[] {
  const known = shared.find(
    (other) =>
      other.length === weights.length && other.every((weight, cell) => weight === weights[cell]),
  );
  if (known !== undefined) return known;
  shared.push(weights);
  if (shared.length > SHARED_MAX) shared.shift();
  return weights;
}

/** The cell of a jittered value: how many borders are below it. */
export function urnCell(
  borders: Pick<UrnState, 'edges' | 'ties'>,
  value: number,
  tie: number,
): number {
  const { edges, ties } = borders;
  const { length } = edges;
  // By strides and then one by one: of sixty borders this takes less time than halving, which a
  // processor cannot foresee.
  let cell = STRIDE - 1;
  while (cell < length && (edges[cell] ?? 0) < value) cell += STRIDE;
  cell -= STRIDE - 1;
  while (cell < length && (edges[cell] ?? 0) < value) cell += 1;
  while (cell < length && edges[cell] === value && (ties[cell] ?? 0) < tie) cell += 1;
  return cell;
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
  readonly #borders: Pick<UrnState, 'edges' | 'ties'>;
  readonly #cells: number;
  /** The weights, then the weight of each block of eight, as the urn changes one cell at a record. */
  readonly #weights: number[];
  #total = 0;

  /**
   * @param state its borders are shared, not copied: they never change
   * @param weights that the urn has grown to, where it goes on
   */
  constructor(state: UrnState, weights: readonly number[] = state.weights) {
    this.#borders = state;
    this.#cells = weights.length;
    this.#weights = numberList(this.#cells + Math.ceil(this.#cells / BLOCK));
    for (const [cell, weight] of weights.entries()) this.#add(cell, weight);
  }

  /** Records and baseline spacings in the urn. */
  get total(): number {
    return this.#total;
  }

  get cells(): number {
    return this.#cells;
  }

  weight(cell: number): number {
    return this.#weights[cell] ?? 0;
  }

  weights(): number[] {
    return this.#weights.slice(0, this.#cells);
  }

  /** The cell of a jittered value: how many borders are below it. */
  cell(value: number, tie: number): number {
    return urnCell(this.#borders, value, tie);
  }

  /**
   * The rank of a value, uniform in (0, 1) under no change. Call `learn` afterwards, never before.
   *
   * @param cell from `cell()`
   * @param within uniform in (0, 1), the place inside the cell
   */
  rank(cell: number, within: number): number {
    const weights = this.#weights;
    const block = Math.floor(cell / BLOCK);
    let below = 0;
    for (let index = 0; index < block; index += 1) below += weights[this.#cells + index] ?? 0;
    for (let index = block * BLOCK; index < cell; index += 1) below += weights[index] ?? 0;
    return (below + within * (weights[cell] ?? 0)) / this.#total;
  }

  /** Puts one more record into a cell. */
  learn(cell: number): void {
    this.#add(cell, 1);
  }

  #add(cell: number, amount: number): void {
    const weights = this.#weights;
    weights[cell] = (weights[cell] ?? 0) + amount;
    this.#total += amount;
    const block = this.#cells + Math.floor(cell / BLOCK);
    weights[block] = (weights[block] ?? 0) + amount;
  }
}

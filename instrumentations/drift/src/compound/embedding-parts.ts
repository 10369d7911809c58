import { SeededRandom } from '@telltale/statistics';

import type { Part, PartState, ValueParts } from './value-parts.ts';

const PROJECTIONS = 8;
/** Wider vectors are counted as invalid. */
const DIMENSIONS_MAX = 8192;
const NORM = PROJECTIONS;
const COSINE = PROJECTIONS + 1;

const PARTS: readonly Part[] = [
  ...Array.from({ length: PROJECTIONS }, (_, index) => ({
    suffix: `projection.${index}`,
    kind: 'numeric' as const,
  })),
  { suffix: 'norm', kind: 'numeric' },
  { suffix: 'cosine', kind: 'numeric' },
];

export interface EmbeddingOptions {
  /** What the random directions come from: the same name gives the same ones everywhere. */
  readonly seed: number;
  /** Vectors that are skipped before the centroid is learned. */
  readonly warmup: number;
  /** Vectors whose mean is the centroid. */
  readonly centroidSize: number;
}

/**
 * What is watched of an embedding: eight random projections (Rademacher, of length 1), the norm, and
 * the cosine to the mean of the first vectors. The cosine begins once that mean is there, so that its
 * baseline owes nothing to the vectors that made it.
 */
export class EmbeddingParts implements ValueParts {
  readonly parts: readonly Part[] = PARTS;
  readonly values: (number | undefined)[] = PARTS.map(() => undefined);
  readonly #options: EmbeddingOptions;
  readonly #sums = new Float64Array(PROJECTIONS);
  /** The signs of a dimension in the eight projections, one bit each. */
  #signs = new Uint8Array(0);
  /** The sum, and later the direction, of the first vectors. */
  #centroid = new Float64Array(0);
  #seen = 0;

  constructor(options: EmbeddingOptions, state?: PartState) {
    this.#options = options;
    if (state === undefined) return;
    this.#seen = state.seen;
    if (state.centroid.length > 0) this.#measure(state.centroid.length);
    this.#centroid.set(state.centroid);
  }

  split(value: unknown): string | undefined {
    if (!isVector(value)) return 'no list of numbers';
    const { length } = value;
    if (length === 0 || length > DIMENSIONS_MAX) return `a vector of dimension ${length}`;
    // The first vector says how wide all of them are.
    if (this.#signs.length === 0) this.#measure(length);
    const expected = this.#signs.length;
    if (expected !== length) return `a vector of dimension ${length}, expected ${expected}`;
    if (!this.#project(value)) return 'a vector with something else than finite numbers';
    this.#compare(value);
    return undefined;
  }

  state(): PartState {
    return { seen: this.#seen, centroid: [...this.#centroid] };
  }

  get #hasCentroid(): boolean {
    return this.#seen >= this.#options.warmup + this.#options.centroidSize;
  }

  #measure(dimensions: number): void {
    const random = new SeededRandom(this.#options.seed);
    this.#signs = Uint8Array.from({ length: dimensions }, () => random.nextUint32() & 0xff);
    this.#centroid = new Float64Array(dimensions);
  }

  /** @returns whether all of it were finite numbers */
  #project(vector: ArrayLike<unknown>): boolean {
    const sums = this.#sums.fill(0);
    let squares = 0;
    for (let index = 0; index < vector.length; index += 1) {
      const value = vector[index];
      if (typeof value !== 'number') return false;
      const signs = this.#signs[index] ?? 0;
      squares += value * value;
      for (let bit = 0; bit < PROJECTIONS; bit += 1) {
        sums[bit] = (sums[bit] ?? 0) + ((signs >> bit) & 1 ? value : -value);
      }
    }
    if (!Number.isFinite(squares)) return false;
    const scale = 1 / Math.sqrt(vector.length);
    for (let bit = 0; bit < PROJECTIONS; bit += 1) this.values[bit] = (sums[bit] ?? 0) * scale;
    this.values[NORM] = Math.sqrt(squares);
    return true;
  }

  /** A vector of length 0 points nowhere: it has no cosine. */
  #compare(vector: ArrayLike<unknown>): void {
    const { warmup } = this.#options;
    const centroid = this.#centroid;
    this.values[COSINE] = undefined;
    if (!this.#hasCentroid) {
      this.#seen += 1;
      if (this.#seen <= warmup) return;
      for (let index = 0; index < vector.length; index += 1) {
        centroid[index] = (centroid[index] ?? 0) + Number(vector[index]);
      }
      if (this.#hasCentroid) toUnitLength(centroid);
      return;
    }
    const norm = this.values[NORM] ?? 0;
    if (norm === 0) return;
    let dot = 0;
    for (let index = 0; index < vector.length; index += 1) {
      dot += (centroid[index] ?? 0) * Number(vector[index]);
    }
    this.values[COSINE] = dot / norm;
  }
}

function toUnitLength(vector: Float64Array): void {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (length === 0) return;
  for (let index = 0; index < vector.length; index += 1) {
    vector[index] = (vector[index] ?? 0) / length;
  }
}

/** Whether a value has numbers one after the other. */
export const isVector = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

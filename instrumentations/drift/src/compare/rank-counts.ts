import type { Baseline } from '@telltale/statistics';

/**
 * Values counted by twenty rank buckets of the frozen baseline. Counts of one baseline id merge over
 * instances without loss, which is what a fleet needs.
 */
export class RankCounts {
  /** Records by bucket since the start. */
  readonly totals: number[];
  readonly #borders: Baseline['ranks'];
  readonly #cells: number;

  constructor({ ranks, cells }: Pick<Baseline, 'ranks' | 'cells'>) {
    this.#borders = ranks;
    this.totals = ranks.weights.map(() => 0);
    this.#cells = cells.weights.length;
  }

  /**
   * @param tie uniform in (0, 1), drawn for this record
   * @param cell of the value and its tie in the urn of the baseline
   * @returns the bucket
   */
  observe(value: number, tie: number, cell: number): number {
    const { edges } = this.#borders;
    // Buckets and cells cut nearly the same values, so this is the bucket or next to it.
    let bucket = Math.floor((cell * (edges.length + 1)) / this.#cells);
    while (bucket > 0 && !this.#isBelow(bucket - 1, value, tie)) bucket -= 1;
    while (bucket < edges.length && this.#isBelow(bucket, value, tie)) bucket += 1;
    this.totals[bucket] = (this.totals[bucket] ?? 0) + 1;
    return bucket;
  }

  /** Whether this border lies below a value and its tie. */
  #isBelow(border: number, value: number, tie: number): boolean {
    const { edges, ties } = this.#borders;
    const edge = edges[border] ?? 0;
    return edge < value || (edge === value && (ties[border] ?? 0) < tie);
  }
}

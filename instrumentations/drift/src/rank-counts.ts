import { type Baseline, urnCell } from '@telltale/statistics';

import { PlaceWindow } from './window.ts';

/**
 * Values counted by twenty rank buckets of the frozen baseline. Counts of one baseline id merge over
 * instances without loss, which is what a fleet needs.
 */
export class RankCounts {
  /** Records by bucket since the start. */
  readonly totals: number[];
  readonly window: PlaceWindow;
  readonly #borders: Baseline['ranks'];
  /** The first bucket that values of each cell of the urn may fall into: mostly the only one. */
  readonly #buckets: Uint8Array;

  constructor({ ranks, cells }: Pick<Baseline, 'ranks' | 'cells'>, capacity: number) {
    this.#borders = ranks;
    this.totals = ranks.weights.map(() => 0);
    this.window = new PlaceWindow(ranks.weights.length, capacity);
    const { edges, ties } = cells;
    this.#buckets = Uint8Array.of(
      0,
      ...edges.map((edge, index) => urnCell(ranks, edge, ties[index] ?? 0)),
    );
  }

  /**
   * @param tie uniform in (0, 1), drawn for this record
   * @param cell of the value and its tie in the urn of the baseline
   */
  push(value: number, tie: number, cell: number): void {
    const { edges, ties } = this.#borders;
    let bucket = this.#buckets[cell] ?? 0;
    while (bucket < edges.length) {
      const edge = edges[bucket] ?? 0;
      if (edge > value || (edge === value && (ties[bucket] ?? 0) >= tie)) break;
      bucket += 1;
    }
    this.totals[bucket] = (this.totals[bucket] ?? 0) + 1;
    this.window.push(bucket);
  }
}

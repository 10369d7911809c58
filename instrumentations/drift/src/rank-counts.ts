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

  constructor(borders: Baseline['ranks'], capacity: number) {
    this.#borders = borders;
    this.totals = borders.weights.map(() => 0);
    this.window = new PlaceWindow(borders.weights.length, capacity);
  }

  /** @param tie uniform in (0, 1), drawn for this record */
  push(value: number, tie: number): void {
    const bucket = urnCell(this.#borders, value, tie);
    this.totals[bucket] = (this.totals[bucket] ?? 0) + 1;
    this.window.push(bucket);
  }
}

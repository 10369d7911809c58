import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { sameLabels } from './name-removal.ts';
import type { Scope } from './query.ts';
import type { StepSeries } from './step-series.ts';
import { emptySeries, isPresent, setSample } from './step-series.ts';

/**
 * Builds output series step by step; samples with equal labels go to the same series. There may be
 * more of them than input series: `count_values` makes one of each value.
 */
export class SeriesBuilder {
  readonly #scope: Scope;
  readonly #byLabels = new Map<string, StepSeries>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** @throws {PromqlError} when there are more series than a query may hold. */
  seriesOf(labels: Labels, dropsName = false): StepSeries {
    let series = this.#byLabels.get(labels.key);
    if (series === undefined) {
      const { query, grid } = this.#scope;
      query.checkRoomForSeries(this.#byLabels.size + 1, grid.count);
      series = emptySeries(labels, grid.count, dropsName);
      this.#byLabels.set(labels.key, series);
    }
    return series;
  }

  /** @throws {PromqlError} when the series has a sample at that step already. */
  add(series: StepSeries, step: number, sample: number | NativeHistogram | undefined): void {
    if (sample === undefined) return;
    if (isPresent(series, step)) throw sameLabels();
    setSample(series, step, sample);
  }

  /** In the order in which they first appeared. */
  list(): readonly StepSeries[] {
    return [...this.#byLabels.values()];
  }
}

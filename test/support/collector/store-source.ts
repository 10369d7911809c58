import type { Labels } from '../../../collector/src/model/labels.ts';
import type { LabelMatcher } from '../../../collector/src/promql/ast.ts';
import type { SourceSeries } from '../../../collector/src/promql/series-source.ts';
import type { QuerySource } from '../../../collector/src/query/query-source.ts';
import type { SeriesStore } from '../../../collector/src/storage/series-store.ts';

/** The store itself as the source of a job, for tests and tools. */
export class StoreSource implements QuerySource {
  readonly #store: SeriesStore;

  constructor(store: SeriesStore) {
    this.#store = store;
  }

  select(
    matchers: readonly LabelMatcher[],
    startMs: number,
    endMs: number,
  ): readonly SourceSeries[] {
    return this.#store.select(matchers, startMs, endMs);
  }

  labels(matchers: readonly LabelMatcher[], startMs: number, endMs: number): readonly Labels[] {
    return this.select(matchers, startMs, endMs).map(({ labels }) => labels);
  }
}

import type { Labels } from '../model/labels.ts';

import type { LabelMatcher } from '../promql/ast.ts';
import type { SeriesSource } from '../promql/series-source.ts';

/** What a job asks of storage. */
export interface QuerySource extends SeriesSource {
  /** Labels of the series that `select` would give, without their samples. */
  labels(matchers: readonly LabelMatcher[], startMs: number, endMs: number): readonly Labels[];
}

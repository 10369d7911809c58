import type { VectorSelector } from '../../ast.ts';
import type { SampleColumns } from '../../series-source.ts';
import { totalsOf } from '../histogram-totals.ts';
import type { Query } from '../query.ts';

/**
 * The columns of a series as a query may see them: without start timestamps unless they are switched
 * on, and without buckets where only totals of histograms are asked for.
 */
export function columnsFor(
  selector: VectorSelector,
  columns: SampleColumns,
  query: Query,
): SampleColumns {
  const { histograms, startTimes } = columns;
  let usable = columns;
  if (startTimes !== undefined && !query.options.features.startTimestamps) {
    const { startTimes: _, ...rest } = columns;
    usable = rest;
  }
  if (histograms !== undefined && query.selectorsOfTotals.has(selector)) {
    usable = { ...usable, histograms: totalsOf(histograms, columns) };
  }
  return usable;
}

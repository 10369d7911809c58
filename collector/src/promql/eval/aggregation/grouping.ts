import type { Labels } from '../../../model/labels.ts';
import type { Aggregation } from '../../ast.ts';
import { derivedLabels } from '../../kernels/derived-labels.ts';
import { groupRule } from '../../kernels/matching.ts';
import type { StepSeries } from '../step-series.ts';

/** Series that are aggregated together. */
export interface Group {
  readonly labels: Labels;
  readonly members: StepSeries[];
}

/** Groups in the order in which their first series appears. */
export function groupSeries(series: readonly StepSeries[], expr: Aggregation): readonly Group[] {
  const derive = groupRule(expr.grouping, expr.isWithout);
  const groups = new Map<string, Group>();
  for (const item of series) {
    const labels = derivedLabels(expr, item.labels, derive);
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, members: [item] });
    else group.members.push(item);
  }
  return [...groups.values()];
}

import { Labels, METRIC_NAME_LABEL } from '../../../model/labels.ts';
import type { Aggregation } from '../../ast.ts';
import { derivedLabels } from '../../kernels/derived-labels.ts';
import type { StepSeries } from '../step-series.ts';

/** Series that are aggregated together. */
export interface Group {
  readonly labels: Labels;
  readonly members: StepSeries[];
}

/** The labels of the group that a label set belongs to. */
export function groupLabels(
  labels: Labels,
  names: ReadonlySet<string>,
  isWithout: boolean,
): Labels {
  if (isWithout) return labels.without(new Set([METRIC_NAME_LABEL, ...names]));
  return names.size === 0 ? Labels.EMPTY : labels.keep(names);
}

/** Groups in the order in which their first series appears. */
export function groupSeries(series: readonly StepSeries[], expr: Aggregation): readonly Group[] {
  const excluded = new Set([METRIC_NAME_LABEL, ...expr.grouping]);
  const names = new Set(expr.grouping);
  const derive = (labels: Labels): Labels =>
    expr.isWithout ? labels.without(excluded) : groupLabels(labels, names, false);
  const groups = new Map<string, Group>();
  for (const item of series) {
    const labels = derivedLabels(expr, item.labels, derive);
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, members: [item] });
    else group.members.push(item);
  }
  return [...groups.values()];
}

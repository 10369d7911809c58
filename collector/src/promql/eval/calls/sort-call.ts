import { Labels } from '../../../model/labels.ts';
import { sortInRangeQuery } from '../../annotations.ts';
import type { Call } from '../../ast.ts';
import { mapKinds } from '../filter-steps.ts';
import type { Scope } from '../query.ts';
import type { StepSeries, StepValue } from '../step-series.ts';
import { FLOAT } from '../step-series.ts';
import { stringArgument, vectorArgument } from './arguments.ts';
import { compareNatural } from './natural-order.ts';

/** `sort`, `sort_desc`, `sort_by_label` and `sort_by_label_desc`. */
export function evaluateSort(call: Call, scope: Scope): StepValue {
  const series = vectorArgument(call, 0, scope);
  const isByValue = call.function === 'sort' || call.function === 'sort_desc';
  const sortable = isByValue ? mapKinds(series, FLOAT) : [...series];
  if (scope.grid.count > 1) {
    // Series of a range query are ordered by their labels, so sorting has no effect.
    scope.query.annotate(sortInRangeQuery(call.position));
    return { kind: 'vector', series: sortable };
  }
  const isDescending = call.function.endsWith('_desc');
  const order = isByValue ? orderByValue(isDescending) : orderByLabels(call, isDescending);
  return { kind: 'vector', series: sortable.sort(order) };
}

type Order = (left: StepSeries, right: StepSeries) => number;

/** NaN comes last in both directions. */
function orderByValue(isDescending: boolean): Order {
  return (left, right) => {
    const a = left.values[0] ?? Number.NaN;
    const b = right.values[0] ?? Number.NaN;
    if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
    if (Number.isNaN(b)) return -1;
    if (a === b) return 0;
    return (a < b ? -1 : 1) * (isDescending ? -1 : 1);
  };
}

function orderByLabels(call: Call, isDescending: boolean): Order {
  const names = call.args.slice(1).map((_, index) => stringArgument(call, index + 1));
  return (left, right) => {
    const order = compareByLabels(left.labels, right.labels, names);
    return isDescending ? -order : order;
  };
}

function compareByLabels(left: Labels, right: Labels, names: readonly string[]): number {
  for (const name of names) {
    const [a, b] = [left.get(name), right.get(name)];
    if (a !== b) return compareNatural(a, b);
  }
  return Labels.compare(left, right);
}

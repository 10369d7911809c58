import { formatFloat } from '../../../model/format-float.ts';
import { quoteGo } from '../../../model/go-string.ts';
import { formatHistogram } from '../../../model/histogram/format.ts';
import type { Aggregation } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import { groupRule } from '../../kernels/matching.ts';
import { unwrapParens } from '../calls/arguments.ts';
import { isValidLabelName } from '../label-name.ts';
import type { Scope } from '../query.ts';
import { SeriesBuilder } from '../series-builder.ts';
import type { StepSeries } from '../step-series.ts';
import { sampleAt, setFloat } from '../step-series.ts';

/** `count_values("label", v)`: how many elements of a group have each value. */
export function countValues(
  expr: Aggregation,
  series: readonly StepSeries[],
  scope: Scope,
): readonly StepSeries[] {
  const label = valueLabelOf(expr);
  const { grouping, isWithout } = expr;
  const groupOf = groupRule(isWithout ? grouping : [...grouping, label], isWithout);
  const output = new SeriesBuilder(scope);
  for (let step = 0; step < scope.grid.count; step += 1) {
    for (const item of series) {
      const sample = sampleAt(item, step);
      if (sample === undefined) continue;
      const shown =
        typeof sample === 'number' ? formatFloat(sample, 'decimal') : formatHistogram(sample);
      const labels = groupOf(item.labels.with(label, shown));
      const counted = output.seriesOf(labels);
      setFloat(counted, step, (counted.values[step] ?? 0) + 1);
    }
  }
  return output.list();
}

function valueLabelOf({ parameter, position }: Aggregation): string {
  const literal = parameter === undefined ? undefined : unwrapParens(parameter);
  const label = literal?.kind === 'string' ? literal.value : '';
  if (!isValidLabelName(label)) {
    throw evaluationError(`invalid label name ${quoteGo(label)}`, position);
  }
  return label;
}

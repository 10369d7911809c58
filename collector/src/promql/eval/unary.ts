import { multiplyHistogram } from '../../model/histogram/scale.ts';
import type { UnaryExpr } from '../ast.ts';
import { droppedName, mergeSameLabels } from './name-removal.ts';
import type { Scope } from './query.ts';
import type { StepSeries, StepValue } from './step-series.ts';
import { emptySeries, sampleAt, setSample } from './step-series.ts';

/** `-v` negates samples and drops the metric name; `+v` changes nothing. */
export function evaluateUnary(expr: UnaryExpr, scope: Scope): StepValue {
  const value = scope.query.evaluate(expr.expr, scope);
  if (expr.operator === '+' || value.kind === 'string') return value;
  if (value.kind === 'scalar') {
    return { kind: 'scalar', values: value.values.map((number) => -number) };
  }
  const series = value.series.map((item) => negate(item, scope));
  return { kind: 'vector', series: mergeSameLabels(series) };
}

function negate(series: StepSeries, scope: Scope): StepSeries {
  const { labels, dropsName } = droppedName(series.labels, scope.query);
  const negated = emptySeries(labels, scope.grid.count, dropsName);
  for (let step = 0; step < scope.grid.count; step += 1) {
    const sample = sampleAt(series, step);
    if (sample === undefined) continue;
    setSample(negated, step, typeof sample === 'number' ? -sample : multiplyHistogram(sample, -1));
  }
  return negated;
}

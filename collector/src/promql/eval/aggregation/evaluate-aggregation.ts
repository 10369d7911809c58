import { invalidQuantile } from '../../annotations.ts';
import type { AggregateOperator, Aggregation } from '../../ast.ts';
import { unwrapParens } from '../calls/arguments.ts';
import { mergeSameLabels } from '../name-removal.ts';
import type { Query, Scope } from '../query.ts';
import type { StepSeries, StepValue } from '../step-series.ts';
import { emptySeries, FLOAT, HISTOGRAM, hasSamples, isPresent, setSample } from '../step-series.ts';
import type { Aggregator } from './aggregator.ts';
import { createAggregator } from './aggregator.ts';
import { countValues } from './count-values.ts';
import type { Group } from './grouping.ts';
import { groupSeries } from './grouping.ts';
import { pickSeries } from './pick.ts';

/** Evaluates an aggregation. */
export function evaluateAggregation(expr: Aggregation, scope: Scope): StepValue {
  const parameters = evaluateParameter(expr, scope);
  const value = scope.query.evaluate(unwrapParens(expr.expr), scope);
  const series = value.kind === 'vector' ? value.series : [];
  if (expr.operator === 'count_values') {
    return { kind: 'vector', series: countValues(expr, series, scope) };
  }
  const output = PICKING_OPERATORS.has(expr.operator)
    ? pickSeries({ ...expr, parameters, origin: expr }, series, scope)
    : aggregate(expr, { series, parameters }, scope);
  return { kind: 'vector', series: output };
}

const PICKING_OPERATORS: ReadonlySet<AggregateOperator> = new Set([
  'topk',
  'bottomk',
  'limitk',
  'limit_ratio',
]);

function evaluateParameter(expr: Aggregation, scope: Scope): readonly number[] {
  const { parameter } = expr;
  if (parameter === undefined || expr.operator === 'count_values') return [];
  const value = scope.query.evaluate(unwrapParens(parameter), scope);
  const numbers = value.kind === 'scalar' ? value.values : [];
  if (expr.operator === 'quantile') annotateQuantiles(numbers, parameter.position, scope.query);
  return numbers;
}

/** One annotation for NaN, one for the highest quantile above 1, one for the lowest below 0. */
function annotateQuantiles(
  quantiles: readonly number[],
  position: Aggregation['position'],
  query: Query,
): void {
  if (quantiles.some(Number.isNaN)) query.annotate(invalidQuantile(Number.NaN, position));
  const highest = quantiles.reduce((best, value) => (value > best ? value : best), -Infinity);
  const lowest = quantiles.reduce((best, value) => (value < best ? value : best), Infinity);
  if (highest > 1) query.annotate(invalidQuantile(highest, position));
  if (lowest < 0) query.annotate(invalidQuantile(lowest, position));
}

function aggregate(
  expr: Aggregation,
  { series, parameters }: { series: readonly StepSeries[]; parameters: readonly number[] },
  scope: Scope,
): readonly StepSeries[] {
  const aggregator = createAggregator(expr, scope.query);
  const output: StepSeries[] = [];
  for (const group of groupSeries(series, expr)) {
    scope.query.checkCancelled();
    const { labels, members } = group;
    const dropsName = members.some((member) => member.dropsName);
    const result = emptySeries(labels, scope.grid.count, dropsName);
    for (let step = 0; step < scope.grid.count; step += 1) {
      if (!addMembers(aggregator, group, step)) continue;
      setSample(result, step, aggregator.finish(parameters[step] ?? Number.NaN));
    }
    if (hasSamples(result)) output.push(result);
  }
  return mergeSameLabels(output);
}

/** Answers whether the group has a sample at the step. */
function addMembers(aggregator: Aggregator, { members }: Group, step: number): boolean {
  let isSeen = false;
  for (const member of members) {
    if (!isPresent(member, step)) continue;
    isSeen = true;
    if (member.kinds[step] === FLOAT) {
      aggregator.addFloat(member.values[step] ?? Number.NaN);
    } else if (member.kinds[step] === HISTOGRAM) {
      const histogram = member.histograms[step];
      if (histogram !== undefined) aggregator.addHistogram(histogram, member.labels.metricName);
    }
  }
  return isSeen;
}

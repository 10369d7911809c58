import type { Call, MatrixSelector, Position, Subquery } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import type { RangeCall, RangeFunction } from '../../functions/range-function.ts';
import {
  ANCHORED_FUNCTIONS,
  NAME_KEEPING_FUNCTIONS,
  RANGE_FUNCTIONS,
  SMOOTHED_FUNCTIONS,
} from '../../functions/range-functions.ts';
import type { RangeSeries } from '../../functions/range-window.ts';
import { droppedName, requireDistinctLabels } from '../name-removal.ts';
import type { Scope } from '../query.ts';
import type { RangeSelection } from '../selectors/range.ts';
import { asRange, forEachWindow, selectRange } from '../selectors/range.ts';
import type { StepSeries, StepValue } from '../step-series.ts';
import { emptySeries, FLOAT, hasSamples, histogramWeight, setSample } from '../step-series.ts';
import { absentSteps } from './absent.ts';
import { scalarsByStep } from './arguments.ts';
import { nonCounter } from './non-counter.ts';

/** A call with a range argument, and what its evaluation has found so far. */
interface PreparedCall {
  readonly expr: Call;
  readonly compute: RangeFunction;
  readonly selection: RangeSelection;
  readonly scalars: readonly (readonly number[])[];
}

/** Evaluates a function of a range vector; `undefined` when the call has no such argument. */
export function evaluateRangeCall(expr: Call, scope: Scope): StepValue | undefined {
  const position = expr.args.findIndex((argument) => asRange(argument) !== undefined);
  const argument = expr.args[position];
  const range = argument === undefined ? undefined : asRange(argument);
  const compute = RANGE_FUNCTIONS.get(expr.function);
  if (range === undefined || compute === undefined) return undefined;
  checkExtension(expr, range);
  const columns = expr.args
    .filter((_, index) => index !== position)
    .map((other) => {
      const value = scope.query.evaluate(other, scope);
      return value.kind === 'scalar' ? value.values : [];
    });
  const scalars = scalarsByStep(columns, scope.grid.count);
  const call = { expr, compute, scalars, selection: selectRange(range, scope) };
  const series: StepSeries[] = [];
  for (const item of call.selection.series) {
    const output = evaluateSeries(item, call, scope);
    if (!hasSamples(output)) continue;
    series.push(output);
    scope.query.checkRoomForSeries(series.length, scope.grid.count);
  }
  if (expr.function === 'absent_over_time') return absentSteps(range, series, scope);
  const { delayedNameRemoval } = scope.query.options.features;
  return { kind: 'vector', series: delayedNameRemoval ? series : requireDistinctLabels(series) };
}

function checkExtension(expr: Call, range: MatrixSelector | Subquery): void {
  const extension = range.kind === 'matrixSelector' ? range.selector.extension : undefined;
  if (extension === undefined) return;
  const allowed = extension === 'anchored' ? ANCHORED_FUNCTIONS : SMOOTHED_FUNCTIONS;
  if (allowed.has(expr.function)) return;
  const names = [...allowed].join(', ');
  throw evaluationError(
    `${extension} modifier can only be used with: ${names} - not with ${expr.function}`,
    expr.position,
  );
}

function evaluateSeries(series: RangeSeries, prepared: PreparedCall, scope: Scope): StepSeries {
  const { query, grid } = scope;
  query.checkCancelled();
  const { expr, compute, selection } = prepared;
  const keepsName = NAME_KEEPING_FUNCTIONS.has(expr.function) && !series.dropsName;
  const { labels, dropsName } = keepsName
    ? { labels: series.labels, dropsName: false }
    : droppedName(series.labels, query);
  const output = emptySeries(labels, grid.count, dropsName);
  const call: RangeCall & { scalars: readonly number[] } = {
    scalars: [],
    metricName: series.labels.metricName,
    position: remarkPosition(expr),
    extension: selection.extension.kind,
    annotate: (annotation) => query.annotate(annotation),
  };
  forEachWindow(series, { selection, grid }, (step, window) => {
    const { floats, histograms } = window;
    const weight = histogramWeight(histograms.values[histograms.from]) * histograms.length;
    query.checkRoomFor(floats.length + weight);
    call.scalars = prepared.scalars[step] ?? [];
    setSample(output, step, compute(window, call));
  });
  if (expr.function === 'rate' || expr.function === 'increase') {
    const annotation = output.kinds.includes(FLOAT)
      ? nonCounter(series.labels, query.options.features, call.position)
      : undefined;
    if (annotation !== undefined) query.annotate(annotation);
  }
  return output;
}

/** A subquery is evaluated first, and upstream has no position for what then stands in its place. */
function remarkPosition({ args, position }: Call): Position {
  const [first] = args;
  if (first === undefined) return position;
  return asRange(first)?.kind === 'subquery' ? { start: 0, end: 0 } : first.position;
}

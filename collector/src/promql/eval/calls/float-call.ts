import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { histogramVariance } from '../../../model/histogram/quantile.ts';
import { Labels, METRIC_NAME_LABEL } from '../../../model/labels.ts';
import type { Call } from '../../ast.ts';
import { DATE_FUNCTIONS } from '../../functions/date-functions.ts';
import { FLOAT_FUNCTIONS } from '../../functions/float-functions.ts';
import type { OutputLabels } from '../name-removal.ts';
import { droppedName, mergeSameLabels } from '../name-removal.ts';
import type { Scope } from '../query.ts';
import { stepTimeMs } from '../query.ts';
import type { StepSeries, StepValue } from '../step-series.ts';
import { emptySeries, FLOAT, HISTOGRAM, hasSamples, setFloat } from '../step-series.ts';
import { scalarArgument, scalarsByStep, vectorArgument } from './arguments.ts';

/** Functions of a native histogram that give a float. */
const HISTOGRAM_FUNCTIONS: ReadonlyMap<string, (histogram: NativeHistogram) => number> = new Map([
  ['histogram_avg', ({ sum, count }: NativeHistogram) => sum / count],
  ['histogram_count', ({ count }: NativeHistogram) => count],
  ['histogram_stddev', (histogram: NativeHistogram) => Math.sqrt(histogramVariance(histogram))],
  ['histogram_stdvar', histogramVariance],
  ['histogram_sum', ({ sum }: NativeHistogram) => sum],
]);

/** Functions of each element's float (or histogram); `undefined` for any other function. */
export function evaluateFloatCall(call: Call, scope: Scope): StepValue | undefined {
  const ofDate = DATE_FUNCTIONS.get(call.function);
  if (ofDate !== undefined) return evaluateDateCall(call, ofDate, scope);
  const ofHistogram = HISTOGRAM_FUNCTIONS.get(call.function);
  if (ofHistogram !== undefined) return evaluateHistogramCall(call, ofHistogram, scope);
  const ofFloat = FLOAT_FUNCTIONS.get(call.function);
  if (ofFloat === undefined) return undefined;
  const scalars = scalarsByStep(
    call.args.slice(1).map((_, index) => scalarArgument(call, index + 1, scope)),
    scope.grid.count,
  );
  const isEmptyAt = (step: number): boolean =>
    call.function === 'clamp' && (scalars[step]?.[1] ?? 0) < (scalars[step]?.[0] ?? 0);
  const series = vectorArgument(call, 0, scope);
  return mapFloats(series, scope, (value, step) =>
    isEmptyAt(step) ? undefined : ofFloat(value, scalars[step] ?? []),
  );
}

/** Applies a function to the floats of every series, and drops the metric name. */
function mapFloats(
  series: readonly StepSeries[],
  scope: Scope,
  change: (value: number, step: number) => number | undefined,
): StepValue {
  return mapSeries(series, {
    scope,
    labelsOf: ({ labels }) => droppedName(labels, scope.query),
    change: (item, step) =>
      item.kinds[step] === FLOAT ? change(item.values[step] ?? Number.NaN, step) : undefined,
  });
}

function mapSeries(
  series: readonly StepSeries[],
  options: {
    readonly scope: Scope;
    readonly labelsOf: (series: StepSeries) => OutputLabels;
    readonly change: (series: StepSeries, step: number) => number | undefined;
  },
): StepValue {
  const { count } = options.scope.grid;
  const output: StepSeries[] = [];
  for (const item of series) {
    const { labels, dropsName } = options.labelsOf(item);
    const mapped = emptySeries(labels, count, dropsName);
    for (let step = 0; step < count; step += 1) {
      const value = options.change(item, step);
      if (value !== undefined) setFloat(mapped, step, value);
    }
    if (hasSamples(mapped)) output.push(mapped);
  }
  return { kind: 'vector', series: mergeSameLabels(output) };
}

/** Without an argument, a date function gives the part of the evaluation time. */
function evaluateDateCall(call: Call, part: (seconds: number) => number, scope: Scope): StepValue {
  const { grid } = scope;
  if (call.args.length === 0) {
    const series = emptySeries(Labels.EMPTY, grid.count);
    for (let step = 0; step < grid.count; step += 1) {
      setFloat(series, step, part(stepTimeMs(grid, step) / 1000));
    }
    return { kind: 'vector', series: [series] };
  }
  return mapFloats(vectorArgument(call, 0, scope), scope, part);
}

function evaluateHistogramCall(
  call: Call,
  compute: (histogram: NativeHistogram) => number,
  scope: Scope,
): StepValue {
  const isDelayed = scope.query.options.features.delayedNameRemoval;
  return mapSeries(vectorArgument(call, 0, scope), {
    scope,
    // Unlike other functions these keep type and unit, which describe the observed values.
    labelsOf: ({ labels }) => ({
      labels: isDelayed ? labels : labels.with(METRIC_NAME_LABEL, ''),
      dropsName: true,
    }),
    change: (item, step) => {
      const histogram = item.kinds[step] === HISTOGRAM ? item.histograms[step] : undefined;
      return histogram === undefined ? undefined : compute(histogram);
    },
  });
}

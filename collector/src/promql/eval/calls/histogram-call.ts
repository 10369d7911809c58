import { formatFloat } from '../../../model/format-float.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import type { HistogramReading } from '../../../model/histogram/quantile.ts';
import { histogramFraction, histogramQuantile } from '../../../model/histogram/quantile.ts';
import type { Labels } from '../../../model/labels.ts';
import { forcedMonotonicity, invalidQuantile, nanObservations } from '../../annotations.ts';
import type { Call, Expr } from '../../ast.ts';
import type { ClassicBucket } from '../../functions/classic-histogram.ts';
import { classicFraction, classicQuantile } from '../../functions/classic-histogram.ts';
import { droppedName } from '../name-removal.ts';
import type { Scope } from '../query.ts';
import { stepTimeMs } from '../query.ts';
import { SeriesBuilder } from '../series-builder.ts';
import type { StepValue } from '../step-series.ts';
import { argumentAt, scalarArgument, stringArgument, vectorArgument } from './arguments.ts';
import { HistogramGroups } from './histogram-groups.ts';

/** What is read off histograms of either kind at one step. */
interface Reader {
  readonly native: (histogram: NativeHistogram, metricName: string) => number;
  readonly classic: (buckets: readonly ClassicBucket[], metricName: string) => number;
  readonly labelsOf?: (labels: Labels) => Labels;
}

/** `histogram_quantile(q, v)` */
export function evaluateHistogramQuantile(call: Call, scope: Scope): StepValue {
  const quantiles = scalarArgument(call, 0, scope);
  const context = { call, scope, vectorIndex: 1 };
  return readHistograms(context, (step) => [
    quantileReader(quantiles[step] ?? Number.NaN, { ...context, step, quantileIndex: 0 }),
  ]);
}

/** `histogram_quantiles(v, label, q...)` */
export function evaluateHistogramQuantiles(call: Call, scope: Scope): StepValue {
  const label = stringArgument(call, 1);
  const columns = call.args.slice(2).map((_, index) => scalarArgument(call, index + 2, scope));
  const context = { call, scope, vectorIndex: 0 };
  return readHistograms(context, (step) =>
    columns.map((column, index) => {
      const quantile = column[step] ?? Number.NaN;
      return {
        ...quantileReader(quantile, { ...context, step, quantileIndex: index + 2 }),
        labelsOf: (labels) => labels.with(label, formatQuantileLabel(quantile)),
      };
    }),
  );
}

/** `histogram_fraction(lower, upper, v)` */
export function evaluateHistogramFraction(call: Call, scope: Scope): StepValue {
  const lowers = scalarArgument(call, 0, scope);
  const uppers = scalarArgument(call, 1, scope);
  const context = { call, scope, vectorIndex: 2 };
  return readHistograms(context, (step) => {
    const range = { lower: lowers[step] ?? Number.NaN, upper: uppers[step] ?? Number.NaN };
    return [
      {
        native: (histogram, metricName) =>
          annotatedValue(histogramFraction(range, histogram), metricName, context),
        classic: (buckets) => classicFraction(range, buckets),
      },
    ];
  });
}

interface Context {
  readonly call: Call;
  readonly scope: Scope;
  /** Which argument holds the histograms. */
  readonly vectorIndex: number;
}

function readHistograms(context: Context, readersAt: (step: number) => Reader[]): StepValue {
  const { call, scope, vectorIndex } = context;
  const groups = new HistogramGroups(vectorArgument(call, vectorIndex, scope), {
    position: argumentAt(call, vectorIndex).position,
    query: scope.query,
  });
  const output = new SeriesBuilder(scope);
  for (let step = 0; step < scope.grid.count; step += 1) {
    const { native, classic } = groups.at(step);
    for (const reader of readersAt(step)) {
      const emit = (labels: Labels, value: number): void => {
        const { labels: kept, dropsName } = droppedName(labels, scope.query);
        const series = output.seriesOf(reader.labelsOf?.(kept) ?? kept, dropsName);
        output.add(series, step, value);
      };
      for (const { labels, histogram } of native) {
        emit(labels, reader.native(histogram, labels.metricName));
      }
      for (const { labels, buckets } of classic) {
        emit(labels, reader.classic(buckets, labels.metricName));
      }
    }
  }
  return { kind: 'vector', series: output.list() };
}

function quantileReader(
  quantile: number,
  context: Context & { readonly step: number; readonly quantileIndex: number },
): Reader {
  const { call, scope, step, quantileIndex, vectorIndex } = context;
  const { query, grid } = scope;
  if (!(quantile >= 0 && quantile <= 1)) {
    query.annotate(invalidQuantile(quantile, positionOf(call, quantileIndex)));
  }
  const timeMs = stepTimeMs(grid, step);
  return {
    native: (histogram, metricName) =>
      annotatedValue(histogramQuantile(quantile, histogram), metricName, context),
    classic: (buckets, metricName) => {
      const { value, forced } = classicQuantile(quantile, buckets);
      if (forced !== undefined) {
        const name = query.options.features.delayedNameRemoval ? metricName : '';
        const mended = { ...forced, timeMsMin: timeMs, timeMsMax: timeMs, samples: 1 };
        query.annotate(forcedMonotonicity(mended, name, positionOf(call, vectorIndex)));
      }
      return value;
    },
  };
}

function annotatedValue(
  { value, note }: HistogramReading,
  metricName: string,
  { call, scope, vectorIndex }: Context,
): number {
  if (note !== undefined) {
    const { delayedNameRemoval } = scope.query.options.features;
    const name = delayedNameRemoval ? metricName : '';
    scope.query.annotate(nanObservations(note, name, positionOf(call, vectorIndex)));
  }
  return value;
}

function positionOf(call: Call, index: number): Expr['position'] {
  return call.args[index]?.position ?? call.position;
}

/** OpenMetrics writes whole numbers with a decimal point. */
function formatQuantileLabel(quantile: number): string {
  const text = formatFloat(quantile, 'general');
  return /^-?\d+$/u.test(text) ? `${text}.0` : text;
}

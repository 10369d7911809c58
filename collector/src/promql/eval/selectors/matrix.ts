import type { MatrixSelector, Subquery } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import type { RangeSeries, RangeWindow, RunWindow } from '../../functions/range-window.ts';
import { findEnds, inside, valueAtEnd, valueAtStart } from '../../functions/rate/extended-rate.ts';
import type { Scope } from '../query.ts';
import type { MatrixSeries, Point } from '../values.ts';
import { forEachWindow, selectRange } from './range.ts';

/** A point of a result is an object with two numbers of its own. */
const POINT_BYTES = 96;

/** A matrix series whose name may still have to be dropped. */
export interface MarkedMatrixSeries extends MatrixSeries {
  readonly dropsName: boolean;
}

/** Evaluates a range selector or subquery that is the whole query: samples as they are. */
export function selectMatrixPoints(
  expr: MatrixSelector | Subquery,
  scope: Scope,
): readonly MarkedMatrixSeries[] {
  const selection = selectRange(expr, scope);
  const extension = selection.extension.kind;
  const selected: MarkedMatrixSeries[] = [];
  for (const series of selection.series) {
    forEachWindow(series, { selection, grid: scope.grid }, (_, window) => {
      const points = extension === 'none' ? pointsIn(window) : extendedPoints(window, extension);
      scope.query.hold({ samples: points.length, bytes: points.length * POINT_BYTES });
      if (points.length > 0) selected.push(markedSeries(series, points));
    });
  }
  return selected;
}

function markedSeries({ labels, dropsName }: RangeSeries, points: Point[]): MarkedMatrixSeries {
  return { labels, dropsName, points };
}

function pointsIn({ floats, histograms }: RangeWindow): Point[] {
  const points = floatPoints(floats, floats);
  for (let position = histograms.from; position < histograms.to; position += 1) {
    const histogram = histograms.values[position];
    if (histogram !== undefined) {
      points.push({ timeMs: histograms.times[position] ?? 0, histogram });
    }
  }
  return histograms.length > 0 ? points.sort((left, right) => left.timeMs - right.timeMs) : points;
}

function floatPoints(
  run: RunWindow<number>,
  { from, to }: { readonly from: number; readonly to: number },
): Point[] {
  const points: Point[] = [];
  for (let position = from; position < to; position += 1) {
    points.push({ timeMs: run.times[position] ?? 0, value: run.values[position] ?? 0 });
  }
  return points;
}

/** With a value at both ends of the range, taken from a neighbour or interpolated. */
function extendedPoints(window: RangeWindow, extension: 'anchored' | 'smoothed'): Point[] {
  const { floats, startMs, endMs } = window;
  if (window.histograms.length > 0) {
    throw evaluationError(`${extension} modifier is not supported with histograms`);
  }
  const isSmoothed = extension === 'smoothed';
  const ends = findEnds(floats, window, isSmoothed);
  if (ends === undefined) return [];
  const boundary = { isSmoothed, isCounter: false };
  return [
    { timeMs: startMs, value: valueAtStart(floats, ends, { ...boundary, timeMs: startMs }) },
    ...floatPoints(floats, inside(floats, ends, window)),
    { timeMs: endMs, value: valueAtEnd(floats, ends, { ...boundary, timeMs: endMs }) },
  ];
}

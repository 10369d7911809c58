import { CompensatedSum, roundingLoss } from '../../../model/compensated-sum.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import {
  histogramsIgnoredInRange,
  invalidQuantile,
  mixedFloatsAndHistograms,
} from '../../annotations.ts';
import type { RangeCall, RangeFunction } from '../range-function.ts';
import type { RangeWindow, RunWindow } from '../range-window.ts';
import { averageHistograms, sumHistograms } from './histograms.ts';
import { quantileOf } from './quantile.ts';

type Sample = number | NativeHistogram | undefined;

/** Sum and average know both types, but not a mix of them. */
function ofOneType(
  window: RangeWindow,
  call: RangeCall,
  functions: {
    readonly floats: (floats: RunWindow<number>) => number;
    readonly histograms: (histograms: RunWindow<NativeHistogram>, call: RangeCall) => Sample;
  },
): Sample {
  const { floats, histograms } = window;
  if (floats.length > 0 && histograms.length > 0) {
    call.annotate(mixedFloatsAndHistograms(call.metricName, call.position));
    return undefined;
  }
  return floats.length > 0 ? functions.floats(floats) : functions.histograms(histograms, call);
}

/** A function of floats, which leaves histograms in the same range aside. */
function ofFloats(compute: (floats: RunWindow<number>, call: RangeCall) => Sample): RangeFunction {
  return (window, call) => {
    if (window.floats.length === 0) return undefined;
    if (window.histograms.length > 0) {
      call.annotate(histogramsIgnoredInRange(call.metricName, call.position));
    }
    return compute(window.floats, call);
  };
}

export const sumOverTime: RangeFunction = (window, call) =>
  ofOneType(window, call, { floats: sumFloats, histograms: sumHistograms });

function sumFloats({ values, from, to }: RunWindow<number>): number {
  let sum = 0;
  let compensation = 0;
  for (let position = from; position < to; position += 1) {
    const value = values[position] ?? 0;
    const total = sum + value;
    if (total === Infinity || total === -Infinity) compensation = 0;
    else compensation += roundingLoss(sum, value, total);
    sum = total;
  }
  return sum === Infinity || sum === -Infinity ? sum : sum + compensation;
}

export const averageOverTime: RangeFunction = (window, call) =>
  ofOneType(window, call, { floats: averageFloats, histograms: averageHistograms });

/** The sum divided by the count; a running mean once the sum has grown beyond all floats. */
function averageFloats({ values, from, to }: RunWindow<number>): number {
  const sum = new CompensatedSum(values[from] ?? 0);
  let isRunning = false;
  for (let position = from + 1; position < to; position += 1) {
    const value = values[position] ?? 0;
    const count = position - from + 1;
    if (!isRunning) {
      const before = sum.sum;
      const compensation = sum.compensation;
      sum.add(value);
      if (Number.isFinite(sum.sum) || Number.isNaN(sum.sum)) continue;
      isRunning = true;
      sum.sum = before / (count - 1);
      sum.compensation = compensation / (count - 1);
    }
    const share = (count - 1) / count;
    sum.sum *= share;
    sum.compensation *= share;
    sum.add(value / count);
  }
  const count = to - from;
  return isRunning ? sum.total : sum.sum / count + sum.compensation / count;
}

export const countOverTime: RangeFunction = ({ floats, histograms }) =>
  floats.length + histograms.length;

export const presentOverTime: RangeFunction = () => 1;

/** The first sample; of equal times the histogram. */
export const firstOverTime: RangeFunction = ({ floats, histograms }) => {
  const histogram = histograms.length > 0 ? histograms.values[histograms.from] : undefined;
  const floatMs = floats.times[floats.from] ?? 0;
  const histogramMs = histograms.times[histograms.from] ?? 0;
  const isFloat = histogram === undefined || (floats.length > 0 && floatMs < histogramMs);
  return isFloat ? floats.values[floats.from] : histogram;
};

/** The last sample; of equal times the histogram. */
export const lastOverTime: RangeFunction = ({ floats, histograms }) => {
  const histogram = histograms.length > 0 ? histograms.values[histograms.to - 1] : undefined;
  const floatMs = floats.times[floats.to - 1] ?? 0;
  const histogramMs = histograms.times[histograms.to - 1] ?? 0;
  const isFloat = histogram === undefined || (floats.length > 0 && histogramMs < floatMs);
  return isFloat ? floats.values[floats.to - 1] : histogram;
};

export const timestampOfFirst: RangeFunction = ({ floats, histograms }) => {
  const floatMs = floats.length > 0 ? (floats.times[floats.from] ?? 0) : Infinity;
  const histogramMs = histograms.length > 0 ? (histograms.times[histograms.from] ?? 0) : Infinity;
  return Math.min(floatMs, histogramMs) / 1000;
};

export const timestampOfLast: RangeFunction = ({ floats, histograms }) => {
  const floatMs = floats.length > 0 ? (floats.times[floats.to - 1] ?? 0) : 0;
  const histogramMs = histograms.length > 0 ? (histograms.times[histograms.to - 1] ?? 0) : 0;
  return Math.max(floatMs, histogramMs) / 1000;
};

/** The position of the extreme value; a number beats NaN. */
function findExtreme(
  { values, from, to }: RunWindow<number>,
  isBetter: (value: number, best: number) => boolean,
): number {
  let best = from;
  for (let position = from; position < to; position += 1) {
    const bestValue = values[best] ?? 0;
    if (isBetter(values[position] ?? 0, bestValue) || Number.isNaN(bestValue)) best = position;
  }
  return best;
}

export const maxOverTime: RangeFunction = ofFloats(
  (floats) => floats.values[findExtreme(floats, (value, best) => value > best)],
);

export const minOverTime: RangeFunction = ofFloats(
  (floats) => floats.values[findExtreme(floats, (value, best) => value < best)],
);

/** The last of several equal maxima. */
export const timestampOfMax: RangeFunction = ofFloats(
  (floats) => (floats.times[findExtreme(floats, (value, best) => value >= best)] ?? 0) / 1000,
);

/** The last of several equal minima. */
export const timestampOfMin: RangeFunction = ofFloats(
  (floats) => (floats.times[findExtreme(floats, (value, best) => value <= best)] ?? 0) / 1000,
);

/** Population variance after Welford, mean and second moment compensated. */
function varianceOf({ values, from, to }: RunWindow<number>): number {
  const mean = new CompensatedSum();
  const squares = new CompensatedSum();
  for (let position = from; position < to; position += 1) {
    const value = values[position] ?? 0;
    const change = value - mean.total;
    mean.add(change / (position - from + 1));
    squares.add(change * (value - mean.total));
  }
  return squares.total / (to - from);
}

export const varianceOverTime: RangeFunction = ofFloats(varianceOf);

export const deviationOverTime: RangeFunction = ofFloats((floats) => Math.sqrt(varianceOf(floats)));

export const quantileOverTime: RangeFunction = (window, call) => {
  const quantile = call.scalars[0] ?? Number.NaN;
  const isValid = quantile >= 0 && quantile <= 1;
  if (window.floats.length > 0 && !isValid) {
    call.annotate(invalidQuantile(quantile, call.position));
  }
  return quantileOfFloats(window, call);
};

const quantileOfFloats: RangeFunction = ofFloats((floats, call) =>
  quantileOf(call.scalars[0] ?? Number.NaN, listValues(floats)),
);

/** The median of the distances to the median. */
export const medianDeviationOverTime: RangeFunction = ofFloats((floats) => {
  const values = listValues(floats);
  if (values.some(Number.isNaN)) return Number.NaN;
  const median = quantileOf(0.5, values);
  return quantileOf(
    0.5,
    values.map((value) => Math.abs(value - median)),
  );
});

function listValues({ values, from, to }: RunWindow<number>): number[] {
  return Array.from({ length: to - from }, (_, index) => values[from + index] ?? 0);
}

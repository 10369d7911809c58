import { CompensatedSum } from '../../../model/compensated-sum.ts';
import { histogramsIgnoredInRange } from '../../annotations.ts';
import { evaluationError } from '../../error.ts';
import type { RangeCall, RangeFunction } from '../range-function.ts';
import type { RangeWindow, RunWindow } from '../range-window.ts';

/** The slope of the line through the samples, per second. */
export const deriv: RangeFunction = (window, call) => {
  if (!hasTwoFloats(window, call)) return undefined;
  const { floats } = window;
  return fitLine(floats, floats.times[floats.from] ?? 0).slope;
};

/** The line through the samples, some seconds after the evaluation time. */
export const predictLinear: RangeFunction = (window, call) => {
  if (!hasTwoFloats(window, call)) return undefined;
  const { slope, intercept } = fitLine(window.floats, window.evaluationMs);
  return slope * (call.scalars[0] ?? Number.NaN) + intercept;
};

function hasTwoFloats({ floats, histograms }: RangeWindow, call: RangeCall): boolean {
  if (floats.length > 0 && histograms.length > 0) {
    call.annotate(histogramsIgnoredInRange(call.metricName, call.position));
  }
  return floats.length >= 2;
}

interface Line {
  readonly slope: number;
  /** The value at the time that was given as zero. */
  readonly intercept: number;
}

/** Least squares, with compensated sums; equal values give a level line without any rounding. */
function fitLine({ times, values, from, to }: RunWindow<number>, zeroMs: number): Line {
  const [sumX, sumY, sumXY, sumX2] = Array.from({ length: 4 }, () => new CompensatedSum()) as [
    CompensatedSum,
    CompensatedSum,
    CompensatedSum,
    CompensatedSum,
  ];
  const first = values[from] ?? 0;
  let isLevel = true;
  for (let position = from; position < to; position += 1) {
    const y = values[position] ?? 0;
    if (position > from && y !== first) isLevel = false;
    const x = ((times[position] ?? 0) - zeroMs) / 1000;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumX2.add(x * x);
  }
  if (isLevel) {
    return Math.abs(first) === Infinity
      ? { slope: Number.NaN, intercept: Number.NaN }
      : { slope: 0, intercept: first };
  }
  const count = to - from;
  const covariance = sumXY.total - (sumX.total * sumY.total) / count;
  const variance = sumX2.total - (sumX.total * sumX.total) / count;
  const slope = covariance / variance;
  return { slope, intercept: sumY.total / count - (slope * sumX.total) / count };
}

/** Holt's double exponential smoothing: the level, with a trend, after the last sample. */
export const doubleExponentialSmoothing: RangeFunction = (window, call) => {
  const [smoothing = Number.NaN, trending = Number.NaN] = call.scalars;
  checkFactor('smoothing', smoothing);
  checkFactor('trend', trending);
  if (!hasTwoFloats(window, call)) return undefined;
  const { values, from, to } = window.floats;
  let previous = 0;
  let level = values[from] ?? 0;
  let trend = (values[from + 1] ?? 0) - level;
  for (let position = from + 1; position < to; position += 1) {
    if (position > from + 1) trend = trending * (level - previous) + (1 - trending) * trend;
    previous = level;
    level = smoothing * (values[position] ?? 0) + (1 - smoothing) * (level + trend);
  }
  return level;
};

function checkFactor(name: 'smoothing' | 'trend', factor: number): void {
  if (factor <= 0 || factor >= 1) {
    const symbol = name === 'smoothing' ? 'sf' : 'tf';
    throw evaluationError(
      `invalid ${name} factor. Expected: 0 < ${symbol} < 1, got: ${factor.toFixed(6)}`,
    );
  }
}

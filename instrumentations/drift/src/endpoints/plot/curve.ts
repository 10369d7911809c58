import type { Comparison } from '../../compare/comparison.ts';
import { plotAxis } from './axis.ts';

/** How much of baseline and window lies at or below each value of what most of both lie in. */
export interface PlotCurve {
  readonly values: readonly number[];
  readonly baseline: readonly number[];
  readonly window: readonly number[];
  /** Where both are furthest apart: the Kolmogorov-Smirnov distance, and the shares up to there. */
  readonly gap: {
    readonly value: number;
    readonly distance: number;
    readonly baseline: number;
    readonly window: number;
  };
}

const POINTS_MAX = 200;

/** The distribution functions of numbers; `undefined` for categories. */
export function plotCurve({ baseline, numbers }: Comparison): PlotCurve | undefined {
  if (numbers === undefined || numbers.length === 0) return undefined;
  const before = baseline.sample;
  const now = numbers.values().toSorted();
  const all = Float64Array.from([...before, ...now]).sort();
  let gap = { value: all[0] ?? 0, distance: 0, baseline: 0, window: 0 };
  for (const value of all) {
    const [was, is] = [shareBelow(before, value), shareBelow(now, value)];
    const distance = Math.abs(was - is);
    if (distance > gap.distance) gap = { value, distance, baseline: was, window: is };
  }
  const [low, high] = plotAxis(before, now);
  const shown = all.filter((value) => (value >= low && value <= high) || value === gap.value);
  const step = Math.max(1, Math.floor(shown.length / POINTS_MAX));
  const values = [...shown].filter(
    (value, index) => index % step === 0 || index === shown.length - 1 || value === gap.value,
  );
  return {
    values,
    baseline: values.map((value) => shareBelow(before, value)),
    window: values.map((value) => shareBelow(now, value)),
    gap,
  };
}

/** Of ascending values, those up to this one. */
function shareBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low / Math.max(1, sorted.length);
}

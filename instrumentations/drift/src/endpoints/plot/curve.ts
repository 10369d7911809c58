import type { Comparison } from '../../compare/comparison.ts';

/** How much of baseline and window lies at or below each value. */
export interface PlotCurve {
  readonly values: readonly number[];
  readonly baseline: readonly number[];
  readonly window: readonly number[];
  /** Where both are furthest apart: the Kolmogorov-Smirnov distance. */
  readonly gap: { readonly value: number; readonly distance: number };
}

const POINTS_MAX = 200;

/** The distribution functions of numbers; `undefined` for categories. */
export function plotCurve({ baseline, numbers }: Comparison): PlotCurve | undefined {
  if (numbers === undefined || numbers.length === 0) return undefined;
  const before = baseline.sample;
  const now = numbers.values().toSorted();
  const all = Float64Array.from([...before, ...now]).sort();
  let gap = { value: all[0] ?? 0, distance: 0 };
  for (const value of all) {
    const distance = Math.abs(shareBelow(before, value) - shareBelow(now, value));
    if (distance > gap.distance) gap = { value, distance };
  }
  const step = Math.max(1, Math.floor(all.length / POINTS_MAX));
  const values = [...all].filter(
    (value, index) => index % step === 0 || index === all.length - 1 || value === gap.value,
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

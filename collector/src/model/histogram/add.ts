import type { NativeHistogram } from './histogram.ts';
import { HistogramSum } from './sum.ts';

/** The sum or difference of two histograms, and what had to be given up for it. */
export interface HistogramCombination {
  readonly histogram: NativeHistogram;
  /** Custom bounds differed, so resolution was lost. */
  readonly isReconciled: boolean;
  /** One histogram said that it follows a counter reset, the other that it does not. */
  readonly hasResetCollision: boolean;
}

/** `undefined` when one histogram has custom buckets and the other has not. */
export function addHistograms(
  left: NativeHistogram,
  right: NativeHistogram,
): HistogramCombination | undefined {
  return combine(left, right, 1);
}

/** `undefined` when one histogram has custom buckets and the other has not. */
export function subtractHistograms(
  left: NativeHistogram,
  right: NativeHistogram,
): HistogramCombination | undefined {
  return combine(left, right, -1);
}

function combine(
  left: NativeHistogram,
  right: NativeHistogram,
  sign: 1 | -1,
): HistogramCombination | undefined {
  const sum = new HistogramSum(left);
  if (!sum.add(right, sign)) return undefined;
  return {
    histogram: sum.total(),
    isReconciled: sum.isReconciled,
    hasResetCollision: sum.hasResetCollision,
  };
}

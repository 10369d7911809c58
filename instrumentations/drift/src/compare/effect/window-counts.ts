import type { Baseline } from '@telltale/statistics';

import type { CategoryWindow, NumberWindow } from './window.ts';

/** Baseline and window over the same bins. */
export interface CountPair {
  readonly baseline: ArrayLike<number>;
  readonly window: ArrayLike<number>;
}

/** The window of a stream's values: of numbers or of categories. */
export interface ValueWindow {
  readonly baseline: Baseline;
  readonly numbers: NumberWindow | undefined;
  readonly categories: CategoryWindow | undefined;
}

/** Values by quantile bins of the baseline, or by category. */
export function countPair({ baseline, numbers, categories }: ValueWindow): CountPair {
  return numbers === undefined
    ? { baseline: baseline.categoryCounts, window: categories?.counts() ?? [] }
    : { baseline: baseline.bins.counts, window: binnedWindow(numbers, baseline) };
}

/** Values of the window in each bin of the baseline. */
export function binnedWindow(numbers: NumberWindow, { bins }: Baseline): number[] {
  let below = 0;
  const counts = bins.edges.map((edge) => {
    const atMost = numbers.sliding.countAtMost(edge);
    const count = atMost - below;
    below = atMost;
    return count;
  });
  return [...counts, numbers.length - below];
}

import type { Comparison } from '../../compare/comparison.ts';
import { binnedWindow } from '../../compare/window-counts.ts';
import { OTHER_CATEGORIES } from '../../stream/status.ts';

/** Shares of baseline and window over the same bars. */
export interface PlotPanel {
  readonly title: string;
  readonly labels: readonly string[];
  readonly baseline: readonly number[];
  readonly window: readonly number[];
}

const CATEGORIES_SHOWN_MAX = 10;

/** What a drawing of the window against the baseline shows: 20 ranks, and 10 bins or categories. */
export const plotPanels = (comparison: Comparison): readonly PlotPanel[] => [
  rankPanel(comparison),
  valuePanel(comparison),
];

function rankPanel({ baseline, value }: Comparison): PlotPanel {
  const counts = [...value.window.rankCounts()];
  return {
    title: `Ranks, ${value.window.length} values`,
    labels: counts.map((_, index) => ((index + 1) / counts.length).toFixed(2)),
    baseline: shares(baseline.ranks.weights),
    window: shares(counts),
  };
}

function valuePanel({ baseline, numbers, categories }: Comparison): PlotPanel {
  if (numbers !== undefined) {
    const { edges, counts } = baseline.bins;
    return {
      title: 'Values, by quantiles of the baseline',
      labels: [...edges.map((edge) => `≤${shortNumber(edge)}`), 'above'],
      baseline: shares(counts),
      window: shares(binnedWindow(numbers, baseline)),
    };
  }
  const names = baseline.known.kind === 'categories' ? baseline.known.names : [];
  const shown = names.slice(0, CATEGORIES_SHOWN_MAX);
  return {
    title: 'Categories, the most frequent first',
    labels: [...shown, OTHER_CATEGORIES],
    baseline: folded(shares(baseline.categoryCounts), shown.length),
    window: folded(shares([...(categories?.counts() ?? [])]), shown.length),
  };
}

/** The first shares, and the rest as one. */
const folded = (all: readonly number[], shown: number): readonly number[] => [
  ...all.slice(0, shown),
  all.slice(shown).reduce((sum, share) => sum + share, 0),
];

function shares(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total > 0 ? count / total : 0));
}

const shortNumber = (value: number): string => String(Number(value.toPrecision(3)));

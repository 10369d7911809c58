import type { Comparison } from '../../compare/comparison.ts';
import { binnedWindow } from '../../compare/effect/window-counts.ts';
import { OTHER_CATEGORIES } from '../../stream/status.ts';
import { plotAxis } from './axis.ts';

/** Shares of baseline and window over the same bars. */
export interface PlotPanel {
  readonly title: string;
  readonly labels: readonly string[];
  /** What stands beside each label: by how much the share changed. */
  readonly changes?: readonly string[];
  readonly baseline: readonly number[];
  readonly window: readonly number[];
}

const CATEGORIES_SHOWN_MAX = 10;
const OWN_AXIS_BINS = 14;

/**
 * What a drawing of the window against the baseline shows: what is missing or new, the values on
 * their own axis or the categories, the bins by quantile, and the ranks that a fleet merges.
 */
export const plotPanels = (comparison: Comparison): readonly PlotPanel[] => [
  ratePanel(comparison),
  ...valuePanels(comparison),
  rankPanel(comparison),
];

/** Shares of all records, so that an incident of them is seen in its picture. */
function ratePanel({ missing, novelty }: Comparison): PlotPanel {
  const windows = [missing.window, novelty.window];
  return {
    title: 'Missing, and unknown to the baseline; share of the records',
    labels: ['missing', 'unknown'],
    baseline: windows.map(({ baseline: { hits, records } }) => (records > 0 ? hits / records : 0)),
    window: windows.map(({ hits, length }) => (length > 0 ? hits / length : 0)),
  };
}

function rankPanel({ baseline, value }: Comparison): PlotPanel {
  const counts = [...value.window.rankCounts()];
  return {
    title: `Ranks, ${value.window.length} values; flat where nothing changed`,
    labels: counts.map((_, index) => ((index + 1) / counts.length).toFixed(2)),
    baseline: shares(baseline.ranks.weights),
    window: shares(counts),
  };
}

function valuePanels(comparison: Comparison): readonly PlotPanel[] {
  const { baseline, numbers, categories } = comparison;
  if (numbers !== undefined) {
    const { edges, counts } = baseline.bins;
    return [
      ownAxisPanel(baseline.sample, numbers.values()),
      {
        title: 'Values, by quantiles of the baseline',
        labels: [...edges.map((edge) => `≤${shortNumber(edge)}`), 'above'],
        baseline: shares(counts),
        window: shares(binnedWindow(numbers, baseline)),
      },
    ];
  }
  const names = baseline.known.kind === 'categories' ? baseline.known.names : [];
  return [categoryPanel(names, baseline.categoryCounts, [...(categories?.counts() ?? [])])];
}

/** The categories that moved most, and by how much. */
function categoryPanel(
  names: readonly string[],
  before: readonly number[],
  now: readonly number[],
): PlotPanel {
  const [baseline, window] = [shares(before), shares(now)];
  const moves = [...names, OTHER_CATEGORIES].map((name, place) => {
    const [was, is] = [baseline[place] ?? 0, window[place] ?? 0];
    return { name, was, is, change: is - was };
  });
  const shown = moves
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change) || b.was - a.was)
    .slice(0, CATEGORIES_SHOWN_MAX);
  return {
    title: 'Categories, those that moved most first; share, and change in points',
    labels: shown.map(({ name }) => name),
    changes: shown.map(({ change }) => signed(100 * change)),
    baseline: shown.map(({ was }) => was),
    window: shown.map(({ is }) => is),
  };
}

const signed = (points: number): string => `${points < 0 ? '' : '+'}${points.toFixed(1)}`;

/** Bars of equal width on the axis of the values, which show the shape that quantiles hide. */
function ownAxisPanel(sample: Float64Array, window: Float64Array): PlotPanel {
  const [low, high] = plotAxis(sample, window.toSorted());
  const width = (high - low) / (OWN_AXIS_BINS - 2) || 1;
  const count = (values: Float64Array): number[] => {
    const counts = Array.from({ length: OWN_AXIS_BINS }, () => 0);
    for (const value of values) {
      const bin = Math.floor((value - low) / width) + 1;
      const place = Math.min(OWN_AXIS_BINS - 1, Math.max(0, bin));
      counts[place] = (counts[place] ?? 0) + 1;
    }
    return counts;
  };
  const edges = Array.from({ length: OWN_AXIS_BINS - 1 }, (_, index) => low + index * width);
  return {
    title: 'Values on their own axis, in bars of equal width',
    labels: [...edges.map((edge) => `<${shortNumber(edge)}`), 'above'],
    baseline: shares(count(sample)),
    window: shares(count(window)),
  };
}

function shares(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total > 0 ? count / total : 0));
}

/** Numbers of so many digits are written with a power of ten. */
const LONG_MIN = 1e5;

/** A number that people read: three digits that matter. */
export const shortNumber = (value: number): string =>
  Math.abs(value) >= LONG_MIN ? value.toExponential(1) : String(Number(value.toPrecision(3)));

/** A share that people read: small ones are not none. */
export const percent = (share: number): string =>
  `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 1)} %`;

/** A text of at most so many characters that says whether it was longer. */
export const clipped = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;

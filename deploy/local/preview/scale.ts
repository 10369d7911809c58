import type { DrawnSeries, PanelJson } from './panel-series.ts';

/** Where values stand on the upright axis, and which of them get a line and a number. */
export interface Scale {
  /** Pixels from the top. */
  readonly at: (value: number) => number;
  readonly marks: readonly number[];
}

/** From zero, or over the powers of ten where the panel asks for that. */
export function scaleOf(
  { fieldConfig }: PanelJson,
  series: readonly DrawnSeries[],
  height: number,
): Scale {
  const values = series
    .flatMap(({ points }) => points.map(([, value]) => value))
    .filter(Number.isFinite);
  const isLogarithmic = fieldConfig?.defaults.custom?.scaleDistribution?.type === 'log';
  return isLogarithmic ? logarithmic(values, height) : linear(values, height);
}

const placed = (share: number, height: number): number => height - 4 - share * (height - 12);

function linear(values: readonly number[], height: number): Scale {
  const low = Math.min(0, ...values);
  // All zero is drawn at the bottom, below one.
  const high = Math.max(...values, low) || 1;
  return {
    at: (value) => placed((value - low) / (high - low), height),
    marks: [low, (low + high) / 2, high],
  };
}

/** What is not above zero stands at the bottom. */
function logarithmic(values: readonly number[], height: number): Scale {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(Math.min(0, ...logs));
  const high = Math.max(low + 1, Math.ceil(Math.max(0, ...logs)));
  return {
    at: (value) => {
      const log = value > 0 ? Math.log10(value) : low;
      return placed((log - low) / (high - low), height);
    },
    marks: [10 ** low, 10 ** Math.round((low + high) / 2), 10 ** high],
  };
}

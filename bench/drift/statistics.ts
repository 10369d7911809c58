import { SeededRandom } from '@telltale/statistics';

/** The value below which a share of the values lies; `null` of none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

export const median = (values: readonly number[]): number | null => quantile(values, 0.5);

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean, as a share of it. */
export function relativeError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length) / middle;
}

/** The generator of one run: runs of one seed never repeat those of another. */
export const generatorOf = (seed: number, run: number): SeededRandom =>
  new SeededRandom(Math.imul(seed, 0x9e3779b1) + run);

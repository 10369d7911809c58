/**
 * How far rounding may take a probability past 0 or 1, and a sum of probabilities from 1: half
 * precision has steps of 2^-11 below 1, and tree ensembles add hundreds of numbers in single
 * precision.
 */
export const PROBABILITY_ROUNDING: number = 1e-3;

/**
 * Reads a probability or a confidence. What rounding took past an end is that end.
 *
 * @returns a number from 0 to 1; `undefined` for everything else, NaN included
 */
export function readProbability(value: unknown): number | undefined {
  if (typeof value !== 'number') return undefined;
  if (!(value >= -PROBABILITY_ROUNDING && value <= 1 + PROBABILITY_ROUNDING)) return undefined;
  if (value > 1) return 1;
  return value > 0 ? value : 0;
}

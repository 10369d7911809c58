import { type RandomSource, shuffled } from '../random.ts';
import { isotonicFit, isotonicValue, type Knots } from './isotonic.ts';

const BINS = 10;
const FOLDS = 5;
/** Labels of each class without which a fit would follow the noise. */
const LABELS_OF_CLASS_MIN = 50;

/** What was learned about the calibration of scores, from labels. */
export interface CalibrationFit {
  /** The map from a score to its probability; absent where it is no better than the score. */
  readonly knots: Knots | undefined;
  /** Expected calibration error of the scores themselves. */
  readonly errorBefore: number;
  /** The same on rows that the map was not fitted on. */
  readonly errorAfter: number;
}

/**
 * Expected calibration error (Naeini, Cooper and Hauskrecht 2015): the gap between mean probability
 * and share of positives in ten equal bins, weighted by their rows.
 *
 * @param isPositive 1 or 0 a row
 * @returns `undefined` without rows
 */
export function calibrationError(
  probabilities: ArrayLike<number>,
  isPositive: ArrayLike<number>,
): number | undefined {
  const gaps = new Float64Array(BINS);
  for (let row = 0; row < probabilities.length; row += 1) {
    const p = probabilities[row] ?? 0;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(p * BINS)));
    gaps[bin] = (gaps[bin] ?? 0) + p - (isPositive[row] ?? 0);
  }
  if (probabilities.length === 0) return undefined;
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / probabilities.length;
}

/**
 * Learns the map from a score to its true probability by isotonic regression. It is kept only if
 * it lowers the calibration error of rows that it has not seen, over five folds: well calibrated
 * scores are better left alone.
 *
 * @param isPositive 1 or 0 a row
 * @returns `undefined` with fewer than 50 rows of either class
 */
export function fitCalibration(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number>,
  random: RandomSource,
): CalibrationFit | undefined {
  const rows = Array.from({ length: scores.length }, (_, row) => row);
  const positives = rows.filter((row) => isPositive[row] === 1).length;
  if (Math.min(positives, rows.length - positives) < LABELS_OF_CLASS_MIN) return undefined;
  const order = shuffled(rows, random);
  const heldOut = new Float64Array(rows.length);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const others = order.filter((_, place) => place % FOLDS !== fold);
    const knots = fitRows(others, scores, isPositive);
    for (let place = fold; place < order.length; place += FOLDS) {
      const row = order[place] ?? 0;
      heldOut[row] = isotonicValue(knots, scores[row] ?? 0);
    }
  }
  const errorBefore = calibrationError(scores, isPositive) ?? 0;
  const errorAfter = calibrationError(heldOut, isPositive) ?? 0;
  const knots = errorAfter < errorBefore ? fitRows(rows, scores, isPositive) : undefined;
  return { knots, errorBefore, errorAfter };
}

const fitRows = (
  rows: readonly number[],
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number>,
): Knots =>
  isotonicFit(
    rows.map((row) => scores[row] ?? 0),
    rows.map((row) => isPositive[row] ?? 0),
  );

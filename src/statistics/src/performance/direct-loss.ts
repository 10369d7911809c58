/** What a prediction of some value costs on average: its distance from the target, and its square. */
export type LossKnots = readonly (readonly [
  predicted: number,
  absoluteError: number,
  squaredError: number,
])[];

const GROUPS_MAX = 20;
const ROWS_OF_GROUP_MIN = 25;
/** Fewer pairs would follow the noise. */
const ROWS_MIN = 100;

/**
 * Learns how far predictions of each value are from their targets: the means of up to twenty groups
 * of equal size, in the order of the predicted values.
 *
 * @returns `undefined` with fewer than 100 pairs
 */
export function fitLoss(
  predicted: ArrayLike<number>,
  targets: ArrayLike<number>,
): LossKnots | undefined {
  const n = Math.min(predicted.length, targets.length);
  if (n < ROWS_MIN) return undefined;
  const order = Array.from({ length: n }, (_, row) => row).toSorted(
    (a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0),
  );
  const groups = Math.max(1, Math.min(GROUPS_MAX, Math.floor(n / ROWS_OF_GROUP_MIN)));
  const knots: [number, number, number][] = [];
  for (let group = 0; group < groups; group += 1) {
    const rows = order.slice(
      Math.floor((group * n) / groups),
      Math.floor(((group + 1) * n) / groups),
    );
    const mean = (of: (row: number) => number): number =>
      rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
    const errorOf = (row: number): number => (predicted[row] ?? 0) - (targets[row] ?? 0);
    knots.push([
      mean((row) => predicted[row] ?? 0),
      mean((row) => Math.abs(errorOf(row))),
      mean((row) => errorOf(row) ** 2),
    ]);
  }
  return knots;
}

/** Errors of predictions whose targets are not known. */
export interface LossEstimate {
  readonly meanAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  /** Of the mean absolute error. */
  readonly standardError: number;
}

/**
 * Estimates the errors of predictions without their targets: each is as far off as predictions of
 * its value were (direct loss estimation, by the predicted value alone). Right only while the targets
 * depend on the inputs as they did.
 *
 * @returns `undefined` without predictions or without knots
 */
export function estimateLoss(
  predicted: ArrayLike<number>,
  knots: LossKnots,
): LossEstimate | undefined {
  const n = predicted.length;
  if (n === 0 || knots.length === 0) return undefined;
  let absolute = 0;
  let squared = 0;
  let variance = 0;
  for (let index = 0; index < n; index += 1) {
    const [a, s] = lossAt(knots, predicted[index] ?? 0);
    absolute += a;
    squared += s;
    variance += Math.max(0, s - a * a);
  }
  return {
    meanAbsoluteError: absolute / n,
    rootMeanSquaredError: Math.sqrt(squared / n),
    standardError: Math.sqrt(variance) / n,
  };
}

/** In straight lines between knots, constant beyond the first and the last. */
function lossAt(knots: LossKnots, value: number): readonly [absolute: number, squared: number] {
  const above = knots.findIndex(([at]) => at >= value);
  const high = knots[above === -1 ? knots.length - 1 : above] ?? [0, 0, 0];
  const low = above <= 0 ? high : (knots[above - 1] ?? high);
  const share = high[0] > low[0] ? (value - low[0]) / (high[0] - low[0]) : 0;
  return [low[1] + share * (high[1] - low[1]), low[2] + share * (high[2] - low[2])];
}

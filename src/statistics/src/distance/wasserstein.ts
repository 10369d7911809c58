/** Keeps a scale of zero, a constant baseline, from dividing. */
const SCALE_MIN = 1e-12;
/** Ratio of a normal distribution's interquartile range to its standard deviation. */
const IQR_PER_SIGMA = 1.349;

/**
 * First Wasserstein distance: the integral of `|F - G|`, in the unit of the values.
 *
 * @param first ascending values
 * @param second ascending values
 * @returns `undefined` when a side is empty
 */
export function wassersteinDistance(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): number | undefined {
  const m = first.length;
  const n = second.length;
  if (m === 0 || n === 0) return undefined;
  let i = 0;
  let j = 0;
  let sum = 0;
  let previous = Math.min(valueAt(first, 0), valueAt(second, 0));
  while (i < m || j < n) {
    const value = Math.min(valueAt(first, i), valueAt(second, j));
    sum += Math.abs(i / m - j / n) * (value - previous);
    while (i < m && first[i] === value) i += 1;
    while (j < n && second[j] === value) j += 1;
    previous = value;
  }
  return sum;
}

const valueAt = (values: ArrayLike<number>, index: number): number =>
  values[index] ?? Number.POSITIVE_INFINITY;

/** Interquartile range by the inverse distribution function. */
export function interquartileRange(sorted: ArrayLike<number>): number {
  const m = sorted.length;
  return (sorted[Math.ceil((3 * m) / 4) - 1] ?? 0) - (sorted[Math.ceil(m / 4) - 1] ?? 0);
}

/**
 * Wasserstein distance in units of the baseline's spread, by its interquartile range, which one
 * outlier cannot move.
 */
export function wassersteinIqr(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
): number | undefined {
  const distance = wassersteinDistance(baseline, window);
  if (distance === undefined) return undefined;
  return distance / Math.max(interquartileRange(baseline) / IQR_PER_SIGMA, SCALE_MIN);
}

/** Wasserstein distance in units of the baseline's standard deviation; for parity with other tools. */
export function wassersteinSigma(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
): number | undefined {
  const distance = wassersteinDistance(baseline, window);
  return distance && distance / Math.max(standardDeviation(baseline), SCALE_MIN);
}

function standardDeviation(values: ArrayLike<number>): number {
  let mean = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) {
    const delta = (values[index] ?? 0) - mean;
    mean += delta / (index + 1);
    squares += delta * ((values[index] ?? 0) - mean);
  }
  return Math.sqrt(squares / values.length);
}
